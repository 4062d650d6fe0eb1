import { MeshError } from './errors.js'
import { type Key } from './ids.js'
import { limits } from './limits.js'

// Explicit ranges, not Unicode properties: replicas on different Node versions must agree.
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Why what arrives would be another text, or undefined where it is the same. */
export function textFault(text: string): string | undefined {
  if (loneSurrogate.test(text)) return 'is not well-formed Unicode'
  // Decoders leave it out.
  return text.startsWith('\ufeff') ? 'begins with a byte order mark (U+FEFF)' : undefined
}

/** Length in UTF-8 of a well-formed string, without encoding it. */
export function utf8Length(text: string): number {
  let bytes = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (unit >= 0xd800 && unit < 0xe000) bytes += 2
    else bytes += 3
  }
  return bytes
}

/** As much of a text as fits, in whole characters, and so that the very same arrives. */
export function clipText(text: string, bytesMax: number): string {
  let clipped = ''
  let room = bytesMax
  for (const character of text) {
    if (clipped === '' && character === '\ufeff') continue
    const whole = loneSurrogate.test(character) ? '\ufffd' : character
    room -= utf8Length(whole)
    if (room < 0) break
    clipped += whole
  }
  return clipped
}

/** What nearly all keys look like; they need no closer look. */
const plainKey = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/

/** Why a text cannot be a key, or undefined when it can. */
export function keyFault(text: string): string | undefined {
  if (text.length <= limits.keyBytesMax && plainKey.test(text)) return undefined
  if (text === '') return 'it is empty'
  const bytes = text.length > limits.keyBytesMax ? text.length : utf8Length(text)
  if (bytes > limits.keyBytesMax)
    return `it is ${bytes} bytes long, the limit is ${limits.keyBytesMax}`
  const fault = textFault(text)
  if (fault !== undefined) return `it ${fault}`
  if (control.test(text)) return 'it has a control character'
  if (bidi.test(text)) return 'it has a character that changes the direction of text'
  for (const segment of text.split('/')) {
    if (segment === '') return 'it has an empty segment: write a/b, without / at either end'
    if (segment === '.' || segment === '..') return `it has the segment "${segment}"`
  }
  return undefined
}

export function checkKey(text: unknown): Key {
  const fault = typeof text === 'string' ? keyFault(text) : 'it is not a text'
  if (fault === undefined) return text as Key
  const shown = JSON.stringify(typeof text === 'string' ? clipText(text, 100) : text)
  throw new MeshError('KEY_INVALID', `key ${shown} cannot be used: ${fault}`, { key: text })
}
