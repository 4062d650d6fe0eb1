import type { Key, Value } from '@grapevine/core'
import type { BoundValue } from './bound-value.js'
import type { Fault } from './judge.js'

/** For each key at fault, why its value is refused: what the whole mesh may read. */
export function refusedKeys(
  bound: Key,
  { value, keys, newest }: BoundValue,
  faults: readonly Fault[],
): ReadonlyMap<Key, string> {
  const reasons = new Map<Key, string>()
  for (const { path, message } of faults) {
    const { key, inner } = atFault(bound, { keys, newest }, path)
    const where = inner.length === 0 ? '' : `${inner.join('.')}: `
    const reason = printable(where + withoutTexts(message, textsIn(partAt(value, path))))
    const earlier = reasons.get(key)
    reasons.set(key, earlier === undefined ? reason : `${earlier}; ${reason}`)
  }
  return reasons
}

/** The longest key on the way to the fault; where something is missing, the key written last. */
function atFault(
  bound: Key,
  { keys, newest }: Pick<BoundValue, 'keys' | 'newest'>,
  path: readonly string[],
): { readonly key: Key; readonly inner: readonly string[] } {
  for (let length = path.length; length >= 0; length--) {
    const key = [bound, ...path.slice(0, length)].join('/') as Key
    if (keys.includes(key)) return { key, inner: path.slice(length) }
  }
  return { key: newest ?? bound, inner: path }
}

function partAt(value: Value | undefined, path: readonly string[]): unknown {
  let part: unknown = value
  for (const name of path) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, name)) return undefined
    part = (part as Readonly<Record<string, unknown>>)[name]
  }
  return part
}

function textsIn(part: unknown): readonly string[] {
  if (typeof part === 'string') return [part]
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return []
  return Object.values(part).flatMap(textsIn)
}

/** Texts to look for, times where to look: a huge value must not keep its reader busy. */
const searchMax = 1_000_000
const unsaid = 'the schema says more about it than can be told here'

/** Shorter texts are taken out where they stand in quotes: they are parts of other words as well. */
const wordLengthMin = 4

/** Schemas like to quote what they got, and that can be a secret. */
function withoutTexts(message: string, texts: readonly string[]): string {
  if (texts.length * (message.length + 100) > searchMax) return unsaid
  let clean = message
  for (const text of texts) {
    const quoted = JSON.stringify(text)
    clean = clean.replaceAll(quoted, '"…"')
    if (text.length < wordLengthMin) continue
    clean = clean.replaceAll(quoted.slice(1, -1), '…').replaceAll(text, '…')
  }
  return clean
}

/** One line of well-formed text, without anything that could act on a terminal. */
const printable = (text: string): string =>
  new TextDecoder()
    .decode(new TextEncoder().encode(text))
    .replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
