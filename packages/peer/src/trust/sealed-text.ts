import { createHash } from 'node:crypto'
import { Malformed, decode, encode } from '@grapevine/core'

/**
 * What people carry from one place to another: a mark that says what it is, then bytes and their
 * checksum in base64url. So a text that was cut or mistyped on its way is told from a foreign one.
 */
const checksumBytes = 4
/** A token holds a chain of badges, and some addresses. */
const textLengthMax = 64 * 1024

export function sealText(mark: string, content: unknown): string {
  const bytes = encode(content)
  return `${mark}.${Buffer.concat([bytes, checksumOf(mark, bytes)]).toString('base64url')}`
}

/** Throws `Malformed` with why it cannot be used; never with any of the text itself: it may be secret. */
export function unsealText(mark: string, text: string): unknown {
  const trimmed = text.trim()
  if (trimmed.length > textLengthMax) throw new Malformed('it is far too long')
  const [found, sealed, ...rest] = trimmed.split('.')
  if (found !== mark) throw new Malformed(`it does not begin with ${mark}.`)
  const whole = Buffer.from(sealed ?? '', 'base64url')
  // Decoding skips what it does not know: also one character more is another text.
  if (rest.length > 0 || whole.toString('base64url') !== sealed) throw incomplete()
  const bytes = whole.subarray(0, -checksumBytes)
  if (!checksumOf(mark, bytes).equals(whole.subarray(-checksumBytes))) throw incomplete()
  return decode(new Uint8Array(bytes))
}

const incomplete = (): Malformed =>
  new Malformed('it was not copied whole, or a character of it was changed')

const checksumOf = (mark: string, bytes: Uint8Array): Buffer =>
  createHash('sha256').update(`${mark}\n`).update(bytes).digest().subarray(0, checksumBytes)
