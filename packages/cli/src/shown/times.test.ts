import { describe, expect, it } from 'vitest'
import { timeOf } from './times.js'

describe('a moment for people', () => {
  const at = new Date(2026, 2, 2, 9, 6, 1).getTime()

  it('is the time of today, and for other days the day as well', () => {
    expect(timeOf(at, new Date(2026, 2, 2, 23, 59).getTime())).toBe('09:06:01')
    expect(timeOf(at, new Date(2026, 2, 3, 0, 1).getTime())).toBe('2026-03-02 09:06:01')
  })
})
