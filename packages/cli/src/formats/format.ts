import { basename, extname } from 'node:path'
import { misused } from '../complain.js'

export const formats = ['yaml', 'json', 'toml', 'env', 'properties'] as const

export type Format = (typeof formats)[number]

const byEnding: ReadonlyMap<string, Format> = new Map([
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
  ['.json', 'json'],
  ['.toml', 'toml'],
  ['.env', 'env'],
  ['.properties', 'properties'],
])

/** undefined: its name says nothing that we know. */
export const formatOf = (file: string): Format | undefined =>
  basename(file) === '.env' ? 'env' : byEnding.get(extname(file).toLowerCase())

export function checkFormat(text: string): void {
  if (!isFormat(text))
    throw misused(`there is no format ${JSON.stringify(text)}`, `choose ${formats.join(', ')}`)
}

export const isFormat = (text: string): text is Format =>
  (formats as readonly string[]).includes(text)
