import type { Call } from './call.js'
import type { ExitCode } from './exit-codes.js'

/** One command: what it is called, what it takes, examples that run in a test, and what it does. */
export interface Verb<O extends OptionTable = OptionTable> {
  readonly name: string
  /** One line of the list of commands: what it does, as a verb in the third person. */
  readonly says: string
  /** In the manner of usage lines: `<key> [value]`, `<keys...>`. */
  readonly args?: string
  readonly options?: O
  /** Below the options in its help. */
  readonly more?: string
  readonly examples: readonly Example[]
  /** Whose options are not ours: those after the first word (`exec`), or all of them (`sim`). */
  readonly passesOn?: 'rest' | 'all'
  /** Answers the exit code; nothing is 0. */
  readonly run: (call: Call<O>) => Promise<ExitCode | void>
}

interface Example {
  readonly line: string
  readonly says: string
}

export type OptionTable = Readonly<Record<string, Option>>

/** An option in camelCase is typed in kebab-case. */
export type Option = {
  readonly says: string
  /** One letter: `m` for `-m`. */
  readonly short?: string
} & (
  | { readonly kind: 'flag' }
  | {
      readonly kind: 'text' | 'many'
      /** As in usage lines: `<key>`. */
      readonly value: string
      /** Throws where a text cannot be meant, before the verb has done anything. */
      readonly check?: (text: string) => void
    }
)

export type OptionValues<O extends OptionTable> = {
  readonly [Name in keyof O]: O[Name] extends { readonly kind: 'flag' }
    ? boolean
    : O[Name] extends { readonly kind: 'many' }
      ? readonly string[]
      : string | undefined
}

type Flag = Extract<Option, { kind: 'flag' }>
type Text = Option & { readonly kind: 'text' }
type Many = Option & { readonly kind: 'many' }
type More = { readonly short?: string }
type MoreOfText = More & { readonly check?: (text: string) => void }

export const flag = (says: string, more: More = {}): Flag => ({ kind: 'flag', says, ...more })

export const text = (value: string, says: string, more: MoreOfText = {}): Text => ({
  kind: 'text',
  value,
  says,
  ...more,
})

/** May be given more than once. */
export const many = (value: string, says: string, more: MoreOfText = {}): Many => ({
  kind: 'many',
  value,
  says,
  ...more,
})

/** Keeps what the options are, so that `run` knows their values by name. */
export const verb = <const O extends OptionTable>(given: Verb<O>): Verb<O> => given

/** `dataDir` as it is typed: `--data-dir`. */
export const longOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** What every command takes. */
export const commonOptions = {
  dataDir: text('<folder>', 'where the peer keeps its key and its copy (GRAPEVINE_DATA_DIR)'),
  socket: text('<file>', 'where the running peer listens (GRAPEVINE_SOCKET)'),
  lab: text('<peer>', 'through this peer of the lab: its number or its name (GRAPEVINE_LAB)'),
  as: text('<key file>', 'act as the person whose key this is (GRAPEVINE_AS)'),
  json: flag('print JSON: one object, or one object a line where there are many'),
  quiet: flag('say nothing beside the data and errors', { short: 'q' }),
  yes: flag('do not ask, do it', { short: 'y' }),
  noInput: flag('never ask: fail where an answer is missing'),
} satisfies OptionTable

export type Common = OptionValues<typeof commonOptions>
