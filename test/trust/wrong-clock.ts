import type { Clock } from '@grapevine/peer'

/** A clock that is right until a test sets it; its timers run as all others do. */
export interface WrongClock extends Clock {
  jump(this: void, byMs: number): void
  /** Right again. */
  correct(this: void): void
  /** Stands still, or goes on from where it stood. */
  freeze(this: void): void
}

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs
export const yearMs = 365 * dayMs

export function wrongClock(aheadMs = 0): WrongClock {
  let ahead = aheadMs
  let frozenAt: number | undefined
  return {
    now: () => frozenAt ?? Date.now() + ahead,
    after(delayMs, happen) {
      const timer = setTimeout(happen, delayMs)
      timer.unref()
      return () => clearTimeout(timer)
    },
    jump: (byMs) => void (ahead += byMs),
    correct() {
      ahead = 0
      frozenAt = undefined
    },
    freeze: () => void (frozenAt = Date.now() + ahead),
  }
}
