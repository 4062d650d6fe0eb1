import * as dagCbor from '@ipld/dag-cbor'
import { compare } from 'uint8arrays/compare'
import { Malformed } from './errors.js'
import { utf8Length } from './key.js'
import { limits } from './limits.js'

/** On Node the codec writes Buffers, whose `slice` shares memory; what leaves here is the plain kind. */
export function encode(value: unknown): Uint8Array {
  const { buffer, byteOffset, length } = dagCbor.encode(value)
  return new Uint8Array(buffer, byteOffset, length)
}

/**
 * One value has one encoding: what does not re-encode to the very same bytes is refused, so that
 * a hash names a meaning and not a spelling (unsorted maps, long integers, invalid UTF-8, -0).
 */
export function decode(bytes: Uint8Array, bytesMax: number = limits.frameBytesMax): unknown {
  if (bytes.length > bytesMax) {
    throw new Malformed(`it is ${bytes.length} bytes long, the limit is ${bytesMax}`)
  }
  const value = decodeAgain(bytes)
  let again: Uint8Array
  try {
    again = dagCbor.encode(value)
  } catch (error) {
    throw unreadable(error)
  }
  // On Node `compare` is native; `equals` walks byte by byte.
  if (compare(bytes, again) !== 0) throw new Malformed('it is not in canonical form')
  return value
}

/** What is known to have passed `decode` before. */
export function decodeAgain(bytes: Uint8Array): unknown {
  try {
    return dagCbor.decode(bytes)
  } catch (error) {
    throw unreadable(error)
  }
}

const unreadable = (error: unknown): Malformed =>
  new Malformed(`it is not canonical DAG-CBOR: ${printable((error as Error).message)}`)

/** The codec's own words can quote what it read: any length, any character. */
const printable = (text: string): string => text.slice(0, 100).replace(/[^ -~]/g, '?')

// Readers for decoded structures: each returns the type it names or says what was wrong.

export function asList(value: unknown, what: string, length?: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Malformed(`${what} is not a list`)
  if (length !== undefined && value.length !== length) {
    throw new Malformed(`${what} has ${value.length} parts, not ${length}`)
  }
  return value as unknown[]
}

export function asBytes(value: unknown, what: string, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Malformed(`${what} is not bytes`)
  if (length !== undefined && value.length !== length) {
    throw new Malformed(`${what} is ${value.length} bytes, not ${length}`)
  }
  return value
}

export function asCount(
  value: unknown,
  what: string,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > max) {
    throw new Malformed(`${what} is not a whole number from 0 to ${max}`)
  }
  return value
}

export function asText(value: unknown, what: string, bytesMax: number): string {
  if (typeof value !== 'string') throw new Malformed(`${what} is not a text`)
  if (value.length > bytesMax || utf8Length(value) > bytesMax) {
    throw new Malformed(`${what} is longer than ${bytesMax} bytes`)
  }
  return value
}

/** A text, or null where there is none. */
export const asOptionalText = (
  value: unknown,
  what: string,
  bytesMax: number,
): string | undefined => (value === null ? undefined : asText(value, what, bytesMax))

export function asBoolean(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new Malformed(`${what} is neither true nor false`)
  return value
}

/** The first field of everything signed, so that a later format is told apart from garbage. */
export function checkFormat(value: unknown, format: number): void {
  const found = asCount(value, 'format')
  if (found !== format) throw new Malformed(`its format is ${found}, this replica reads ${format}`)
}
