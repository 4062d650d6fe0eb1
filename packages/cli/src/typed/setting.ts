import { misused } from '../complain.js'
import { settingIn } from './settings.js'
import type { Settings } from './settings.js'
import type { Terminal } from '../terminal.js'

/** What a setting may be, and how it is written where there is only text. */
export interface Kind<T> {
  readonly fromText: (text: string) => T | undefined
  /** Of the value that stands in the file. */
  readonly fromFile: (value: unknown) => T | undefined
  /** What to write instead, in the file. */
  readonly write: string
  /** The same in a variable, where it is written another way. */
  readonly writeText?: string
}

interface Sources {
  readonly settings: Pick<Settings, 'file' | 'fileName'>
  readonly env: Terminal['env']
}

/** A setting from the first place that says it: a flag, the environment, the file. */
export function settingOf<T>(
  { settings, env }: Sources,
  name: string,
  kind: Kind<T>,
  flag?: T,
): T | undefined {
  if (flag !== undefined) return flag
  const { variable, inFile } = placesOf(name)
  const text = env[variable]
  if (text !== undefined && text !== '') {
    const value = kind.fromText(text)
    if (value !== undefined) return value
    throw misused(`${variable} is ${JSON.stringify(text)}: write ${kind.writeText ?? kind.write}`)
  }
  const stored = settingIn(settings.file, inFile)
  if (stored === undefined) return undefined
  const value = kind.fromFile(stored)
  if (value !== undefined) return value
  const shown = JSON.stringify(stored instanceof Map ? Object.fromEntries(stored) : stored)
  throw misused(`${name} in ${settings.fileName} is ${shown}: write ${kind.write}`)
}

/** `api.tokenFile` is `GRAPEVINE_API_TOKEN_FILE`. */
export function placesOf(name: string): {
  readonly variable: string
  readonly inFile: readonly string[]
} {
  const words = name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).replaceAll('.', '_')
  return { variable: `GRAPEVINE_${words.toUpperCase()}`, inFile: name.split('.') }
}

const isText = (value: unknown): value is string => typeof value === 'string'

export const aText: Kind<string> = {
  fromText: (text) => text,
  fromFile: (value) => (isText(value) ? value : undefined),
  write: 'a text',
}

export const aFlag: Kind<boolean> = {
  fromText: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  fromFile: (value) => (typeof value === 'boolean' ? value : undefined),
  write: 'true or false',
}

export const addresses: Kind<readonly string[]> = {
  fromText: (text) => text.split(',').map((one) => one.trim()),
  fromFile: (value) => (Array.isArray(value) && value.every(isText) ? value : undefined),
  write: 'a list such as [10.0.0.7:7300]',
  writeText: 'addresses such as 10.0.0.7:7300,10.0.0.8:7300',
}

export const labels: Kind<Readonly<Record<string, string>>> = {
  fromText: (text) => labelsOf(text.split(',')),
  fromFile: (value) =>
    value instanceof Map && [...value.keys(), ...value.values()].every(isText)
      ? (Object.fromEntries(value) as Record<string, string>)
      : undefined,
  write: 'names with a text each',
  writeText: 'zone=a,version=3',
}

/** Of `zone=a` each; undefined: one of them has no `=`. */
export function labelsOf(texts: readonly string[]): Readonly<Record<string, string>> | undefined {
  const pairs = texts.map((text) => text.trim().split(/=(.*)/s, 2) as [string, string | undefined])
  if (pairs.some(([name, value]) => name === '' || value === undefined)) return undefined
  return Object.fromEntries(pairs) as Record<string, string>
}

export const oneOf = <const T extends string>(...choices: readonly T[]): Kind<T> => {
  const find = (value: unknown): T | undefined => choices.find((choice) => choice === value)
  return { fromText: find, fromFile: find, write: choices.join(', ').replace(/, (\S+)$/, ' or $1') }
}
