import { describe, expect, it } from 'vitest'
import { memoryStore, testMesh, testPeer } from './testing.js'

describe('a test peer', () => {
  it('starts with the values it was given, and has the whole API', async () => {
    await using peer = await testPeer({ values: { 'payments/limits': { daily: 500 } } })
    expect(peer.get('payments/limits')).toEqual({ daily: 500 })
    await peer.set('payments/limits', { daily: 800 })
    expect(peer.get('payments/limits')).toEqual({ daily: 800 })
  })

  it('is alone, in a mesh of its own', async () => {
    await using peer = await testPeer({ name: 'me', mesh: 'mine' })
    expect(peer.status()).toMatchObject({ name: 'me', mesh: 'mine', members: 1, links: 0 })
    await (await peer.set('a', 1)).reached({ timeout: 0 })
  })

  it('is the same peer again on the same disk, with the same seed', async () => {
    const disk = new Map<string, Uint8Array>()
    const seed = new Uint8Array(32).fill(7)
    const options = { seed, store: async () => memoryStore({ disk }) }
    const first = await testPeer({ ...options, values: { a: 1 } })
    await first.close()
    await using again = await testPeer(options)
    expect([again.id, again.get('a')]).toEqual([first.id, 1])
  })
})

describe('a test mesh', () => {
  it('is linked and equal when it is handed out', async () => {
    await using mesh = await testMesh(3, { values: { a: 1 } })
    expect(mesh.peers.map(({ name }) => name)).toEqual(['peer-1', 'peer-2', 'peer-3'])
    for (const peer of mesh.peers) expect([peer.get('a'), peer.status().links]).toEqual([1, 2])
  })

  it('can be cut, written to on both sides, and healed', async () => {
    await using mesh = await testMesh(['alice', 'bob', 'carol'])
    const [alice, bob, carol] = mesh.peers
    mesh.cut(['alice'], ['bob', 'carol'])
    await Promise.all([alice!.set('banner', 'Sale!'), bob!.set('banner', 'Closed')])
    await mesh.settle()
    const shown = (): unknown => mesh.peers.map((peer) => peer.get('banner'))
    expect(shown()).toEqual(['Sale!', 'Closed', 'Closed'])
    mesh.heal()
    await mesh.settle()
    expect(carol!.conflicts()).toHaveLength(1)
    expect(alice!.conflicts()).toEqual(carol!.conflicts())
  })

  it('settles though everybody writes at once', async () => {
    await using mesh = await testMesh(5)
    const writes = mesh.peers.flatMap((peer, at) =>
      Array.from({ length: 10 }, async (_, count) => peer.set(`k/${count}`, at)),
    )
    await Promise.all(writes)
    await mesh.settle()
    const [first, ...others] = mesh.peers.map((peer) => peer.entries())
    expect(first).toHaveLength(10)
    for (const other of others) expect(other).toEqual(first)
  })
})
