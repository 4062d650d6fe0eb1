import { describe, expect, it } from 'vitest'
import { closedMesh, joining, shop, until } from '../../test/closed-mesh.js'

describe('revoke', () => {
  it('ends the connections of a member at once, and nobody takes it in again', async () => {
    const mesh = await closedMesh(['alice', 'bob', 'carol'], { can: { bob: shop } })
    const { alice, bob, carol } = mesh
    const gone = [alice, carol].map(async (peer) => until(peer, 'unlinked'))
    expect(await alice.revoke('bob')).toMatchObject({ key: bob.id, name: 'bob', kept: 0 })
    expect((await Promise.all(gone)).map(({ peer }) => peer)).toEqual([bob.id, bob.id])
    for (const peer of [alice, carol])
      expect(peer.peers().map(({ name }) => name)).toEqual(['alice', 'carol'])
    mesh.cut(['bob'], ['alice', 'carol'])
    mesh.heal()
    expect(alice.status().links).toBe(1)
  })

  it('makes void what its subject writes from then on, and leaves what was written before', async () => {
    const mesh = await closedMesh(['alice', 'bob', 'carol'], { can: { bob: shop } })
    const { alice, bob, carol } = mesh
    await (await bob.set('shop/before', 1)).reached({ timeout: '20s' })
    mesh.cut(['alice'], ['bob', 'carol'])
    await bob.set('shop/after', 1)
    await bob.set('shop/before', 2)
    await mesh.settle()
    expect(carol.get('shop/after')).toBe(1)
    await alice.revoke('bob')
    const voided = until(carol, 'change', ({ changes }) =>
      changes.some(({ key }) => key === 'shop/before'),
    )
    mesh.heal()
    await voided
    for (const peer of [alice, carol]) {
      expect([peer.get('shop/before'), peer.get('shop/after')]).toEqual([1, undefined])
    }
  })

  it('of a person leaves the peer alone through whom he wrote; `why` says what was struck', async () => {
    const mesh = await closedMesh(['alice', 'bob', 'carol'], { can: { carol: shop } })
    const { alice, bob, carol } = mesh
    const mallory = await mesh.person('mallory', shop)
    await (await carol.set('shop/limit', 1, { as: mallory })).reached({ timeout: '20s' })
    mesh.cut(['alice', 'bob'], ['carol'])
    await carol.set('shop/secret-door', true, { as: mallory })
    const good = await carol.set('shop/good', 1)
    await alice.revoke('mallory')
    const taken = until(alice, 'change', ({ changes }) =>
      changes.some(({ key }) => key === 'shop/good'),
    )
    mesh.heal()
    await taken
    await mesh.settle()
    for (const peer of [alice, bob, carol]) {
      expect([
        peer.name,
        peer.get('shop/limit'),
        peer.get('shop/secret-door'),
        peer.get('shop/good'),
      ]).toEqual([peer.name, 1, undefined, 1])
    }
    expect(good.author).toBe(carol.id)
    const { value, struck, text } = carol.why('shop/secret-door')
    expect([value, struck.length]).toEqual([undefined, 1])
    expect(text).toContain('true of ')
    expect(text).toContain('by mallory through carol: its author was revoked before it')
    await expect(carol.set('shop/x', 1, { as: mallory })).rejects.toMatchObject({
      code: 'SIGNER_UNUSABLE',
      message: expect.stringContaining('mallory was revoked') as string,
    })
  })

  it('of an invite keeps whom it let in, unless it is told otherwise', async () => {
    const mesh = await closedMesh(['alice'])
    const { token, key } = await mesh.alice.invite({ uses: 'many' })
    const bob = await joining(mesh, { name: 'bob', join: token })
    expect(await mesh.alice.revoke(key)).toMatchObject({ name: 'invite', kept: 1 })
    expect(mesh.alice.status()).toMatchObject({ members: 2, links: 1 })
    const late = await joining(mesh, { name: 'late', join: token, onNotice() {} })
    expect([late.status().links, bob.status().links]).toEqual([0, 1])
    const gone = until(mesh.alice, 'unlinked')
    await mesh.alice.revoke(key, { keepInvited: false })
    await gone
    expect(mesh.alice.status().members).toBe(1)
  })

  it('of a member throws out whom it let in, unless it is told otherwise', async () => {
    for (const [keepInvited, left] of [
      [undefined, ['alice']],
      [true, ['alice', 'carol']],
    ] as const) {
      const mesh = await closedMesh(['alice', 'bob'], { can: { bob: { '**': 'admin' } } })
      const { token } = await mesh.bob.invite({ can: shop })
      await joining(mesh, { name: 'carol', join: token, onNotice() {} })
      await mesh.alice.revoke('bob', { keepInvited })
      expect(mesh.alice.peers().map(({ name }) => name)).toEqual(left)
    }
  })

  it('is for admins of everything, and the root', async () => {
    const can = { bob: { 'shop/**': 'admin' } } as const
    const mesh = await closedMesh(['alice', 'bob', 'carol'], { can })
    const { alice, bob, carol, root } = mesh
    await expect(bob.revoke('carol')).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    expect(alice.status().members).toBe(3)
    const gone = until(carol, 'unlinked', ({ peer }) => peer === alice.id)
    await bob.revoke('alice', { as: root, keepInvited: true })
    await gone
    expect(carol.peers().map(({ name }) => name)).toEqual(['bob', 'carol'])
    await expect(carol.revoke(root!.key, { as: root })).rejects.toThrow(
      'the root cannot be revoked',
    )
  })
})

describe('rotateNetworkKey', () => {
  it('reaches all, and drops nobody', async () => {
    const mesh = await closedMesh(['alice', 'bob', 'carol'])
    const dropped: string[] = []
    for (const peer of mesh.peers) peer.on('unlinked', ({ why }) => dropped.push(why))
    expect(await mesh.alice.rotateNetworkKey({ keepOld: '2h' })).toMatchObject({ number: 2 })
    expect(await mesh.alice.rotateNetworkKey({ as: mesh.root })).toMatchObject({ number: 3 })
    await expect(mesh.bob.rotateNetworkKey()).rejects.toMatchObject({
      code: 'SIGNER_UNUSABLE',
      message: expect.stringContaining('bob is no admin of everything') as string,
    })
    await mesh.alice.grant('carol', { can: { '**': 'admin' } })
    expect(await mesh.carol.rotateNetworkKey()).toMatchObject({ number: 4 })
    expect(dropped).toEqual([])
  })
})

describe('seal', () => {
  it('is for the root', async () => {
    const { alice, root } = await closedMesh(['alice'], { values: { a: 1 } })
    const ann = { as: { ...root!, links: [] } }
    await expect(alice.seal(ann)).rejects.toMatchObject({ code: 'STATEMENT_INVALID' })
    await expect(alice.seal({ as: undefined as never })).rejects.toMatchObject({
      code: 'SIGNER_UNUSABLE',
      message: expect.stringContaining('only the root seals') as string,
    })
  })
})
