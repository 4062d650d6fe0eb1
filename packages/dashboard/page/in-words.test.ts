import { describe, expect, it } from 'vitest'
import { ageInWords, bytesInWords, countOf } from './in-words.js'

describe('in words', () => {
  it('counts', () => {
    expect([1, 0, 1_400].map((count) => countOf(count, 'key'))).toEqual([
      '1 key',
      '0 keys',
      '1,400 keys',
    ])
  })

  it('says an age in the largest unit that fits', () => {
    expect([999, 12_400, 200_000, 3_600_000, 2e8].map(ageInWords)).toEqual([
      'now',
      '12 s ago',
      '3 min ago',
      '1 h ago',
      '2 d ago',
    ])
  })

  it('says a size with as many digits as one can tell apart', () => {
    expect([999, 1_536, 640_000, 3e6, 7e9].map(bytesInWords)).toEqual([
      '999 B',
      '1.5 kB',
      '640 kB',
      '3 MB',
      '7 GB',
    ])
  })
})
