import type { Value } from '@grapevine/core'
import { bytesInWords, countOf } from '../in-words.js'
import type { Kind } from './value-text.js'
import { sealedIn } from './sealed.js'

export const kindNames: Readonly<Record<Kind, string>> = {
  text: 'Text',
  number: 'Number',
  boolean: 'True / false',
  json: 'JSON',
  bytes: 'Bytes',
}

/** What a value is, in words. */
export function typeName(value: Value | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'true / false'
  if (value instanceof Uint8Array) return sizeOf(value)
  if (sealedIn(value) !== undefined) return 'sealed secret'
  if (Array.isArray(value)) return `list of ${value.length}`
  const { length } = Object.keys(value)
  return `object with ${countOf(length, 'member')}`
}

export const sizeOf = ({ length }: { readonly length: number }): string =>
  length < 1_000 ? countOf(length, 'byte') : bytesInWords(length)
