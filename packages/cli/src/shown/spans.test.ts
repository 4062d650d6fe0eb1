import { describe, expect, it } from 'vitest'
import { spanOf } from './spans.js'

describe('a span', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [41_900, '41 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [7_200_000, '2 h'],
    [86_400_000, '1 day'],
    [3 * 86_400_000, '3 days'],
    [10.01 * 365.25 * 86_400_000, '10 years'],
  ])('of %d ms is said as %s', (ms, text) => {
    expect(spanOf(ms)).toBe(text)
  })
})
