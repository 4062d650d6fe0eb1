import type { Value } from '@grapevine/core'
import { parseDocument, stringify } from 'yaml'
import { misused } from '../complain.js'
import { givenText } from './given-value.js'
import { isSealed } from '../shown/shown-value.js'

/** A value as a file that somebody edits. */
export interface Editable {
  readonly source: string
  readonly extension: 'txt' | 'yaml'
  /** Throws where the text is no such value any more. */
  readonly read: (source: Buffer) => Value
}

/** A text is edited as it is, and stays one; everything else as YAML, of which JSON is a part. */
export function editable(key: string, value: Value): Editable {
  if (value instanceof Uint8Array) {
    throw misused(`${key} is bytes, and no text`, `grapevine set ${key} @file --bytes`)
  }
  if (isSealed(value)) {
    throw misused(
      `${key} is sealed: opened in an editor it would lie about in files`,
      `grapevine set --secret --to … ${key}, and type it`,
    )
  }
  return typeof value === 'string'
    ? { source: `${value}\n`, extension: 'txt', read: givenText }
    : { source: stringify(value, yaml), extension: 'yaml', read: readYaml }
}

const yaml = { customTags: ['binary'] as 'binary'[], lineWidth: 0 }

function readYaml(source: Buffer): Value {
  const document = parseDocument(givenText(source), {
    ...yaml,
    intAsBigInt: true,
    prettyErrors: true,
  })
  const [fault] = document.errors
  if (fault !== undefined) throw misused(`this is no YAML: ${fault.message.trimEnd()}`)
  return exact(document.toJS())
}

/** Numbers that a value cannot hold are refused, not rounded. */
function exact(read: unknown): Value {
  if (typeof read === 'bigint' && read === BigInt(Number(read))) return Number(read)
  if (typeof read === 'bigint' || (typeof read === 'number' && !Number.isFinite(read))) {
    throw misused(`the number ${read} cannot be held exactly`, 'write it as a text, in quotes')
  }
  if (typeof read !== 'object' || read === null || read instanceof Uint8Array) return read as Value
  if (Array.isArray(read)) return read.map(exact)
  return Object.fromEntries(Object.entries(read).map(([name, member]) => [name, exact(member)]))
}
