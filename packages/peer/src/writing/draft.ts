import { MeshError, checkKey, copyValue } from '@grapevine/core'
import type { Input, Key, Value } from '@grapevine/core'
import type { Draft } from '../peer.js'
import { faultText, shown } from '../api/shown.js'

export type CheckedWrite = Extract<Input, { readonly type: 'write' }> & {
  readonly put: ReadonlyMap<Key, Value>
  readonly remove: readonly Key[]
}

/**
 * What a caller asks for, checked as far as its types could lie, and copied: the replica must not run
 * into code of the caller's, such as a getter.
 */
export function writeOf(draft: Draft): CheckedWrite {
  if (typeof draft !== 'object' || (draft as unknown) === null) {
    throw invalid('draft', draft, 'an object such as { set: { a: 1 }, remove: [] }')
  }
  const { message, requestId, confirmRemoves, force } = draft
  checkTexts({ message, requestId })
  checkOptionals({ confirmRemoves, force })
  const put = new Map<Key, Value>()
  for (const [name, value] of entriesOf('set', draft.set)) {
    const key = checkText(name)
    put.set(key, ownCopy(key, value))
  }
  const ifMatch = matchesOf(draft.ifMatch)
  const remove = keysOf(draft.remove)
  return { type: 'write', put, remove, ifMatch, message, requestId, confirmRemoves, force }
}

/** Versions by keys, as somebody says that he has seen them. */
export function matchesOf(given: Draft['ifMatch']): ReadonlyMap<Key, string | null> {
  const ifMatch = new Map<Key, string | null>()
  for (const [name, version] of entriesOf('ifMatch', given)) {
    if (version !== null && typeof version !== 'string') {
      throw invalid(`ifMatch of ${name}`, version, 'a version, or null for absent')
    }
    ifMatch.set(checkText(name), version)
  }
  return ifMatch
}

/** A key may be any text at all until somebody wants to write it. */
export function checkText(key: unknown): Key {
  if (typeof key === 'string') return checkKey(key)
  throw new MeshError('KEY_INVALID', `key ${shown(key)} cannot be used: it is not a text`, { key })
}

export function checkTexts(given: Readonly<Record<string, unknown>>): void {
  for (const [what, text] of Object.entries(given)) checkOptional(what, text, 'string', 'a text')
}

export function checkOptionals({
  confirmRemoves,
  force,
}: Pick<Draft, 'confirmRemoves' | 'force'>): void {
  checkOptional('confirmRemoves', confirmRemoves, 'number', 'the exact number of removes')
  checkOptional('force', force, 'boolean', 'true or false')
}

export const invalid = (what: string, given: unknown, expected: string): MeshError =>
  new MeshError('OPTION_INVALID', `${what} ${shown(given)} cannot be used: write ${expected}`, {
    option: what,
  })

function ownCopy(key: Key, value: unknown): Value {
  const unusable = (why: string): MeshError =>
    new MeshError('VALUE_INVALID', `value for ${key} cannot be used: ${why}`, { key })
  if (value === undefined) throw unusable('it is undefined; remove the key instead')
  try {
    return copyValue(key, value)
  } catch (error) {
    throw error instanceof MeshError ? error : unusable(faultText(error))
  }
}

function entriesOf<T>(
  what: string,
  given: ReadonlyMap<string, T> | Readonly<Record<string, T>> | undefined,
): readonly (readonly [string, T])[] {
  if (given === undefined) return []
  if (given instanceof Map) return [...(given as ReadonlyMap<string, T>)]
  if (typeof given === 'object' && (given as unknown) !== null && !Array.isArray(given)) {
    return Object.entries(given)
  }
  throw invalid(what, given, 'an object or a Map, by keys')
}

function keysOf(given: readonly string[] | undefined): readonly Key[] {
  if (given === undefined) return []
  if (!Array.isArray(given)) throw invalid('remove', given, 'a list of keys')
  return Array.from(given as readonly string[], checkText)
}

function checkOptional(what: string, given: unknown, type: string, expected: string): void {
  if (given !== undefined && typeof given !== type) throw invalid(what, given, expected)
}
