import { describe, expect, it } from 'vitest'
import { linearTicks, logAxis, timeTicks } from './axis.js'

const labels = (endMs: number): readonly string[] => timeTicks(endMs, 10).map(({ label }) => label)

describe('axis of time', () => {
  it('steps as a clock does, in one unit', () => {
    expect(labels(60_000)).toEqual(['0 s', '10 s', '20 s', '30 s', '40 s', '50 s', '60 s'])
    expect(labels(5000).slice(0, 3)).toEqual(['0 s', '0.5 s', '1 s'])
    expect(labels(600).slice(0, 3)).toEqual(['0 ms', '100 ms', '200 ms'])
    expect(labels(600_000).slice(0, 3)).toEqual(['0 min', '1 min', '2 min'])
    expect(labels(86_400_000).slice(0, 2)).toEqual(['0 h', '6 h'])
  })

  it('puts each label where its time is', () => {
    expect(timeTicks(40_000, 4).map(({ at }) => at)).toEqual([0, 0.25, 0.5, 0.75, 1])
  })

  it('has a zero, however short it is', () => {
    expect(timeTicks(0, 10)[0]).toMatchObject({ at: 0, label: '0 ms' })
  })
})

describe('linear axis', () => {
  it('steps in ones, twos and fives', () => {
    expect(linearTicks(7, 4).map(({ label }) => label)).toEqual(['0', '2', '4', '6'])
    expect(linearTicks(0.34, 4).map(({ label }) => label)).toEqual(['0', '0.1', '0.2', '0.3'])
  })
})

describe('logarithmic axis', () => {
  it('gives each power of ten the same room', () => {
    const { place } = logAxis(10, 10_000)
    expect(place(100) - place(10)).toBeCloseTo(place(10_000) - place(1000))
  })

  it('keeps everything inside, with labels that are round', () => {
    const { place, ticks } = logAxis(12, 470)
    expect(place(12)).toBeGreaterThan(0)
    expect(place(470)).toBeLessThan(1)
    expect(ticks.map(({ label }) => label)).toEqual([
      '10 ms',
      '20 ms',
      '50 ms',
      '100 ms',
      '200 ms',
      '500 ms',
    ])
  })

  it('shows one value alone in the middle of a power of ten', () => {
    expect(logAxis(30, 30).place(30)).toBeCloseTo(0.5)
  })
})
