import { compareStamps } from '@grapevine/core'
import type { Key, Value } from '@grapevine/core'
import type { View } from '../reading/view.js'

/** What a schema is asked about. */
export interface BoundValue {
  /** undefined: nothing is there. */
  readonly value: Value | undefined
  /** The keys it was made of, and the one that was written last. */
  readonly keys: readonly Key[]
  readonly newest: Key | undefined
}

/** What shows values: the view, or what something would make of it. */
export interface Readable extends Pick<View, 'get' | 'keys'> {
  entry(key: Key): { readonly release: Written } | undefined
}

type Written = Parameters<typeof compareStamps>[0]
type Members = Record<string, Value>

/**
 * The value of a key, with the keys below it as its members: `limits/db/pool` is `db.pool` of `limits`.
 * The longer key decides; a value that is no object has no members, so what lies below it is left out.
 */
export function boundValue(view: Readable, key: Key): BoundValue {
  const { value, keys } = merged(view, key)
  return { value, keys, newest: newestOf(view, keys) }
}

function newestOf(view: Readable, keys: readonly Key[]): Key | undefined {
  if (keys.length < 2) return keys[0]
  let newest: { readonly key: Key; readonly release: Written } | undefined
  for (const key of keys) {
    const { release } = view.entry(key)!
    if (newest === undefined || compareStamps(release, newest.release) > 0)
      newest = { key, release }
  }
  return newest?.key
}

function merged(view: Readable, key: Key): Omit<BoundValue, 'newest'> {
  const base = view.get(key)
  const below = view.keys(`${key}/`)
  const keys = base === undefined ? [] : [key]
  if (below.length === 0 || (base !== undefined && !isMembers(base))) return { value: base, keys }

  const fresh = new Set<Members>()
  const root = own(fresh, base ?? {})
  for (const longer of below) {
    const path = longer.slice(key.length + 1).split('/')
    const value = view.get(longer)
    if (value !== undefined && place(fresh, root, path, value)) keys.push(longer)
  }
  return { value: keys.length === 0 ? undefined : root, keys }
}

/** Objects of the store are shared and frozen: whatever is changed is one that was made here. */
function own(fresh: Set<Members>, members: Readonly<Members>): Members {
  if (fresh.has(members)) return members
  const copy = { ...members }
  fresh.add(copy)
  return copy
}

/** false: there is no such place. */
function place(fresh: Set<Members>, root: Members, path: readonly string[], value: Value): boolean {
  // Values cannot have a member of this name either: a careless copy would take it for the real one.
  if (path.includes('__proto__')) return false
  let members = root
  for (const name of path.slice(0, -1)) {
    const inner = memberOf(members, name) ?? {}
    if (!isMembers(inner)) return false
    members = members[name] = own(fresh, inner)
  }
  const last = path.at(-1)!
  const present = memberOf(members, last)
  members[last] = present === undefined ? value : merge(fresh, present, value)
  return true
}

function merge(fresh: Set<Members>, present: Value, value: Value): Value {
  if (!isMembers(present) || !isMembers(value)) return value
  const both = own(fresh, present)
  for (const [name, member] of Object.entries(value)) {
    const inner = memberOf(both, name)
    both[name] = inner === undefined ? member : merge(fresh, inner, member)
  }
  return both
}

const memberOf = (members: Readonly<Members>, name: string): Value | undefined =>
  Object.hasOwn(members, name) ? members[name] : undefined

const isMembers = (value: Value): value is Members =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array)
