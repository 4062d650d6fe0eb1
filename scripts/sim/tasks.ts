import type { Plan } from '../../packages/sim/src/plan.ts'
import type { OutcomeVerdict } from '../../packages/sim/src/run.ts'

/** What a worker is asked for. */
export type Task = Readonly<{
  /** The planted bug that the library has; undefined: the library as it is. */
  plant?: string | undefined
  seed: number
}> &
  (Readonly<{ do: 'run'; isTwice: boolean }> | Readonly<{ do: 'shrink'; runsMax: number }>)

export type Answer = Ran | Shrunk | Died

export type Ran = Readonly<{
  did: 'run'
  verdict: OutcomeVerdict
  reason: string | undefined
  events: number
  virtualMs: number
  checks: number
  wallMs: number
  probes: ReadonlyMap<string, number>
  /** Ran a second time, and something else happened. */
  isAnother: boolean
}>

export type Shrunk = Readonly<{ did: 'shrink'; plan: Plan; reason: string | undefined }>

/** The worker is gone: out of memory, out of time, or an error that nobody caught. */
export type Died = Readonly<{ did: 'die'; reason: string }>
