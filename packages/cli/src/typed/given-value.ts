import { JsonFault, readStrictJson, valueFrom } from '@grapevine/api/client'
import type { Value } from '@grapevine/core'
import { misused } from '../complain.js'
import { flag } from '../verb.js'

/** Of every verb that takes a value. */
export const valueOptions = {
  text: flag('the value is a text, even where it looks like JSON'),
  bytes: flag('the value is bytes, exactly as they come'),
} as const

/** Of a value that cannot be read: it may have been meant as it stands there. */
export const namesFile =
  'a value that begins with @ names a file; for the text itself use - and standard input'

interface ValueForm {
  readonly text: boolean
  readonly bytes: boolean
}

/** A value as it was typed or piped: JSON where it is JSON, and a text otherwise. */
export function givenValue(given: Buffer, form: ValueForm): Value {
  if (form.text && form.bytes) throw misused('--text and --bytes exclude each other')
  if (form.bytes) return new Uint8Array(given)
  const text = givenText(given)
  return form.text ? text : (readJson(text) ?? text)
}

/** A text, without the end of its last line: `echo` and every editor add that, and nobody means it. */
export function givenText(given: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(given)
    return text.replace(/\r?\n$/, '')
  } catch {
    throw misused('the value is no text in UTF-8', '--bytes takes it as it is')
  }
}

/** A number, or what begins as nothing but JSON does: with a slip in it, it is no text that was meant. */
const meantAsJson = /^\s*(?:[{["]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$)/

/** undefined: it is no JSON, and was not meant to be. */
function readJson(text: string): Value | undefined {
  try {
    return valueFrom(readStrictJson(text))
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    if (!meantAsJson.test(text)) return undefined
    throw misused(`the value is no JSON: ${error.message}`, '--text stores it as it is')
  }
}
