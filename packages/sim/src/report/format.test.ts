import { describe, expect, it } from 'vitest'
import { counted, digits, inline, percent, rate, size, time } from './format.js'

const read = (text: string): string => text.replace('\u00a0', ' ')

describe('format', () => {
  it('shows three digits that mean something', () => {
    expect([0, 0.423, 4.2, 4.256, 42.31, 423.4, 12_345].map(digits)).toEqual([
      '0',
      '0.42',
      '4.2',
      '4.26',
      '42.3',
      '423',
      '12,345',
    ])
  })

  it('gives times and sizes in the unit that people would use', () => {
    expect(
      [0.4, 84.23, 1834, 25_000, 250_000, 9_000_000].map((ms) => read(inline(time(ms)))),
    ).toEqual(['0.4 ms', '84.2 ms', '1.83 s', '25 s', '4.17 min', '2.5 h'])
    expect([12, 999.6, 1500, 2e6, 3e9].map((bytes) => read(inline(size(bytes))))).toEqual([
      '12 B',
      '1 kB',
      '1.5 kB',
      '2 MB',
      '3 GB',
    ])
    expect(read(inline(rate(88)))).toBe('88 B/s')
  })

  it('never rounds up to all of it', () => {
    expect(percent(1).value).toBe('100')
    expect(percent(0.99999).value).toBe('99.99')
    expect(percent(0.5).value).toBe('50')
  })

  it('has a dash, and no unit, for what was not measured', () => {
    for (const of of [time, size, rate, percent]) expect(inline(of(null))).toBe('–')
  })

  it('counts one as one', () => {
    expect([counted(1, 'peer'), counted(1200, 'peer')]).toEqual(['1 peer', '1,200 peers'])
  })
})
