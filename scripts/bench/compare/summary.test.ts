import { describe, expect, it } from 'vitest'
import { reportWith } from './report.testing.ts'
import { figureKindOf } from './figures.ts'
import { rowsOf } from './report.ts'
import { summaryOf, timesAsMuch } from './summary.ts'

const upTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => ((index * 7) % count) + 1)

describe('a summary', () => {
  it('has the middle, the value that 99 % do not exceed, and where the middle half lies', () => {
    expect(summaryOf(upTo(100))).toEqual({ count: 100, median: 50.5, p99: 99, spread: 50 })
  })

  it('takes the worst of a few for their p99', () => {
    expect(summaryOf([3, 1, 2])).toMatchObject({ median: 2, p99: 3 })
    expect(summaryOf([5])).toEqual({ count: 1, median: 5, p99: 5, spread: 0 })
  })

  it('counts from the other end where more is better', () => {
    expect(summaryOf(upTo(100), { isMoreBetter: true })).toMatchObject({ p99: 2 })
    expect(summaryOf([10, 20, 30], { isMoreBetter: true })).toMatchObject({ p99: 10 })
  })

  it('is none of nothing', () => {
    expect(summaryOf([])).toBeUndefined()
  })
})

describe('a ratio', () => {
  it('is above 1 for whatever costs more', () => {
    expect(timesAsMuch(6, 2)).toBe(3)
    expect(timesAsMuch(2, 6, { isMoreBetter: true })).toBe(3)
  })

  it('is none beside what costs nothing', () => {
    expect(timesAsMuch(6, 0)).toBeUndefined()
  })

  it('is taken to the floor that signs, and to Grapevine', () => {
    const samples = { floor: 1, 'signed-floor': 2, grapevine: 4, etcd: 8 }
    const report = reportWith(
      Object.keys(samples).map((name) => ({ name })),
      Object.entries(samples).map(([system, ms]) => ({ figure: 'last-3', system, samples: [ms] })),
    )
    const rows = rowsOf(report, figureKindOf('last-3'))
    expect(rows.map(({ timesFloor }) => timesFloor)).toEqual([0.5, 1, 2, 4])
    expect(rows.map(({ timesGrapevine }) => timesGrapevine)).toEqual([0.25, 0.5, 1, 2])
  })
})
