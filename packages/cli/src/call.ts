import type { PeerClient } from '@grapevine/api/client'
import type { Peer, Signer } from '@grapevine/peer'
import type { Settings } from './typed/settings.js'
import type { Terminal } from './terminal.js'
import type { Common, OptionTable, OptionValues } from './verb.js'

/** One run of a verb: what was asked for, and the means to answer it. */
export interface Call<O extends OptionTable = OptionTable> {
  readonly verb: string
  /** The words behind the verb, in order. */
  readonly words: readonly string[]
  readonly options: OptionValues<O>
  readonly common: Common
  readonly settings: Settings
  readonly terminal: Terminal
  /** Ctrl-C, or SIGTERM. */
  readonly signal: AbortSignal

  /** A word that the usage line demands. */
  word(at: number): string
  /** A line of data. */
  print(line: string): void
  /** Bytes of data, as they are. */
  write(bytes: Uint8Array): Promise<void>
  /** Rows of data: aligned under headings on a terminal, bare and tab-separated in a pipe. */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): void
  /** One object on one line, bytes as `{"$bytes": …}`. */
  json(value: unknown): void
  /** A remark, beside the data: nothing with `--quiet`. */
  say(line: string): void
  /** Emphasis, where somebody sees it. */
  paint(style: Style, text: string): string

  /** Through whom this call acts; opened at the first call, closed when the verb has ended. */
  peer(): Promise<Acting>
  /** Whose key `--as` names. */
  signer(): Promise<Signer | undefined>
  /** `@file`, `-` for standard input, or the text itself. `next`: what to do where that file cannot be read. */
  read(text: string, next?: string): Promise<Buffer>
  /**
   * Asks, where somebody can answer; `--yes` answers yes. Where nobody can, it refuses with a usage
   * error that names `--yes`.
   */
  confirm(question: string): Promise<boolean>
  /**
   * A secret that is typed unseen; refused where nobody can type it. `what` is named in the question,
   * `next` says how else it can be given.
   */
  ask(what: string, next?: string): Promise<string>
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow'

export type Acting =
  /** Somebody else's process. */
  | { readonly by: 'running'; readonly client: PeerClient }
  /** A peer that lives as long as this command: with a person's key it does what no API is asked for. */
  | { readonly by: 'own'; readonly client: PeerClient; readonly peer: Peer }
