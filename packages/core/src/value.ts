import { equals } from 'uint8arrays/equals'
import { decode, encode } from './codec.js'
import { Malformed, MeshError } from './errors.js'
import { type Key } from './ids.js'
import { textFault } from './key.js'
import { limits } from './limits.js'

/** What a key can hold: the JSON data model, and bytes. Readers get it deep-frozen. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [name: string]: Value }

/**
 * The codec can carry more than we allow: big integers, links, Maps, and a `__proto__` member that
 * a careless merge would take for the real one. A cycle ends at the nesting limit.
 */
export function checkValue(value: unknown, nesting = 0): asserts value is Value {
  if (typeof value === 'string') return checkText(value)
  if (typeof value === 'boolean' || value === null || value instanceof Uint8Array) return
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Malformed(`it has the number ${value}`)
    return
  }
  if (value === undefined) throw new Malformed('it has an undefined member')
  if (typeof value !== 'object') throw new Malformed(`it has a ${typeof value}`)
  if (nesting >= limits.valueNestingMax) {
    throw new Malformed(`it is nested deeper than ${limits.valueNestingMax}`)
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) checkValue(value[index], nesting + 1)
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Malformed('it has an object that is neither plain JSON nor bytes')
  }
  if (isLinkLike(value)) {
    throw new Malformed(
      'it has an object whose members "/" and "bytes" are equal: the codec keeps those for links',
    )
  }
  // order: each member alone
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') throw new Malformed('it has a member named "__proto__"')
    checkText(name)
    checkValue(member, nesting + 1)
  }
}

/** What the codec would take for a link, and then fail on. */
const isLinkLike = (value: object): boolean =>
  '/' in value && 'bytes' in value && value['/'] === value.bytes

function checkText(text: string): void {
  const fault = textFault(text)
  if (fault !== undefined) throw new Malformed(`it has a text that ${fault}`)
}

/** Bytes stay as they are: a typed array cannot be frozen. */
export function deepFreeze(value: Value): Value {
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    // order: each member alone
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}

/**
 * The replica's own frozen copy of a caller's value. It goes through the codec, so that writer and
 * receivers hold the same (-0 becomes 0, members come in canonical order).
 */
export const copyValue = (key: Key, value: unknown): Value =>
  orInvalid(key, value, () => {
    checkValue(value)
    const bytes = encode(value)
    checkValueSize(bytes.length)
    return deepFreeze(decode(bytes) as Value)
  })

/** The value itself, where it is one: for callers that have no codec. Only its size is not looked at. */
export const usableValue = (key: Key, value: unknown): Value =>
  orInvalid(key, value, () => {
    checkValue(value)
    return value
  })

function orInvalid(key: Key, value: unknown, take: () => Value): Value {
  try {
    return take()
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    const path = faultPath(value).join('.')
    const where = path === '' ? '' : ` (at ${path})`
    const text = `value for ${key} cannot be used: ${error.message}${where}`
    throw new MeshError('VALUE_INVALID', text, { key, path })
  }
}

/** The way to the member that cannot be used; empty: the value as a whole. */
function faultPath(value: unknown, nesting = 0): readonly string[] {
  if (typeof value !== 'object' || value === null || nesting > limits.valueNestingMax) return []
  // order: the first fault is as good as any
  for (const [name, member] of Object.entries(value)) {
    try {
      checkValue(member, nesting + 1)
    } catch {
      return [name, ...faultPath(member, nesting + 1)]
    }
  }
  return []
}

export function checkValueSize(bytes: number): void {
  if (bytes <= limits.valueBytesMax) return
  throw new Malformed(`it takes ${bytes} bytes, the limit is ${limits.valueBytesMax}`)
}

export const sameValue = (a: Value, b: Value): boolean => a === b || equals(encode(a), encode(b))
