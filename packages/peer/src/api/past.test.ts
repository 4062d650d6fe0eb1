import { afterEach, describe, expect, it } from 'vitest'
import type { Peer } from '../peer.js'
import { testMesh, testPeer } from '../testing.js'

const open: { close(): Promise<void> }[] = []

async function peerWith(
  values: NonNullable<Parameters<typeof testPeer>[0]>['values'],
): Promise<Peer> {
  const peer = await testPeer({ values })
  open.push(peer)
  return peer
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each.close()))
})

describe('history', () => {
  it('is every version of a key, oldest first, removes among them', async () => {
    const peer = await peerWith({ a: 1 })
    await peer.set('a', 2, { message: 'more' })
    await peer.remove('a')
    expect(peer.history('a')).toMatchObject([
      { value: 1, release: { seq: 1 } },
      { value: 2, release: { seq: 2, message: 'more' } },
      { value: undefined, release: { seq: 3 } },
    ])
  })

  it('is empty for whatever was never written', async () => {
    const peer = await peerWith({ a: 1 })
    for (const key of ['', 'b', '__proto__', 7, undefined]) {
      expect(peer.history(key as string)).toEqual([])
    }
  })
})

describe('a release', () => {
  it('is shown with what each key was before, as its writer saw it', async () => {
    const mesh = await testMesh(['alice', 'bob'])
    open.push(mesh)
    const [alice, bob] = mesh.peers as [Peer, Peer]
    await alice.set('a', 'before')
    await mesh.settle()
    mesh.cut(['alice'], ['bob'])
    await bob.set('a', 'unseen')
    const release = await alice.set('a', 'after')
    mesh.heal()
    await mesh.settle()
    expect(bob.release(release)?.changes).toEqual([{ key: 'a', before: 'before', after: 'after' }])
    expect(bob.release(release.name)?.release).toEqual(alice.release(release.name)?.release)
  })

  it('that nobody knows here is undefined; a name that is none is refused', async () => {
    const peer = await peerWith({ a: 1 })
    expect(peer.release({ replica: peer.status().replica, seq: 99 })).toBe(undefined)
    expect(() => peer.release('yesterday')).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })
})

describe('receipts', () => {
  it('are there for each member, with its name', async () => {
    const mesh = await testMesh(['alice', 'bob'])
    open.push(mesh)
    const [alice] = mesh.peers as [Peer]
    const release = await alice.set('a', 1)
    await release.reached({ timeout: '20s' })
    const [one, two] = alice.receipts(release.name)
    expect(new Set([one!.name, two!.name])).toEqual(new Set(['alice', 'bob']))
    expect([one!.receipt, two!.receipt]).toEqual(['reached', 'reached'])
  })

  it('are not made up for a release that is not held here', async () => {
    const peer = await peerWith({ a: 1 })
    const name = `${peer.status().replica}·2`
    expect(() => peer.receipts(name)).toThrow(`release ${name} is not held here`)
  })
})

describe('the list of releases', () => {
  it('is newest first, 50 of them or as many as are asked for, and goes on before any', async () => {
    const peer = await peerWith({ a: 0 })
    const names = [peer.releases()[0]!.name]
    for (let at = 1; at < 60; at += 1) names.unshift((await peer.set('a', at)).name)
    expect(peer.releases().map(({ name }) => name)).toEqual(names.slice(0, 50))
    const next = peer.releases({ limit: 7, before: names[49] })
    expect(next.map(({ name }) => name)).toEqual(names.slice(50, 57))
    expect(peer.releases({ before: names.at(-1) })).toEqual([])
  })

  it('refuses a number that is none, and a place that is not here', async () => {
    const peer = await peerWith({ a: 0 })
    for (const limit of [0, -1, 1.5, Number.NaN, '7']) {
      expect(() => peer.releases({ limit: limit as number })).toThrow('limit')
    }
    expect(() => peer.releases({ before: 'ffff·1' })).toThrow('is not held here')
    expect(() => peer.releases({ before: peer.releases()[0]!.name.replace(/1$/, '9') })).toThrow(
      'is not held here',
    )
  })
})
