import type { Status } from '@grapevine/peer'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openFigures } from './figures.js'

/** A peer that has counted so much by now. */
function counting() {
  const now = {
    at: 1_000_000,
    clock: { r: 1 } as Record<string, number>,
    counters: {} as Record<string, number>,
    commits: { count: 0, totalMs: 0, within: [1, 10, 100].map((ms) => ({ ms, count: 0 })) },
    ages: [] as readonly number[],
  }
  const peer = { status: () => structuredClone(now) as unknown as Status }
  const figures = openFigures(peer, { agesSince: () => now.ages }, () => now.at)
  onTestFinished(figures.look())
  return { now, figures }
}

describe('the figures of a peer', () => {
  it('are rates since they were read last', () => {
    const { now, figures } = counting()
    now.at += 2_000
    now.counters = { bytesIn: 2_000, bytesOut: 1_000, gossipBytesIn: 500 }
    now.clock = { r: 3, s: 4 }
    expect(figures.read()).toMatchObject({
      at: now.at,
      sentBytesPerSecond: 500,
      receivedBytesPerSecond: 1_250,
      syncBytesPerSecond: 1_500,
      releasesPerSecond: 3,
    })
    now.at += 1_000
    expect(figures.read()).toMatchObject({ syncBytesPerSecond: 0, releasesPerSecond: 0 })
  })

  it('say nothing of what there was none of', () => {
    const { now, figures } = counting()
    now.at += 1_000
    const { ageMs, copies, storeMs } = figures.read()
    expect([ageMs, copies, storeMs]).toEqual([undefined, undefined, undefined])
  })

  it('are the median and the last hundredth of a minute', () => {
    const { now, figures } = counting()
    now.at += 1_000
    now.ages = Array.from({ length: 100 }, (_, at) => 100 - at)
    now.counters = { gossipMessagesIn: 10, gossipCopiesIn: 25 }
    now.commits = { count: 100, totalMs: 0, within: [] as never }
    now.commits.within = [
      { ms: 1, count: 50 },
      { ms: 10, count: 98 },
      { ms: 100, count: 100 },
    ]
    expect(figures.read()).toMatchObject({
      ageMs: { p50: 50, p99: 99, count: 100 },
      copies: 2.5,
      storeMs: { p50: 1, p99: 100 },
    })
    now.at += 61_000
    figures.read()
    now.at += 1_000
    expect(figures.read().storeMs).toBeUndefined()
  })

  it('are the same for all who read at one time', () => {
    const { now, figures } = counting()
    now.at += 1_000
    const told = figures.read()
    now.at += 1
    expect(figures.read()).toBe(told)
  })
})
