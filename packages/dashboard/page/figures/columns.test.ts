import { describe, expect, it } from 'vitest'
import { columnsOf, frameOf, roundTop, spanInWords } from './columns.js'
import type { Columns } from './columns.js'

interface Sample {
  readonly at: number
  readonly ms?: number | undefined
}

const lines = [({ ms }: Sample) => ms, ({ ms }: Sample) => ms && ms * 2]

describe('columns', () => {
  it('hold a time in seconds and a value for each line', () => {
    expect(
      columnsOf(
        [
          { at: 1_000, ms: 3 },
          { at: 2_000, ms: 4 },
        ],
        lines,
      ),
    ).toEqual([
      [1, 2],
      [3, 4],
      [6, 8],
    ])
    expect(columnsOf([], lines)).toEqual([[], [], []])
  })

  it('have a gap where there is nothing, and nothing that cannot be drawn', () => {
    const odd = [null, Infinity, 'x'].map((ms, at) => ({ at: 2_000 + at, ms: ms as number }))
    const [, first] = columnsOf([{ at: 1_000 }, ...odd], lines)
    expect(first).toEqual([null, null, null, null])
  })

  it('have a gap where nobody listened', () => {
    expect(
      columnsOf(
        [
          { at: 1_000, ms: 3 },
          { at: 9_000, ms: 4 },
        ],
        lines,
      ),
    ).toEqual([
      [1, 5, 9],
      [3, null, 4],
      [6, null, 8],
    ])
  })
})

describe('the time that is shown', () => {
  const frame = (...times: number[][]) => frameOf(times.map((of) => [of]))

  it('ends with the newest of all, and grows up to a quarter of an hour', () => {
    expect(frame([1_000, 1_010], [1_005])).toEqual({ from: 950, to: 1_010 })
    expect(frame([1_000, 1_100])).toEqual({ from: 920, to: 1_100 })
    expect(frame([1_000, 1_200], [])).toEqual({ from: 300, to: 1_200 })
    expect(frame([1_000, 9_000])).toEqual({ from: 8_100, to: 9_000 })
    expect(frame([])).toEqual({ from: -60, to: 0 })
  })

  it('is told in words', () => {
    expect([60, 180, 900].map(spanInWords)).toEqual(['60 s', '3 min', '15 min'])
  })
})

describe('the top of an axis', () => {
  const topOf = (...values: (number | null)[]): number =>
    roundTop([values.map((_, at) => at), values], 0, 1)

  it('is round and above all values', () => {
    expect([topOf(3), topOf(41), topOf(850), topOf(0.2), topOf(10), topOf(60, null)]).toEqual([
      4, 60, 1_000, 1, 10, 60,
    ])
  })

  it('forgets what has left the picture', () => {
    const columns: Columns = [
      [0, 5_000],
      [900, 3],
    ]
    expect(roundTop(columns, 1_000, 1)).toBe(4)
    expect(roundTop([[], []], 0, 1)).toBe(1)
  })
})
