import type { Notice } from '@grapevine/peer'
import type { Commands } from './commands.ts'

/** The same commands, asked from somewhere else. */
export type Remote = {
  readonly [Name in keyof Commands]: (
    ...args: Parameters<Commands[Name]>
  ) => Promise<Awaited<ReturnType<Commands[Name]>>>
}

/** A peer that a test drives, in this process or in one of its own. */
export interface Driver extends AsyncDisposable {
  readonly name: string
  readonly id: string
  readonly ask: Remote
  /** What an operator was told, since it was opened. */
  readonly notices: readonly Notice[]
  /** From the call until it answered reads. */
  readonly openMs: number
}

export type Call = (name: keyof Commands, args: readonly unknown[]) => Promise<unknown>

export const remoteOf = (call: Call): Remote =>
  new Proxy({} as Remote, {
    get:
      (_, name) =>
      (...args: readonly unknown[]) =>
        call(name as keyof Commands, args),
  })

/** Calls a command by its name. */
export const callOn =
  (commands: Commands): Call =>
  async (name, args) =>
    (commands[name] as (...args: readonly unknown[]) => unknown)(...args)
