import type { Value } from '@grapevine/core'

/** A copy that whoever gets it may change as he likes. */
export function thawed(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return value.slice()
  if (Array.isArray(value)) return value.map(thawed)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, thawed(member)]))
}

/** Freezes lists and plain objects through and through; what has a class of its own stays as it is. */
export function frozen<T>(value: T, seen = new Set<unknown>()): T {
  if (!isPlain(value) || seen.has(value)) return value
  seen.add(value)
  for (const member of Object.values(value)) frozen(member, seen)
  return Object.freeze(value)
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
