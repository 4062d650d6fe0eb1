import { describe, expect, it } from 'vitest'
import { durationMs, lifetimeMs } from './durations.js'

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

describe('the time that something is good', () => {
  it('is a time span, or in days', () => {
    const spans: [unknown, number][] = [
      [1500, 1_500],
      ['30m', 1_800_000],
      ['24h', 86_400_000],
      ['365d', 31_536_000_000],
      ['0.5d', 43_200_000],
    ]
    for (const [given, ms] of spans) expect(lifetimeMs('expires', given)).toBe(ms)
  })

  it('is no nothing, no negative, and not for ever', () => {
    expect(() => lifetimeMs('expires', '1y')).toThrow(
      "expires '1y' is no time for something to last: write milliseconds or '30m', '24h', '365d', at most a hundred years",
    )
    for (const given of [0, -1, NaN, Infinity, '', '-1d', '99999d', null, undefined, {}]) {
      expect(() => lifetimeMs('for', given)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      )
    }
  })
})
