import { describe, expect, it } from 'vitest'
import { manualClock } from './manual-clock.js'

describe('a manual clock', () => {
  it('stands still until it is moved', () => {
    const { now, advance } = manualClock(1_000)
    expect(now()).toBe(1_000)
    advance(500)
    expect(now()).toBe(1_500)
  })

  it('lets what is due happen in its order, each at its own time', () => {
    const { now, after, advance } = manualClock(0)
    const happened: [string, number][] = []
    const note = (what: string) => () => void happened.push([what, now()])
    after(20, note('second'))
    after(10, () => {
      note('first')()
      after(5, note('what the first asked for'))
    })
    after(40, note('later'))
    const cancel = after(30, note('never'))
    cancel()
    advance(30)
    expect(happened).toEqual([
      ['first', 10],
      ['what the first asked for', 15],
      ['second', 20],
    ])
    expect(now()).toBe(30)
  })

  it('shows whole milliseconds, like the machine', () => {
    const { now, after, advance } = manualClock(0)
    let seen = 0
    after(0.3, () => (seen = now()))
    advance(1)
    expect(seen).toBe(1)
  })
})
