import type { Detours } from './detour.ts'

/** Where peers stand, and what lies between them. */
export interface Ground extends AsyncDisposable {
  /** Its peers stand on other addresses than those of this machine: only a closed mesh does. */
  readonly isBeyondMachine?: boolean
  place(index: number): Place
  /** From now on peers of different groups do not reach each other. */
  cut(...groups: readonly (readonly number[])[]): Promise<void>
  heal(): Promise<void>
}

export interface Place {
  readonly listen: readonly string[]
  readonly peers: readonly string[]
  readonly detours?: Detours
  /** What stands before the command that is started there. */
  readonly within?: readonly string[]
}

export const groupOf = (groups: readonly (readonly number[])[], index: number): number =>
  groups.findIndex((group) => group.includes(index))
