import { describe, expect, it } from 'vitest'
import { checkSpan, spanMs } from './span.js'

describe('a time that is typed', () => {
  it('has a unit', () => {
    expect(['500ms', '1.5s', '2m', '1h'].map(spanMs)).toEqual([500, 1_500, 120_000, 3_600_000])
    expect(['', '5', 's', '5 s', '-1s', '5d', '1e3s'].map(spanMs)).toEqual(
      Array.from({ length: 7 }, () => undefined),
    )
  })

  it('is no longer than timers count: a longer one would be over at once', () => {
    expect(spanMs('596h')).toBe(2_145_600_000)
    expect(() => checkSpan('--grace', '597h')).toThrow('--grace "597h" is no time')
  })
})
