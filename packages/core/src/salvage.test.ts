import { describe, expect, it } from 'vitest'
import { World } from '../test/world.js'
import { stubCrypto } from '../test/stub-crypto.js'
import * as lib from './index.js'

/** A store of three releases, two of alice's and one of bob's, and how to salvage part of it. */
function broken(isLost: (name: string, alice: lib.ReplicaId) => boolean): {
  readonly world: World
  readonly open: (records: lib.Records) => lib.Replica
  readonly salvaged: lib.Salvaged
} {
  const world = new World(lib, { names: ['alice', 'bob'] })
  world.put('alice', { a: 1 })
  world.put('alice', { a: 2 })
  world.put('bob', { b: 1 })
  world.rest()
  const { disk, replica } = world.node('alice')
  const { peer } = replica
  const options = { mesh: world.rules, crypto: stubCrypto(peer, 9), peer }
  const records = new Map([...disk].filter(([name]) => !isLost(name, replica.id())))
  return {
    world,
    salvaged: lib.salvage({ ...options, records, now: world.now }),
    open: (kept) => lib.openReplica({ ...options, records: kept }).replica,
  }
}

describe('salvage', () => {
  it('keeps all that can be read, under a new replica id', () => {
    const { world, salvaged, open } = broken((name) => name === 'self')
    const again = open(salvaged.records)
    expect(salvaged).toMatchObject({ kept: 3, unplaced: [] })
    expect([again.get('a'), again.get('b')]).toEqual([2, 1])
    expect(again.clock()).toEqual(world.replica('alice').clock())
    expect(again.id()).not.toBe(world.replica('alice').id())
  })

  it('takes nothing that follows what is lost, and names it', () => {
    const { salvaged, open } = broken((name, alice) => name === `release/${alice}/1`)
    const again = open(salvaged.records)
    expect(again.get('a')).toBeUndefined()
    expect(salvaged.kept).toBe(1)
    expect(salvaged.unplaced.map(({ seq }) => seq)).toEqual([2])
  })

  it('believes nothing: what is not signed, or cannot be read, is left', () => {
    const world = new World(lib, { names: ['alice'] })
    world.put('alice', { a: 1 })
    const { disk, replica } = world.node('alice')
    const bent = new Map(
      [...disk].map(([name, bytes]) => [
        name,
        bytes.map((byte, at) => (at === 80 ? byte ^ 1 : byte)),
      ]),
    )
    const { records, kept } = lib.salvage({
      mesh: world.rules,
      crypto: stubCrypto(replica.peer, 9),
      peer: replica.peer,
      records: bent.set('statement/x/1', new Uint8Array([1])),
      now: world.now,
    })
    expect([kept, [...records.keys()]]).toEqual([0, ['self']])
  })
})
