import type { Timing } from './timing.js'

/** What is known of dialing one peer, or one seed. */
export interface Attempts {
  failures: number
  /** By a clock that nobody sets. */
  notBefore: number
  isUnderWay: boolean
  /** Whoever refuses us is tried only now and then. */
  isRare: boolean
}

export const freshAttempts = (waitMs: number): Attempts => ({
  failures: 0,
  notBefore: performance.now() + waitMs,
  isUnderWay: false,
  isRare: false,
})

/** Full jitter: those who lost each other at one moment do not all come back at one. */
export function noteFailure(attempts: Attempts, timing: Timing): void {
  const { redialMinMs, redialMaxMs, redialRarelyMs } = timing
  const most = Math.min(redialMaxMs, redialMinMs * 2 ** Math.min(attempts.failures, 16))
  const waitMs = attempts.isRare ? redialRarelyMs : redialMinMs / 4 + Math.random() * most
  attempts.failures += 1
  attempts.notBefore = performance.now() + waitMs
}

export function chosenByChance<T>(from: readonly T[], count: number): readonly T[] {
  const others = [...from]
  const chosen: T[] = []
  while (chosen.length < count && others.length > 0) {
    chosen.push(...others.splice(Math.floor(Math.random() * others.length), 1))
  }
  return chosen
}
