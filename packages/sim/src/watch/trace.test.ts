import { describe, expect, it } from 'vitest'
import type * as Core from '@grapevine/core'
import type { Node } from '../observer.js'
import { createTrace } from './trace.js'

const alice = { index: 0 } as Node
const bob = { index: 1 } as Node
const tick: Core.Input = { type: 'tick' }

const gossip = (...bytes: number[]): Core.Effect => ({
  type: 'gossip',
  bytes: Uint8Array.from(bytes),
})

type Event = readonly [node: Node, effects: readonly Core.Effect[], at: number]

function hashOf(...events: readonly Event[]): string {
  const trace = createTrace()
  for (const [node, effects, at] of events) trace.handled!(node, tick, effects, at)
  return trace.hash()
}

describe('trace hash', () => {
  it('is the same for the same events', () => {
    const events: Event[] = [
      [alice, [gossip(1, 2, 3)], 5],
      [bob, [], 7.25],
    ]
    expect(hashOf(...events)).toBe(hashOf(...events))
  })

  it('differs where a byte, a time, a peer, an effect or the order differs', () => {
    const hashes = [
      hashOf([alice, [gossip(1, 2, 3)], 5]),
      hashOf([alice, [gossip(1, 2, 4)], 5]),
      hashOf([alice, [gossip(1, 2)], 5]),
      hashOf([alice, [gossip(1, 2, 3)], 5.001]),
      hashOf([bob, [gossip(1, 2, 3)], 5]),
      hashOf([alice, [], 5]),
      hashOf([alice, [gossip(1), gossip(2)], 5]),
      hashOf([alice, [gossip(2), gossip(1)], 5]),
      hashOf([alice, [], 5], [bob, [], 5]),
      hashOf([bob, [], 5], [alice, [], 5]),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('remembers the first event, however many follow', () => {
    const later = Array.from({ length: 10_000 }, (_, at): Event => [bob, [gossip(at & 255, 7)], at])
    expect(hashOf([alice, [gossip(1)], 0], ...later)).not.toBe(
      hashOf([alice, [gossip(2)], 0], ...later),
    )
  })
})
