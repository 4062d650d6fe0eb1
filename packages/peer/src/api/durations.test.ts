import { describe, expect, it } from 'vitest'
import { durationMs } from './durations.js'

describe('a time span', () => {
  it('is a number of milliseconds, or a number with its unit', () => {
    const spans: [unknown, number][] = [
      [0, 0],
      [1500, 1_500],
      ['500ms', 500],
      ['5s', 5_000],
      ['2m', 120_000],
      ['1h', 3_600_000],
      ['1.5s', 1_500],
    ]
    for (const [given, ms] of spans) expect(durationMs('timeout', given)).toBe(ms)
  })

  it('is refused with its name, its value and what to write instead', () => {
    expect(() => durationMs('timeout', 'soon')).toThrow(
      `timeout 'soon' is no time span: write milliseconds or '500ms', '5s', '2m', '1h', at most 24 days`,
    )
    for (const given of [
      -1,
      Number.NaN,
      Infinity,
      '5',
      '5 s',
      '-5s',
      '',
      null,
      undefined,
      {},
      9n,
      Object.create(null),
    ]) {
      expect(() => durationMs('timeout', given)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      )
    }
  })

  it('ends where timers would fire at once instead of late', () => {
    expect(() => durationMs('timeout', '1000h')).toThrow('at most 24 days')
  })
})
