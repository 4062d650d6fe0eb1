import { describe, expect, it } from 'vitest'
import { amountInWords } from './amounts.js'

describe('an amount in words', () => {
  it('has the unit that one would say', () => {
    expect(
      [0, 0.04, 1.23, 9.96, 84.4, 999, 1_234, 59_000, 90_000].map((ms) => amountInWords(ms, 'ms')),
    ).toEqual(['0 ms', '0 ms', '1.2 ms', '10 ms', '84 ms', '999 ms', '1.2 s', '59 s', '1.5 min'])
    expect(
      [0, 12.4, 999, 3_400, 2_500_000, 7e9].map((bytes) => amountInWords(bytes, 'bytes')),
    ).toEqual(['0 B/s', '12 B/s', '999 B/s', '3.4 kB/s', '2.5 MB/s', '7 GB/s'])
    expect(amountInWords(0.25, 'releases')).toBe('0.3 /s')
    expect(amountInWords(1_250, 'releases')).toBe('1,250 /s')
    expect(amountInWords(1.04, 'copies')).toBe('1.04')
  })
})
