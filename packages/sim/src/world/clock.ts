/** The day on which every run begins. */
export const epochMs = Date.UTC(2026, 0, 1)

/** What all clocks share: virtual time, and the weeks that were skipped. */
export interface Calendar {
  readonly now: () => number
  skippedMs: number
}

/** A wall clock: off by something, running at its own speed, telling the time in steps. */
export interface Clock {
  offsetMs: number
  setDrift(ppm: number): void
  /** Right again, and at the speed of all others. */
  mend(): void
  wall(): number
}

export function createClock(calendar: Calendar, stepMs: number): Clock {
  let drift = 0
  let driftedMs = 0
  let since = 0
  const driftUntil = (now: number): number => driftedMs + (now - since) * drift
  return {
    offsetMs: 0,
    setDrift(ppm) {
      const now = calendar.now()
      driftedMs = driftUntil(now)
      since = now
      drift = ppm / 1_000_000
    },
    mend() {
      this.offsetMs = 0
      drift = 0
      driftedMs = 0
    },
    wall() {
      const now = calendar.now()
      const time = epochMs + now + calendar.skippedMs + this.offsetMs + driftUntil(now)
      return Math.floor(time / stepMs) * stepMs
    },
  }
}
