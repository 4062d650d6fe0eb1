import { expect } from 'vitest'
import * as lib from '../src/index.js'
import { noteStated } from '../src/presence.js'
import { type State, emptyState } from '../src/state.js'
import { onSnapshot } from '../src/transfer.js'
import { beginTurn } from '../src/turn.js'
import { cbor } from './cbor.js'
import {
  alone,
  give,
  giveGone,
  isOpen,
  meshOf,
  noticesIn,
  pair,
  refuse,
  release,
  releaseIn,
  seal,
  sized,
  snapshotId,
  verdictOf,
} from './mallory.js'
import { change, signedId } from './signed.js'
import { peerOf, unhex } from './stub-crypto.js'
import { startMs } from './world.js'

const { limits } = lib

/** What one replica keeps, and for how long. */
export const memoryBoundaries = {
  parkedReleasesMax() {
    const world = alone()
    const parked = (seq: number): readonly lib.Effect[] =>
      give(world, release(world, change('k', cbor.int(1)), { seq, prev: new Uint8Array(32) }))
    for (let count = 0; count < limits.parkedReleasesMax; count++) {
      expect(noticesIn(parked(count + 2))).not.toContain('parking-full')
    }
    expect(world.replica('alice').status().waiting).toHaveLength(limits.parkedReleasesMax)
    expect(noticesIn(parked(limits.parkedReleasesMax + 2))).toContain('parking-full')
    expect(world.replica('alice').status().waiting).toHaveLength(limits.parkedReleasesMax)
  },

  parkedBytesMax() {
    const world = alone()
    const prev = new Uint8Array(32)
    for (let count = 0; count < limits.parkedBytesMax / limits.releaseBytesMax; count++) {
      give(world, sized(world, limits.releaseBytesMax, { seq: count + 2, prev }))
    }
    expect(world.replica('alice').status().parkedBytes).toBe(limits.parkedBytesMax)
    const more = give(world, release(world, change('k', cbor.int(1)), { seq: 100, prev }))
    expect(noticesIn(more)).toContain('parking-full')
    expect(world.replica('alice').status().parkedBytes).toBe(limits.parkedBytesMax)
  },

  coldBytesMax() {
    const world = alone({ revocable: false })
    const coldMax = limits.coldBytesMax / limits.valueBytesMax
    let prev: Uint8Array | null = null
    const next = (seq: number, bytes: number): void => {
      const frame = sized(world, bytes, { seq, prev, ms: startMs + seq })
      expect(verdictOf(give(world, frame))).toBe('applied')
      prev = unhex(signedId(world.meshId, 'release', releaseIn(frame))!)
    }
    for (let seq = 1; seq <= coldMax + 1; seq++) next(seq, limits.valueBytesMax)
    world.tick(limits.sealAgeMs + 1000)
    world.collect('alice')
    expect(world.replica('alice').status()).toMatchObject({
      cold: coldMax,
      coldBytes: limits.coldBytesMax,
    })
    next(coldMax + 2, limits.valueBytesMax)
    world.tick(limits.sealAgeMs + 1000 - limits.coldAgeMs)
    world.now = startMs + limits.coldAgeMs + 1000
    world.collect('alice')
    expect(world.replica('alice').status()).toMatchObject({
      cold: coldMax,
      coldBytes: limits.coldBytesMax,
    })
  },

  snapshotsOpenMax() {
    const world = alone()
    const next = (): ReturnType<typeof snapshotId> => {
      world.now += limits.snapshotStallMs
      return snapshotId(world)
    }
    const ids = Array.from({ length: limits.snapshotsOpenMax }, next)
    expect(ids.filter((id) => isOpen(world, id))).toHaveLength(limits.snapshotsOpenMax)
    ids.push(next())
    expect(isOpen(world, ids[0]!)).toBe(false)
    expect(ids.filter((id) => isOpen(world, id))).toHaveLength(limits.snapshotsOpenMax)
  },

  snapshotBytesMax() {
    // A gigabyte takes its time and its memory: this pending snapshot only counts as if it had them.
    const state = emptyState(meshOf(alone()), peerOf('alice'), new Uint8Array(8))
    const from = peerOf('bob')
    const page = {
      type: 'snapshot',
      id: new Uint8Array(16),
      page: 0,
      isLast: false,
      items: [new Uint8Array(10)],
    } as const
    const afterBytes = (bytes: number): State['pendingSnapshot'] => {
      const begun = { id: undefined, from, items: [], nextPage: 0, word: undefined }
      const times = { startedAt: 0, movedAt: 0, isComplete: false }
      state.pendingSnapshot = { ...begun, ...times, bytes }
      onSnapshot(state, from, page, beginTurn(0))
      return state.pendingSnapshot
    }
    const room = limits.snapshotBytesMax - page.items[0].length
    expect(afterBytes(room)).toMatchObject({ bytes: limits.snapshotBytesMax, nextPage: 1 })
    expect(afterBytes(room + 1)).toBeUndefined()
  },

  statedHashesMax() {
    const peer = peerOf('bob')
    const state = emptyState(meshOf(alone()), peerOf('alice'), new Uint8Array(8))
    state.members = new Set([peer])
    for (let count = 0; count <= limits.statedHashesMax; count++) {
      expect(state.stated.get(peer) ?? []).toHaveLength(count)
      const hash = new Uint8Array(32).fill(count)
      noteStated(state, peer, { statements: hash, clock: hash, state: hash })
    }
    expect(state.stated.get(peer)).toHaveLength(limits.statedHashesMax)
    expect(state.stated.get(peer)!.join('')).not.toContain('00'.repeat(32))
  },

  requestIdsMax() {
    const world = alone()
    const ask = (index: number): lib.Release | undefined =>
      world.write('alice', {
        put: new Map([[`k${index}`, 1]]),
        requestId: `r${index}`,
        force: true,
      })
    const first = ask(0)
    for (let index = 1; index < limits.requestIdsMax; index++) ask(index)
    expect(ask(0)).toBe(first)
    ask(limits.requestIdsMax)
    expect(ask(0)).not.toBe(first)
  },

  refusalsMax() {
    const world = alone()
    refuse(world, 0, limits.refusalsMax)
    expect(() => refuse(world, limits.refusalsMax, 1)).toThrow(/256 keys are refused here already/)
    expect(() => refuse(world, 0, 1)).not.toThrow()
  },

  memberAbsentMs() {
    const world = pair()
    world.announce()
    world.tick(limits.memberAbsentMs)
    expect(() => seal(world)).toThrow(/nothing more can be sealed/)
    world.tick(1)
    expect(() => seal(world)).toThrow(/nothing can be sealed/)
  },

  memberSilentMs() {
    const world = pair()
    world.announce()
    world.gossip = false
    const written = world.put('alice', { a: 1 })!
    const receipt = (): string =>
      world
        .replica('alice')
        .receipts(written, world.now)
        .find(({ peer }) => peer === peerOf('bob'))!.receipt
    world.tick(limits.memberSilentMs)
    expect(receipt()).toBe('pending')
    world.tick(1)
    expect(receipt()).toBe('silent')
  },

  sealAgeMs() {
    const world = alone()
    world.put('alice', { a: 1 })
    world.tick(limits.sealAgeMs - 1)
    expect(() => seal(world)).toThrow(/within the last 30 days/)
    world.tick(1)
    expect(seal(world)).toBeDefined()
  },

  coldAgeMs() {
    const world = alone({ revocable: false })
    world.put('alice', { a: 1 })
    world.put('alice', { a: 2 })
    world.tick(limits.sealAgeMs + 1)
    world.collect('alice')
    world.tick(limits.coldAgeMs)
    world.collect('alice')
    expect(world.replica('alice').status().cold).toBe(1)
    world.tick(1)
    world.collect('alice')
    expect(world.replica('alice').status().cold).toBe(0)
  },

  historyVersionsMax() {
    const world = alone()
    for (let value = 0; value < limits.historyVersionsMax; value++) world.put('alice', { a: value })
    expect(world.replica('alice').history('a')).toHaveLength(limits.historyVersionsMax)
    world.put('alice', { a: limits.historyVersionsMax })
    const history = world.replica('alice').history('a')
    expect(history).toHaveLength(limits.historyVersionsMax)
    expect(history[0]!.change.put).toEqual({ value: 1 })
  },

  historyAgeMs() {
    const world = alone()
    world.put('alice', { a: 1 })
    world.put('alice', { a: 2 })
    world.tick(limits.historyAgeMs - 1)
    world.collect('alice')
    expect(world.replica('alice').history('a')).toHaveLength(2)
    world.tick(1)
    world.collect('alice')
    expect(world.replica('alice').history('a')).toHaveLength(1)
  },

  pullAgainMs() {
    const world = alone()
    const pulls = (): boolean => {
      const waiting = release(world, change('k', cbor.int(1)), { seq: 3, prev: new Uint8Array(32) })
      return give(world, waiting).some(({ type }) => type === 'pull')
    }
    expect(pulls()).toBe(true)
    world.now += limits.pullAgainMs - 1
    expect(pulls()).toBe(false)
    world.now += 1
    expect(pulls()).toBe(true)
  },

  snapshotStallMs() {
    const world = alone()
    const asks = (): boolean => giveGone(world).some(({ type }) => type === 'send')
    expect(asks()).toBe(true)
    world.now += limits.snapshotStallMs - 1
    expect(asks()).toBe(false)
    world.now += 1
    expect(asks()).toBe(true)
  },

  snapshotOpenMs() {
    const world = alone()
    const first = snapshotId(world)
    world.now += limits.snapshotOpenMs
    snapshotId(world)
    expect(isOpen(world, first)).toBe(true)
    world.now += limits.snapshotStallMs
    snapshotId(world)
    expect(isOpen(world, first)).toBe(false)
  },

  removesUnconfirmedMax() {
    const world = alone()
    const keys = Array.from({ length: limits.removesUnconfirmedMax + 1 }, (_, index) => `k${index}`)
    const put = new Map(keys.map((key) => [key, 1]))
    world.write('alice', { put })
    expect(() => world.remove('alice', ...keys)).toThrow(
      /removes 17 keys, more than 16: confirm the count 17/,
    )
    expect(world.remove('alice', ...keys.slice(1))).toBeDefined()
    world.write('alice', { put })
    expect(world.write('alice', { remove: keys, confirmRemoves: keys.length })).toBeDefined()
  },
}
