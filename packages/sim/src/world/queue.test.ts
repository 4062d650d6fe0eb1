import { describe, expect, it } from 'vitest'
import { createQueue } from './queue.js'
import { randomOf } from '../random.js'

describe('queue', () => {
  it('lets things happen in the order of their time, and at one time in the order of asking', () => {
    const queue = createQueue()
    const random = randomOf(1, 'queue')
    const asked = Array.from({ length: 2_000 }, (_, order) => ({ when: random.below(50), order }))
    const happened: typeof asked = []
    for (const one of asked) queue.at(one.when, () => happened.push(one))
    while (queue.step(100));
    expect(happened).toEqual(asked.toSorted((a, b) => a.when - b.when || a.order - b.order))
    expect(queue.count()).toBe(asked.length)
  })

  it('lets nothing happen beyond the given time, and is then at that time', () => {
    const queue = createQueue()
    let count = 0
    queue.at(10, () => (count += 1))
    expect(queue.step(9)).toBe(false)
    expect([queue.now(), count]).toEqual([9, 0])
    expect(queue.step(10)).toBe(true)
    expect([queue.now(), count]).toEqual([10, 1])
  })

  it('does now what was asked for in the past', () => {
    const queue = createQueue()
    const times: number[] = []
    queue.at(10, () => queue.at(3, () => times.push(queue.now())))
    while (queue.step(20));
    expect(times).toEqual([10])
  })

  it('counts delays from the present', () => {
    const queue = createQueue()
    const times: number[] = []
    queue.at(10, () => queue.after(5, () => times.push(queue.now())))
    while (queue.step(20));
    expect(times).toEqual([15])
  })
})
