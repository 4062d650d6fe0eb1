import type { OutcomeVerdict } from '../../packages/sim/src/run.ts'
import type { Answer } from './tasks.ts'

export type Failure = Readonly<{
  seed: number
  /** died: the process that ran it did. */
  verdict: Exclude<OutcomeVerdict, 'passed'> | 'died'
  reason: string
}>

/** What many runs come to. */
export interface Tally {
  seeds: number
  events: number
  checks: number
  virtualMs: number
  /** On all cores together. */
  wallMs: number
  slowest: { seed: number; wallMs: number }
  twice: number
  readonly probes: Map<string, number>
  readonly failures: Failure[]
}

export const emptyTally = (): Tally => ({
  seeds: 0,
  events: 0,
  checks: 0,
  virtualMs: 0,
  wallMs: 0,
  slowest: { seed: 0, wallMs: 0 },
  twice: 0,
  probes: new Map(),
  failures: [],
})

export function addRun(tally: Tally, seed: number, answer: Answer, isTwice = false): void {
  tally.seeds += 1
  if (answer.did !== 'run') {
    const reason = answer.did === 'die' ? answer.reason : 'no run'
    return void tally.failures.push({ seed, verdict: 'died', reason })
  }
  const { verdict, reason = 'no reason was given', events, checks, virtualMs, wallMs } = answer
  tally.events += events
  tally.checks += checks
  tally.virtualMs += virtualMs
  tally.wallMs += wallMs
  if (isTwice) tally.twice += 1
  if (wallMs > tally.slowest.wallMs) tally.slowest = { seed, wallMs }
  for (const [name, hits] of answer.probes) {
    tally.probes.set(name, (tally.probes.get(name) ?? 0) + hits)
  }
  if (verdict !== 'passed') tally.failures.push({ seed, verdict, reason })
  if (answer.isAnother) {
    const changed = 'the same seed ran another way when it ran again'
    tally.failures.push({ seed, verdict: 'incorrect', reason: changed })
  }
}

/** Failures by what they have in common, the most frequent first: one bug must not hide the others. */
export function kindsOf(
  failures: readonly Failure[],
): readonly (readonly [kind: string, failures: readonly Failure[]])[] {
  const kinds = new Map<string, Failure[]>()
  for (const failure of failures) {
    const [sentence = ''] = failure.reason.split('\n')
    const rule = /\[([^\]]*)\]$/.exec(failure.reason)?.[1]
    const kind = `${failure.verdict}: ${rule ?? sentence.replaceAll(/[0-9a-f]{6,}|\d+/g, '#')}`
    kinds.set(kind, [...(kinds.get(kind) ?? []), failure])
  }
  return [...kinds].sort(([, a], [, b]) => b.length - a.length)
}

/** In so many seeds every rare event must have happened. */
const seedsForProbes = 1_000

export const unmet = ({ seeds, probes }: Tally): readonly string[] =>
  seeds < seedsForProbes ? [] : [...probes].filter(([, hits]) => hits === 0).map(([name]) => name)

/** The worst of all that failed: a broken promise, then what never converged, then a crash. */
export function exitCodeOf(tally: Tally): number {
  const verdicts = new Set(tally.failures.map(({ verdict }) => verdict))
  if (verdicts.has('incorrect')) return 1
  if (verdicts.has('stuck')) return 3
  if (verdicts.size > 0) return 4
  return unmet(tally).length > 0 ? 1 : 0
}
