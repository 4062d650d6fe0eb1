import { valueFrom } from '@grapevine/api/client'
import type { Value } from '@grapevine/core'
import { misused } from '../complain.js'
import { marked } from './tree.js'

/**
 * Formats without names inside names, and without any types: `.env` and `.properties`, and the
 * environment of a process. What they say is understood by what is there already: a name is the key that
 * has this name there, and a value keeps the type that the key has. Where there is no such key, a name in
 * `.env` is a key itself, one in `.properties` has segments between its dots, and the value is a text.
 */
export type Flat = 'env' | 'properties'

const flatNames: Readonly<Record<Flat, (key: string) => string>> = {
  env: (key) => {
    const name = key.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')
    return /^\d/.test(name) ? `_${name}` : name
  },
  properties: (key) => key.replaceAll('/', '.'),
}

const newKeys: Readonly<Record<Flat, (name: string) => string>> = {
  env: (name) => name,
  properties: (name) => (name.includes('/') ? name : name.replaceAll('.', '/')),
}

export interface Keyed {
  readonly key: string
  readonly value: Value
}

/** Keys by the names that they have; two with the same name are refused. */
export function named<E extends Keyed>(
  flat: Flat,
  entries: readonly E[],
  prefix = '',
): ReadonlyMap<string, E> {
  const byName = new Map<string, E>()
  for (const entry of entries) {
    const name = flatNames[flat](within(prefix, entry.key))
    const other = byName.get(name)
    if (other !== undefined) {
      throw misused(
        `${other.key} and ${entry.key} would both be called ${name}`,
        flat === 'env'
          ? 'name a longer prefix, or choose another'
          : 'choose another format, such as yaml',
      )
    }
    byName.set(name, entry)
  }
  return byName
}

/** A key without the prefix that everybody knows: `payments/` and `payments` are the same here. */
export function within(prefix: string, key: string): string {
  const rest = key.slice(prefix.length)
  return rest.startsWith('/') ? rest.slice(1) : rest
}

/** What a file without types says. */
export interface FlatSaying {
  readonly name: string
  readonly text: string
}

/** What is meant, by what is there below the prefix. */
export function meant(
  flat: Flat,
  { name, text }: FlatSaying,
  there: readonly Keyed[],
  prefix: string,
): Keyed {
  const [entry, another] = there.filter(({ key }) => flatNames[flat](within(prefix, key)) === name)
  if (entry === undefined) return { key: below(prefix, newKeys[flat](name)), value: text }
  if (another === undefined) return { key: entry.key, value: typedLike(entry.value, text) }
  throw misused(
    `${name} can mean ${entry.key} or ${another.key}`,
    'say it in a format that has names inside names, such as yaml',
  )
}

export const below = (prefix: string, rest: string): string =>
  prefix === '' ? rest : `${prefix.replace(/\/$/, '')}/${rest}`

/** A value where there are only texts. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return JSON.stringify(marked(value))
}

/** A text as a value of the type that is there. Where it cannot be one, it is a text. */
function typedLike(before: Value, text: string): Value {
  if (textOf(before) === text) return before
  if (typeof before === 'string' || before === null || before instanceof Uint8Array) return text
  try {
    const value = valueFrom(JSON.parse(text))
    const isSameType =
      typeof value === typeof before && Array.isArray(value) === Array.isArray(before)
    return isSameType && value !== null ? value : text
  } catch {
    return text
  }
}
