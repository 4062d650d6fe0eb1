import { TomlDate, TomlError, parse, stringify } from 'smol-toml'
import type { Value } from '@grapevine/core'
import { badFile } from './place.js'
import { exactly, isMapping, namesOf, treeOf } from './tree.js'
import type { Tree } from './tree.js'

export function readToml(source: string, file: string): Tree {
  try {
    return treeOf(plainOf(parse(source, { integersAsBigInt: true }), file, []), { file })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const { line, column, message } = error
    // The library shows the line as well, below its sentence.
    throw badFile(
      { file, line, column },
      `it is no TOML: ${message.split('\n')[0]?.replace(/^Invalid TOML document: /, '')}`,
    )
  }
}

/** Dates are texts on the mesh; numbers are what they say, or refused. */
function plainOf(value: unknown, file: string, path: readonly string[]): unknown {
  if (value instanceof TomlDate) return value.toISOString()
  if (typeof value === 'bigint') {
    const number = exactly(value)
    if (number !== undefined) return number
    throw badFile(
      { file },
      `${path.join('.')} is ${value}, more than a number holds exactly`,
      'write it in quotes',
    )
  }
  if (Array.isArray(value)) return value.map((item: unknown) => plainOf(item, file, path))
  if (!isMapping(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, below]) => [name, plainOf(below, file, [...path, name])]),
  )
}

/** TOML has no null: what holds one is carried as JSON, in whole. */
export const writeToml = (
  entries: readonly { readonly key: string; readonly value: Value }[],
): string => stringify(namesOf(entries, hasNull))

const hasNull = (value: unknown): boolean =>
  value === null ||
  (Array.isArray(value)
    ? value.some(hasNull)
    : isMapping(value) && Object.values(value).some(hasNull))
