import type { Clock } from '@grapevine/peer'

/** A clock that can be set ahead, and whose timers are in a hurry. */
export interface HastyClock extends Clock {
  jump(this: void, byMs: number): void
}

export interface Haste {
  readonly aheadMs: number
  /** A timer is over so many times sooner. */
  readonly timersFaster: number
}

export function hastyClock({ aheadMs, timersFaster }: Haste): HastyClock {
  let ahead = aheadMs
  return {
    now: () => Date.now() + ahead,
    after(delayMs, happen) {
      const timer = setTimeout(happen, delayMs / timersFaster)
      timer.unref()
      return () => clearTimeout(timer)
    },
    jump(byMs) {
      ahead += byMs
    },
  }
}
