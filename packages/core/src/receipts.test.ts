import { describe, expect, it } from 'vitest'
import * as lib from './index.js'
import { World } from '../test/world.js'
import { peerOf } from '../test/stub-crypto.js'
import { type Key } from './ids.js'
import { limits } from './limits.js'
import { type Receipt } from './receipts.js'
import { type Release } from './release.js'

const meeting = (): World => new World(lib, { names: ['alice', 'bob', 'carol'] })

const receipt = (world: World, release: Release, of: string): Receipt =>
  world
    .replica('alice')
    .receipts(release, world.now)
    .find(({ peer }) => peer === peerOf(of))!

describe('receipt', () => {
  it('is there for every member, in the order of their ids', () => {
    const world = meeting()
    const release = world.put('alice', { a: 1 })!
    const peers = world
      .replica('alice')
      .receipts(release, world.now)
      .map(({ peer }) => peer)
    expect(peers).toEqual([...world.members()].sort())
  })

  it('says reached of its writer at once, and of others when their presence says so', () => {
    const world = meeting()
    world.announce()
    const release = world.put('alice', { a: 1 })!
    expect(receipt(world, release, 'alice').receipt).toBe('reached')
    expect(receipt(world, release, 'bob').receipt).toBe('pending')
    world.deliver()
    world.announce()
    expect(receipt(world, release, 'bob').receipt).toBe('reached')
  })

  it('says refused of the release that was looked at, whatever the key shows by now', () => {
    const world = meeting()
    const judged = world.put('alice', { a: 'bad' })!
    const later = world.put('alice', { a: 'good' })!
    world.handle('alice', { type: 'refuse', key: 'a' as Key, release: judged, reason: 'bad' })
    expect(receipt(world, judged, 'alice').receipt).toBe('refused')
    expect(receipt(world, later, 'alice').receipt).toBe('reached')
  })

  it('says who refused which key and why, here and elsewhere', () => {
    const world = meeting()
    const release = world.put('alice', { a: 1 })!
    world.deliver()
    for (const name of ['alice', 'bob']) {
      world.handle(name, { type: 'refuse', key: 'a' as Key, reason: `${name} wants a text` })
    }
    world.announce()
    for (const name of ['alice', 'bob']) {
      const refused = {
        peer: peerOf(name),
        receipt: 'refused',
        key: 'a',
        reason: `${name} wants a text`,
      }
      expect(receipt(world, release, name)).toEqual(refused)
    }
  })

  it('says since when a peer is silent, and what it then had', () => {
    const world = meeting()
    world.put('alice', { a: 1 })
    world.deliver()
    world.announce()
    const heardAt = world.now
    world.cut(['alice', 'carol'], ['bob'])
    const release = world.put('alice', { a: 2 })!
    world.tick(limits.memberSilentMs + 1)
    expect(receipt(world, release, 'bob')).toEqual({
      peer: peerOf('bob'),
      receipt: 'silent',
      heardAt,
      lastSeq: 1,
    })
  })

  it('says of a peer that was never heard that it has nothing', () => {
    const world = meeting()
    const release = world.put('alice', { a: 1 })!
    expect(receipt(world, release, 'bob')).toEqual({
      peer: peerOf('bob'),
      receipt: 'silent',
      heardAt: undefined,
      lastSeq: 0,
    })
  })

  it('does not expire with the silence of its sender', () => {
    const world = meeting()
    const release = world.put('alice', { a: 1 })!
    world.deliver()
    world.announce()
    world.cut(['alice', 'carol'], ['bob'])
    world.tick(limits.memberSilentMs * 100)
    expect(receipt(world, release, 'bob').receipt).toBe('reached')
  })
})
