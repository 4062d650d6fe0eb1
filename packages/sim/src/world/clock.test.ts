import { describe, expect, it } from 'vitest'
import { createClock, epochMs } from './clock.js'
import type { Calendar, Clock } from './clock.js'

/** What a clock shows, in milliseconds since the run began. */
function clockOf(stepMs = 1): {
  readonly at: (now: number) => number
  readonly clock: Clock
  readonly calendar: Calendar
} {
  let time = 0
  const calendar: Calendar = { now: () => time, skippedMs: 0 }
  const clock = createClock(calendar, stepMs)
  const at = (now: number): number => {
    time = now
    return clock.wall() - epochMs
  }
  return { at, clock, calendar }
}

describe('clock', () => {
  it('shows virtual time, and the weeks that were skipped', () => {
    const { at, calendar } = clockOf()
    expect(at(1_500)).toBe(1_500)
    calendar.skippedMs = 31 * 86_400_000
    expect(at(1_500)).toBe(31 * 86_400_000 + 1_500)
  })

  it('is off by what it is set off', () => {
    const { at, clock } = clockOf()
    clock.offsetMs = -3_600_000
    expect(at(1_000)).toBe(-3_599_000)
  })

  it('drifts from when it begins to, and keeps what it has drifted', () => {
    const { at, clock } = clockOf()
    at(10_000_000)
    clock.setDrift(500)
    expect(at(12_000_000)).toBe(12_001_000)
    clock.setDrift(0)
    expect(at(14_000_000)).toBe(14_001_000)
  })

  it('tells the time in steps', () => {
    const { at } = clockOf(1_000)
    expect([at(999), at(1_000), at(1_999)]).toEqual([0, 1_000, 1_000])
  })
})
