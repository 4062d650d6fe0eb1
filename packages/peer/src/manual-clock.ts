import type { Clock } from './clock.js'

/** A clock that only a test moves. */
export interface ManualClock extends Clock {
  /** Lets time pass: what becomes due meanwhile happens in its order, each at its own time. */
  advance(this: void, byMs: number): void
}

export function manualClock(startMs: number = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startMs
  const due = new Set<{ readonly at: number; readonly happen: () => void }>()

  return {
    now: () => now,
    after(delayMs, happen) {
      // Like the machine's, it shows whole milliseconds.
      const timer = { at: Math.ceil(now + Math.max(0, delayMs)), happen }
      due.add(timer)
      return () => void due.delete(timer)
    },
    advance(byMs) {
      const until = now + byMs
      for (;;) {
        const [next] = [...due].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        due.delete(next)
        now = next.at
        next.happen()
      }
      now = until
    },
  }
}
