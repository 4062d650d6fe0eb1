import { describe, expect, it } from 'vitest'
import { countCommits } from './commits.js'

describe('commit times', () => {
  it('count each transaction in every bound that it kept', () => {
    let now = 0
    const times = countCommits(() => now)
    for (const ms of [1, 4, 600, 9_000]) {
      const done = times.begin()
      now += ms
      done()
    }
    const { count, totalMs, within } = times.all()
    expect([count, totalMs]).toEqual([4, 9_605])
    const countAt = new Map(within.map((each) => [each.ms, each.count]))
    expect([1, 2, 5, 500, 1_000, 5_000].map((ms) => countAt.get(ms))).toEqual([1, 1, 2, 2, 3, 3])
  })

  it('count none that never became durable', () => {
    const times = countCommits(() => 0)
    times.begin()
    expect(times.all()).toMatchObject({ count: 0, totalMs: 0 })
  })
})
