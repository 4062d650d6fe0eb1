import { afterEach, describe, expect, it } from 'vitest'
import type { Peer } from '../peer.js'
import { testMesh } from '../testing.js'
import type { TestMesh } from '../testing.js'

const open: TestMesh[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (mesh) => mesh.close()))
})

type Three = readonly [Peer, Peer, Peer]

async function closedMesh(): Promise<TestMesh & { readonly peers: Three }> {
  const mesh = await testMesh(['alice', 'bob', 'carol'], {
    closed: true,
    onNotice() {},
    can: { bob: { 'shop/**': 'write' } },
  })
  open.push(mesh)
  return mesh as TestMesh & { readonly peers: Three }
}

/** Resolves once a peer has seen that somebody is no member any more. */
async function forgotten(peer: Peer, who: Peer): Promise<void> {
  const isGone = (): boolean => peer.peers().every((member) => member.peer !== who.id)
  await new Promise<void>((resolve) => {
    peer.on('presence', () => isGone() && resolve())
    peer.on('unlinked', () => isGone() && resolve())
    if (isGone()) resolve()
  })
}

describe('secrets in a closed mesh', () => {
  it('are for members by the names and the keys in their badges', async () => {
    const mesh = await closedMesh()
    const [alice, bob, carol] = mesh.peers
    await alice.setSecret('shop/token', 'for two', { to: ['bob', alice.id] })
    await bob.setSecret('shop/all', 'for all', { to: 'members' })
    await mesh.settle()
    expect(await bob.secret('shop/token')).toBe('for two')
    expect(await carol.secret('shop/all')).toBe('for all')
    await expect(carol.secret('shop/token')).rejects.toMatchObject({
      code: 'SECRET_UNREADABLE',
      message:
        'shop/token is sealed to bob, alice, and not to carol: ask one of them to seal it to carol, too',
    })
    const [all, token] = carol.secrets('shop/')
    expect(all?.recipients.map(({ name, isStale }) => [name, isStale])).toEqual([
      ['alice', false],
      ['bob', false],
      ['carol', false],
    ])
    expect(token?.isReadable).toBe(false)
  })

  it('are written by whoever may write the key, and in the name of a person', async () => {
    const mesh = await closedMesh()
    const [alice, bob, carol] = mesh.peers
    const dora = await mesh.person('dora', { 'shop/**': 'write' })
    await expect(carol.setSecret('shop/a', 'x', { to: 'members' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
    await carol.setSecret('shop/a', 'by dora', { to: 'members', as: dora })
    await mesh.settle()
    expect(bob.entry('shop/a')?.release).toMatchObject({ author: dora.key, authorName: 'dora' })
    expect(await bob.secret('shop/a')).toBe('by dora')
    await expect(bob.reseal({ to: ['alice'], as: dora })).resolves.toMatchObject({
      resealed: [{ key: 'shop/a', added: [], dropped: ['bob', 'carol'] }],
    })
    await mesh.settle()
    expect(await alice.secret('shop/a')).toBe('by dora')
    await expect(bob.secret('shop/a')).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
  })

  it('are not for a revoked member any more, who is told to have read the old ones', async () => {
    const mesh = await closedMesh()
    const [alice, bob, carol] = mesh.peers
    await alice.setSecret('a', 'all', { to: 'members' })
    await alice.setSecret('b', 'two', { to: ['alice', 'bob'] })
    await alice.setSecret('c', 'others', { to: ['alice', 'carol'] })
    await alice.setSecret('d', 'gone', { to: ['bob'] })
    await alice.remove('d')
    await mesh.settle()

    const { exposed } = await alice.revoke(bob.id)
    expect(exposed.map(({ key, present }) => [key, present])).toEqual([
      ['a', 'readable'],
      ['b', 'readable'],
      ['d', 'removed'],
    ])
    await forgotten(alice, bob)
    const { resealed, left } = await alice.reseal()
    expect(resealed.map(({ key }) => key)).toEqual(['a', 'b'])
    expect(left).toEqual([])
    await alice.setSecret('a', 'another', { to: 'members' })
    const rest = await alice.exposedTo(bob.id)
    expect(rest.map(({ key, present }) => [key, present])).toEqual([
      ['a', 'changed'],
      ['b', 'same'],
      ['d', 'removed'],
    ])
    await expect(alice.setSecret('e', 'x', { to: ['bob'] })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
    await forgotten(carol, bob)
    await mesh.settle()
    expect(await carol.secret('a')).toBe('another')
  })
})
