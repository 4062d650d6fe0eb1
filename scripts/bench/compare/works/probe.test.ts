import { expect, it } from 'vitest'
import { outageOf } from './probe.ts'
import type { Attempt } from './probe.ts'

const attempt = (beganMs: number, endedMs: number, isAnswered = true): Attempt => ({
  beganMs,
  endedMs,
  isAnswered,
})

it('is no outage as long as each attempt is answered in time', () => {
  expect(outageOf([attempt(0, 10), attempt(20, 215)], 5, 300)).toBe(0)
})

it('lasts from the first attempt that failed until the next answer', () => {
  const attempts = [
    attempt(0, 10),
    attempt(100, 600, false),
    attempt(610, 700, false),
    attempt(710, 720),
  ]
  expect(outageOf(attempts, 50, 1_000)).toBe(620)
})

it('begins when it was caused, for an attempt that was under way', () => {
  expect(outageOf([attempt(0, 500, false), attempt(510, 520)], 100, 600)).toBe(420)
})

it('counts an answer that came late', () => {
  expect(outageOf([attempt(100, 400)], 0, 500)).toBe(300)
})

it('lasts until now where no answer came any more', () => {
  expect(outageOf([attempt(100, 600, false)], 0, 5_000)).toBe(4_900)
})

it('leaves out what was over before', () => {
  expect(outageOf([attempt(0, 500, false), attempt(510, 520)], 505, 600)).toBe(0)
})
