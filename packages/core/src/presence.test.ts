import { describe, expect, it } from 'vitest'
import * as lib from './index.js'
import { World } from '../test/world.js'
import { peerOf, stubCrypto } from '../test/stub-crypto.js'
import { Malformed } from './errors.js'
import { type Key } from './ids.js'
import { openMesh } from './mesh.js'
import { decodeMessage } from './message.js'
import { type Presence, decodePresence } from './presence.js'

const meeting = (): World => new World(lib, { names: ['alice', 'bob', 'carol'] })

function said(world: World, name: string, labels?: ReadonlyMap<string, string>): Uint8Array {
  const effects = world.handle(name, { type: 'announce', labels, software: 'v1' })
  const gossip = effects.find(({ type }) => type === 'gossip') as { readonly bytes: Uint8Array }
  return gossip.bytes
}

function read(world: World, frame: Uint8Array): Presence {
  const { bytes } = decodeMessage(frame) as { readonly bytes: Uint8Array }
  return decodePresence(openMesh(world.rules, stubCrypto(peerOf('bob'), 1)), bytes)!
}

describe('presence', () => {
  it('says where a peer stands, what it could not take, and what it runs', () => {
    const world = meeting()
    world.put('alice', { a: 1 })
    world.handle('alice', { type: 'refuse', key: 'a' as Key, reason: 'not a text' })
    const presence = read(world, said(world, 'alice', new Map([['zone', 'b']])))
    expect(presence).toEqual({
      peer: peerOf('alice'),
      at: world.now,
      hashes: world.replica('alice').hashes(),
      clock: world.replica('alice').clock(),
      refusals: [{ replica: world.replica('alice').id(), seq: 1, key: 'a', reason: 'not a text' }],
      labels: new Map([['zone', 'b']]),
      software: 'v1',
    })
  })

  it('names a clock that has moved', () => {
    const world = meeting()
    const isWhole = (): boolean => read(world, said(world, 'alice')).clock !== undefined
    expect([isWhole(), isWhole()]).toEqual([true, false])
    world.put('alice', { a: 1 })
    expect([isWhole(), isWhole()]).toEqual([true, false])
  })

  it('is understood without its clock by whoever stands there too, and by whoever heard it before', () => {
    const world = meeting()
    world.put('alice', { a: 1 })
    const [whole, brief] = [said(world, 'alice'), said(world, 'alice')]
    const claimed = (name: string): number =>
      world.replica(name).presences().get(peerOf('alice'))!.clock.size
    const hear = (name: string, bytes: Uint8Array): void =>
      void world.handle(name, { type: 'received', from: peerOf('alice'), bytes })
    hear('bob', brief)
    expect(claimed('bob')).toBe(0)
    hear('bob', said(world, 'alice'))
    world.sync('alice', 'bob')
    world.deliver()
    hear('bob', said(world, 'alice'))
    expect(claimed('bob')).toBe(1)
    hear('carol', whole)
    hear('carol', said(world, 'alice'))
    expect(claimed('carol')).toBe(1)
  })

  it('does not hold once any bit of it is another', () => {
    const world = meeting()
    const frame = said(world, 'alice')
    for (let index = 4; index < frame.length; index++) {
      const bent = new Uint8Array(frame)
      bent[index]! ^= 1
      expect(() => read(world, bent), `byte ${index}`).toThrow(Malformed)
    }
  })

  it('is heard in its own order only, and once', () => {
    const world = meeting()
    const [older, newer] = [said(world, 'alice'), said(world, 'alice')]
    const hear = (bytes: Uint8Array): readonly [at: number, heardAt: number] => {
      world.now += 10
      world.handle('bob', { type: 'received', from: peerOf('carol'), bytes })
      const { at, heardAt } = world.replica('bob').presences().get(peerOf('alice'))!
      return [at, heardAt]
    }
    const first = hear(newer)
    expect(first).toEqual([world.now - 9, world.now])
    expect(hear(older)).toEqual(first)
    expect(hear(newer)).toEqual(first)
  })

  it('goes on after the clock of its sender was set back', () => {
    const world = meeting()
    said(world, 'alice')
    world.now -= 60_000
    expect(read(world, said(world, 'alice')).at).toBe(world.now + 60_001)
  })

  it('is not verified again where it is known already', () => {
    const world = meeting()
    const frame = said(world, 'alice')
    const bent = frame.map((byte, index) => (index === frame.length - 1 ? byte ^ 1 : byte))
    const verdict = (bytes: Uint8Array): unknown =>
      world
        .handle('bob', { type: 'received', from: peerOf('carol'), bytes })
        .find(({ type }) => type === 'verdict')
    expect(verdict(bent)).toMatchObject({ verdict: 'refused' })
    expect(verdict(frame)).toMatchObject({ verdict: 'applied' })
    expect(verdict(bent)).toMatchObject({ verdict: 'duplicate' })
  })

  it('is heard from members only, and never of oneself', () => {
    const world = meeting()
    const frame = said(world, 'alice')
    world.handle('bob', { type: 'members', members: new Set([peerOf('carol')]) })
    for (const name of ['alice', 'bob', 'carol']) {
      world.handle(name, { type: 'received', from: peerOf('carol'), bytes: frame })
    }
    expect(world.replica('alice').presences().size).toBe(0)
    expect(world.replica('bob').presences().size).toBe(0)
    expect([...world.replica('carol').presences().keys()]).toEqual([peerOf('alice')])
  })

  it('withdraws a refusal when the code can take the value again', () => {
    const world = meeting()
    world.put('alice', { a: 1 })
    world.handle('alice', { type: 'refuse', key: 'a' as Key, reason: 'no' })
    world.handle('alice', { type: 'refuse', key: 'a' as Key, reason: undefined })
    expect(read(world, said(world, 'alice')).refusals).toEqual([])
  })
})
