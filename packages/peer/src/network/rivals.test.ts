import { describe, expect, it } from 'vitest'
import type { PeerId } from '@grapevine/core'
import { judgeRivals } from './rivals.js'
import type { Rival } from './rivals.js'

const alice = 'aa' as PeerId
const bob = 'bb' as PeerId
const crossingMs = 10_000

/** The same connection, as its two ends see it. */
const dialedBy = (dialer: PeerId, bornMs: number) => ({
  seenBy: (self: PeerId): Rival => ({
    peer: self === alice ? bob : alice,
    instance: 'one',
    isInbound: dialer !== self,
    bornMs,
  }),
})

describe('of two connections between two peers', () => {
  it('the dial of the smaller id stays where two crossed, whichever came first, on both sides', () => {
    const orders = [
      [dialedBy(alice, 0), dialedBy(bob, 1), 'keep'],
      [dialedBy(bob, 0), dialedBy(alice, 1), 'replace'],
    ] as const
    for (const [first, second, verdict] of orders) {
      for (const self of [alice, bob]) {
        expect(judgeRivals(self, first.seenBy(self), second.seenBy(self), crossingMs)).toBe(verdict)
      }
    }
  })

  it('the newer stays where the other side dialed again: it has lost the older', () => {
    const old = dialedBy(bob, 0)
    expect(judgeRivals(alice, old.seenBy(alice), dialedBy(bob, 1).seenBy(alice), crossingMs)).toBe(
      'replace',
    )
    const long = dialedBy(alice, 0).seenBy(alice)
    expect(judgeRivals(alice, long, dialedBy(bob, crossingMs).seenBy(alice), crossingMs)).toBe(
      'replace',
    )
  })

  it('nothing is decided between two processes before the first was asked', () => {
    const other = { ...dialedBy(bob, 1).seenBy(alice), instance: 'two' }
    expect(judgeRivals(alice, dialedBy(bob, 0).seenBy(alice), other, crossingMs)).toBe('ask')
  })
})
