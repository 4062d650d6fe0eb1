import { JsonFault, MeshError, readStrictJson, toJson, valueFrom } from '@grapevine/api/page'
import type { Value } from '@grapevine/core'
import { sizeOf } from './value-names.js'
import { sealedIn } from './sealed.js'
import { visible } from './visible.js'

/** How a value is written down, and read back. */
export const kinds = ['text', 'number', 'boolean', 'json', 'bytes'] as const
export type Kind = (typeof kinds)[number]

export function kindOf(value: Value | undefined): Kind {
  if (value === undefined || typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  return value instanceof Uint8Array ? 'bytes' : 'json'
}

/** As it stands in the editor. */
export function textOf(value: Value | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? base64Of(value) : prettyJson(value)
}

export const prettyJson = (value: Value): string =>
  JSON.stringify(JSON.parse(toJson(value)), null, 2)

/** In one line, to be looked through; bytes and secrets say nothing. */
export function plainText(value: Value): string {
  if (typeof value === 'string') return value
  if (sealedIn(value) !== undefined) return 'sealed secret'
  return value instanceof Uint8Array ? sizeOf(value) : toJson(value)
}

/** Longer ones take more than a line to read. */
const shortLetters = 72

/** In one line, as JSON; undefined: it is not short. */
export function shortJson(value: Value): string | undefined {
  if (value instanceof Uint8Array) return `(${sizeOf(value)})`
  if (sealedIn(value) !== undefined) return '(sealed)'
  const json = visible(toJson(value))
  return json.length <= shortLetters ? json : undefined
}

export type Read =
  | { readonly isValid: true; readonly value: Value }
  | { readonly isValid: false; readonly why: string }

/** A text stays a text, whatever it looks like. */
export function readText(text: string, kind: Kind): Read {
  switch (kind) {
    case 'text':
      return { isValid: true, value: text }
    case 'number':
      return readJson(text, (value) =>
        typeof value === 'number' ? undefined : 'this is no number',
      )
    case 'boolean':
      return text === 'true' || text === 'false'
        ? { isValid: true, value: text === 'true' }
        : { isValid: false, why: 'choose true or false' }
    case 'json':
      return readJson(text, () => undefined)
    case 'bytes':
      return readBytes(text)
  }
}

function readJson(text: string, faultOf: (value: Value) => string | undefined): Read {
  if (text.trim() === '') return { isValid: false, why: 'there is nothing yet' }
  try {
    const value = valueFrom(readStrictJson(text))
    const why = faultOf(value)
    return why === undefined ? { isValid: true, value } : { isValid: false, why }
  } catch (error) {
    if (!(error instanceof JsonFault || error instanceof MeshError)) throw error
    return { isValid: false, why: error.message }
  }
}

function readBytes(text: string): Read {
  const letters = text.replace(/\s+/g, '')
  const at = text.search(/[^A-Za-z0-9+/=\s]/)
  if (at >= 0) return { isValid: false, why: `here stands no base64 (${placeIn(text, at)})` }
  try {
    const value = valueFrom({ $bytes: letters })
    return { isValid: true, value }
  } catch {
    return {
      isValid: false,
      why: 'this is no base64: four letters stand for three bytes, = fills up',
    }
  }
}

function placeIn(text: string, at: number): string {
  const before = text.slice(0, at).split('\n')
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`
}

/** What was typed, when it shall be of another kind: as much of it as has a meaning there. */
export function textAs(text: string, from: Kind, to: Kind): string {
  const read = readText(text, from)
  if (from === to || !read.isValid) return text
  const { value } = read
  const isText = typeof value === 'string'
  switch (to) {
    case 'text':
      return value instanceof Uint8Array ? (utf8In(value) ?? text) : isText ? value : text
    case 'json':
      return isText && readText(text, 'json').isValid ? text : prettyJson(value)
    case 'bytes':
      return base64Of(new TextEncoder().encode(text))
    case 'boolean':
    case 'number':
      return text.trim()
  }
}

function utf8In(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const base64Of = (bytes: Uint8Array): string =>
  (JSON.parse(toJson(bytes)) as { readonly $bytes: string }).$bytes
