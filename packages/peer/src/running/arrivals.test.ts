import type { PeerId, Release, Replica } from '@grapevine/core'
import { afterEach, describe, expect, it } from 'vitest'
import { createArrivals } from './arrivals.js'
import type { Peer } from '../peer.js'
import { memoryHub, testMesh, testPeer } from '../testing.js'
import type { TestMesh } from '../testing.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each.close()))
})

async function meshOf(...names: readonly string[]) {
  const mesh: TestMesh = await testMesh(names, { onNotice() {} })
  open.push(mesh)
  return { mesh, peers: mesh.peers as readonly [Peer, Peer, Peer] }
}

/** What a peer says that it received, in order. */
function receivedBy(peer: Peer): readonly (readonly [release: string, from: PeerId])[] {
  const received: [string, PeerId][] = []
  peer.on('received', ({ release, from }) => received.push([release.name, from]))
  return received
}

describe('a release that comes from a member', () => {
  it('is told once by whoever gets it by gossip, and never by its writer', async () => {
    const { mesh, peers } = await meshOf('alice', 'bob', 'carol')
    const [alice, bob, carol] = peers
    const told = peers.map(receivedBy)
    const { name } = await alice.set('a', 1)
    await mesh.settle()
    await Promise.all([bob.sync(), carol.sync()])
    expect(told[0]).toEqual([])
    for (const each of told.slice(1)) expect(each.map(([release]) => release)).toEqual([name])
    for (const [, from] of told.slice(1).flat()) expect(peers.map(({ id }) => id)).toContain(from)
  })

  it('is told once by whoever gets it in a session, with whom that was', async () => {
    const { mesh, peers } = await meshOf('alice', 'bob')
    const [alice, bob] = peers
    mesh.cut(['alice'], ['bob'])
    const names = [(await alice.set('a', 1)).name, (await alice.set('b', 1)).name]
    const told = receivedBy(bob)
    mesh.heal()
    await mesh.settle()
    await bob.sync()
    expect(told).toEqual(names.map((name) => [name, alice.id]))
  })

  it('is shown by then', async () => {
    const { mesh, peers } = await meshOf('alice', 'bob')
    const [alice, bob] = peers
    const shown: unknown[] = []
    bob.on('received', ({ release }) => shown.push(bob.release(release)?.changes[0]?.after))
    await alice.set('a', 1)
    await mesh.settle()
    expect(shown).toEqual([1])
  })

  it('is in the clock of the status, where all is told that is held without a hole', async () => {
    const hub = memoryHub()
    const alice = await testPeer({ network: hub.network })
    open.push(alice)
    const { replica, seq } = await alice.set('a', 1)
    expect(alice.status().clock).toEqual({ [replica]: seq })
  })
})

describe('a release that has to wait', () => {
  const release = (seq: number): Release => ({ replica: 'r', seq, id: `id-${seq}` }) as never
  const holding = (seq: number, id = `id-${seq}`): Replica =>
    ({
      clock: () => new Map([['r', seq]]),
      release: (dot: Release) => ({
        release: { ...dot, id: dot.seq === seq ? id : `id-${dot.seq}` },
      }),
    }) as never
  const [alice, bob] = ['alice' as PeerId, 'bob' as PeerId]

  it('is told when it is held, with who brought it first', () => {
    const told: unknown[] = []
    const arrivals = createArrivals(({ seq }, from) => told.push([seq, from]))
    arrivals.judged(release(2), alice, 'waiting')
    arrivals.judged(release(2), bob, 'waiting')
    arrivals.settle(holding(0))
    expect(told).toEqual([])
    arrivals.judged(release(1), bob, 'applied')
    arrivals.settle(holding(2))
    arrivals.settle(holding(3))
    expect(told).toEqual([
      [1, bob],
      [2, alice],
    ])
  })

  it('is not told where another one of its name is held, nor where it came again meanwhile', () => {
    const told: unknown[] = []
    const arrivals = createArrivals(({ seq }, from) => told.push([seq, from]))
    arrivals.judged(release(1), alice, 'early')
    arrivals.settle(holding(1, 'another'))
    arrivals.judged(release(2), alice, 'waiting')
    arrivals.judged(release(2), bob, 'applied')
    arrivals.settle(holding(2))
    expect(told).toEqual([[2, bob]])
  })
})
