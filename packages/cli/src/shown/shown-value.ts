import { toJson } from '@grapevine/api/client'
import type { Value } from '@grapevine/core'

/** Where lines shall stay lines. */
const lettersMax = 60

/** A value inside a sentence or a cell: as JSON on one line, and no longer than that. */
export function valueInWords(value: Value | undefined, max = lettersMax): string {
  if (value === undefined) return 'no value'
  if (isSealed(value)) return '(sealed)'
  if (value instanceof Uint8Array) return bytesInWords(value)
  const text = harmless(toJson(value))
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** What `setSecret` writes: nobody reads it without a key. */
export const isSealed = (value: Value | undefined): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array) &&
  Object.hasOwn(value, '$secret')

export const bytesInWords = ({ length }: Uint8Array): string =>
  `(${length} byte${length === 1 ? '' : 's'})`

/** What others wrote must not steer a terminal, or turn its lines around. Lines and tabs are kept. */
export const harmless = (text: string): string =>
  text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** A text inside a line, such as the message of a release. */
export const onOneLine = (text: string): string => harmless(text.replaceAll(/\s+/g, ' ').trim())
