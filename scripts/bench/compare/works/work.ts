import type { System } from '../adapter.ts'
import type { Measured } from '../figures.ts'

/** The same for every system: what is done, and which figures come of it. */
export interface Work {
  readonly name: string
  readonly figures: readonly string[]
  /** A whole job, with what it takes to start and to end; beyond it the job is ended. */
  readonly limitMs: number
  /** Why this system does not do it. */
  excused?(system: System): string | undefined
  run(scene: Scene): AsyncIterable<Measured>
}

export interface Scene {
  readonly system: System
  /** Empty, and gone afterwards. */
  readonly folder: string
  readonly amounts: Amounts
}

/** How much of everything; tests take less. */
export interface Amounts {
  readonly samples: number
  readonly restMs: number
  readonly burst: number
  readonly keys: number
  readonly manyKeys: number
  readonly windowMs: number
  readonly settleMs: number
}

export const amounts: Amounts = {
  samples: 100,
  restMs: 20,
  burst: 1_000,
  keys: 1_000,
  manyKeys: 100_000,
  // A multiple of the time between two signs of life of a peer.
  windowMs: 10_000,
  settleMs: 3_000,
}
