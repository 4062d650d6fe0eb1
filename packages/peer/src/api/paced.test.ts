import { describe, expect, it } from 'vitest'
import { manualClock } from '../manual-clock.js'
import { paced } from './paced.js'

function counted(gapMs: number) {
  const clock = manualClock()
  let runs = 0
  const pace = paced(
    clock,
    () => gapMs,
    () => (runs += 1),
  )
  return { clock, ...pace, runs: () => runs }
}

describe('what is paced', () => {
  it('is done at once, and then once for all that came before the gap was over', () => {
    const { clock, call, runs } = counted(100)
    for (let times = 0; times < 10; times++) call()
    expect(runs()).toBe(1)
    clock.advance(100)
    expect(runs()).toBe(2)
    clock.advance(1_000)
    expect(runs()).toBe(2)
    call()
    expect(runs()).toBe(3)
  })

  it('is done each time where there is no gap', () => {
    const { call, runs } = counted(0)
    for (let times = 0; times < 10; times++) call()
    expect(runs()).toBe(10)
  })

  it('is not done any more once it was stopped', () => {
    const { clock, call, stop, runs } = counted(100)
    call()
    call()
    stop()
    clock.advance(1_000)
    expect(runs()).toBe(1)
  })
})
