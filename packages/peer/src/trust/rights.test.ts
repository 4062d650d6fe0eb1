import { MeshError } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import {
  closedMesh,
  joining,
  jumpingClock,
  openMeshPeer,
  shop,
  until,
} from '../../test/closed-mesh.js'
import { manualClock } from '../manual-clock.js'
import { memoryStore } from '../testing.js'

describe('a right', () => {
  it('is looked at before anything is written, and the error says what the badge says', async () => {
    const mesh = await closedMesh(['alice', 'bob'], { can: { bob: shop } })
    const { alice, bob } = mesh
    await bob.set('shop/limit', 1)
    const refused = {
      code: 'NOT_ALLOWED',
      message:
        'nothing was written: bob may not write payments/limit: its badge says write shop/**',
    }
    await expect(bob.set('payments/limit', 1)).rejects.toMatchObject(refused)
    await expect(
      bob.publish({ set: { 'shop/limit': 2, 'payments/limit': 2 } }),
    ).rejects.toMatchObject(refused)
    await mesh.settle()
    expect([alice.get('shop/limit'), alice.get('payments/limit')]).toEqual([1, undefined])
  })

  it('that nobody was given is none: whoever has a badge to read with reads', async () => {
    const mesh = await closedMesh(['alice', 'bob'], { values: { a: 1 } })
    const { alice, bob } = mesh
    expect(bob.get('a')).toBe(1)
    for (const write of [
      bob.set('a', 2),
      bob.remove('a'),
      bob.rollback(alice.entry('a')!.release),
    ]) {
      await expect(write).rejects.toMatchObject({
        code: 'NOT_ALLOWED',
        message: expect.stringContaining('its badge says read only') as string,
      })
    }
    await mesh.settle()
    expect(alice.get('a')).toBe(1)
  })

  it('is that of a person, whoever numbers what he wants; history names him', async () => {
    const mesh = await closedMesh(['alice', 'bob'])
    const { alice, bob } = mesh
    const ann = await mesh.person('ann', shop)
    const release = await bob.set('shop/limit', 5, { as: ann, message: 'for the sale' })
    expect(release).toMatchObject({
      author: ann.key,
      authorName: 'ann',
      relay: bob.id,
      isNew: true,
    })
    await release.reached({ timeout: '20s' })
    await mesh.settle()
    const seen = alice.history('shop/limit').map(({ release: by }) => by)
    expect(seen).toMatchObject([{ author: ann.key, authorName: 'ann', relay: bob.id }])
    await expect(bob.set('payments/limit', 5, { as: ann })).rejects.toThrow(
      'ann may not write payments/limit: its badge says write shop/**',
    )
    expect(alice.entry('shop/limit')?.release.message).toBe('for the sale')
  })

  it('is there again after a disk that was full', async () => {
    const mesh = await closedMesh(['alice'])
    let isFull = false
    const beforeStore = (): void => {
      if (isFull) throw new MeshError('STORE_FULL', 'the disk is full')
    }
    const disk = new Map<string, Uint8Array>()
    const store = async () => memoryStore({ disk, beforeStore })
    const clock = manualClock(Date.now())
    const { token } = await mesh.alice.invite({ can: shop })
    const bob = await joining(mesh, { name: 'bob', join: token, store, clock, onNotice() {} })
    isFull = true
    await expect(bob.set('shop/a', 1)).rejects.toMatchObject({ code: 'STORE_FULL' })
    isFull = false
    const again = until(bob, 'notice', ({ text }) => text === 'the store takes writes again')
    clock.advance(1_000)
    await again
    expect(await bob.set('shop/a', 1)).toMatchObject({ authorName: 'bob' })
  })

  it('of a person serves for each way to write', async () => {
    const mesh = await closedMesh(['alice', 'bob'])
    const { bob } = mesh
    const as = await mesh.person('ann', shop)
    const first = await bob.publish({ set: { 'shop/a': 1, 'shop/b': 1 } }, { as })
    const second = await bob.publish({ set: { 'shop/a': 2 }, remove: ['shop/b'] }, { as })
    expect([bob.get('shop/a'), bob.get('shop/b')]).toEqual([2, undefined])
    const { published, returned } = await bob.rollback(second, { as })
    expect([returned, published?.authorName]).toEqual([['shop/a', 'shop/b'], 'ann'])
    expect([bob.get('shop/a'), bob.get('shop/b')]).toEqual([1, 1])
    expect(await bob.rollback(second, { as })).toMatchObject({ published: undefined, returned: [] })
    const again = await bob.set('shop/a', 1, { as })
    expect(again).toMatchObject({ isNew: false, authorName: 'ann' })
    expect((await bob.remove('shop/a', { as })).author).toBe(as.key)
    const ifMatch = bob.entry('shop/b')!.version
    expect(await bob.resolve('shop/b', { value: 7 }, { as, ifMatch })).toMatchObject({
      isNew: true,
    })
    await expect(bob.set('shop/b', 8, { as, ifMatch })).rejects.toMatchObject({
      code: 'IF_MATCH_FAILED',
    })
    expect(first.isNew).toBe(true)
  })

  it('is not that of the root, who makes badges, nor of something that cannot sign', async () => {
    const { alice, root } = await closedMesh(['alice'])
    await expect(alice.set('a', 1, { as: root })).rejects.toMatchObject({
      code: 'SIGNER_UNUSABLE',
      message: expect.stringContaining('the root makes badges, and writes no values') as string,
    })
    for (const as of [{}, 'ann', null, { key: 'x', links: [] }]) {
      await expect(alice.set('a', 1, { as: as as never })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      })
    }
    const peer = await openMeshPeer()
    await expect(peer.set('a', 1, { as: root })).rejects.toThrow('mesh test is open')
  })
})

describe('invite', () => {
  it('lets in whoever has its token, and with no more than its maker has', async () => {
    const can = { bob: { 'shop/**': 'admin' } } as const
    const { alice, bob } = await closedMesh(['alice', 'bob'], { can })
    await bob.invite({ can: { 'shop/fees/**': 'write' } })
    await expect(bob.invite({ can: { 'payments/**': 'write' } })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: 'no badge was made: the badge of invite: bob cannot give write payments/**',
    })
    expect(alice.peers()).toHaveLength(2)
  })

  it('gives what everybody can see of whoever came in by it', async () => {
    const { alice, bob } = await closedMesh(['alice', 'bob'], { can: { bob: shop } })
    const seen = alice.peers().find(({ peer }) => peer === bob.id)
    expect(seen).toMatchObject({
      name: 'bob',
      badge: { grants: [{ prefix: 'shop', can: 'write' }] },
    })
    expect(bob.status().badgeUntil).toBe(seen?.badge?.until)
  })

  it('is refused to whoever may let nobody in', async () => {
    const { bob } = await closedMesh(['alice', 'bob'], { can: { bob: shop } })
    await expect(bob.invite()).rejects.toThrow('bob may let nobody in')
  })

  it('ends when it says, and not after what its maker has', async () => {
    const clock = jumpingClock()
    const { alice } = await closedMesh(['alice'], { clock })
    const {
      token,
      until: ends,
      badgesUntil,
    } = await alice.invite({ expires: '1h', badgeFor: '9999d' })
    expect(ends).toBe(clock.now() + 3_600_000)
    expect(badgesUntil).toBe(clock.now() + 365 * 24 * 3_600_000)
    clock.jump(3_600_000 + 60_001)
    await expect(openMeshPeer({ join: token, clock })).rejects.toMatchObject({
      code: 'TOKEN_INVALID',
      message: expect.stringContaining('its invite ended') as string,
    })
  })

  it('takes times, uses and names that mean something', async () => {
    const { alice } = await closedMesh(['alice'])
    for (const given of [
      { expires: 'soon' },
      { badgeFor: 0 },
      { uses: 'few' },
      { name: '' },
      { can: 7 },
    ]) {
      await expect(alice.invite(given as never)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    }
  })

  it('has no meaning in an open mesh, nor has anything else of the kind', async () => {
    const peer = await openMeshPeer()
    const calls = [peer.invite(), peer.grant('a', {}), peer.revoke('a'), peer.rotateNetworkKey()]
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({
        code: 'NOT_ALLOWED',
        message: expect.stringContaining('mesh test is open') as string,
      })
    }
  })
})

describe('a badge that ends', () => {
  it('ends the membership at once, and leaves nothing of it behind', async () => {
    const clock = jumpingClock()
    const mesh = await closedMesh(['alice'], { clock })
    const { token } = await mesh.alice.invite({ uses: 'many', badgeFor: '1h' })
    const pods = await Promise.all(
      ['pod-1', 'pod-2'].map(async (name) =>
        joining(mesh, { name, join: token, clock, onNotice() {} }),
      ),
    )
    expect(mesh.alice.status().members).toBe(3)
    const gone = until(mesh.alice, 'unlinked', () => mesh.alice.status().links === 0)
    // The invite has ended as well: else they would renew their badges with it.
    clock.jump(25 * 3_600_000)
    await gone
    expect(mesh.alice.status()).toMatchObject({ members: 1, links: 0 })
    expect(pods).toHaveLength(2)
  })

  it('is renewed in time by the token that its peer was opened with', async () => {
    const clock = manualClock()
    const mesh = await closedMesh(['alice'], { clock })
    const { token } = await mesh.alice.invite({ uses: 'many', badgeFor: '10m', can: shop })
    const pod = await joining(mesh, { name: 'pod', join: token, clock })
    const dropped: string[] = []
    mesh.alice.on('unlinked', ({ why }) => dropped.push(why))
    for (let times = 0; times < 5; times++) {
      clock.advance(5 * 60_000)
      await pod.set('shop/a', times)
    }
    expect([dropped, mesh.alice.status().links]).toEqual([[], 1])
    expect(pod.status().badgeUntil).toBeGreaterThan(clock.now())
  })
})

describe('grant', () => {
  it('gives a member other rights, which it has as soon as the badge was brought', async () => {
    const { alice, bob } = await closedMesh(['alice', 'bob'])
    await expect(bob.set('shop/a', 1)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    expect(await alice.grant('bob', { can: shop })).toMatchObject({ isBrought: true })
    expect(await bob.set('shop/a', 1)).toMatchObject({ isNew: true, authorName: 'bob' })
    await alice.grant(bob.id, { can: {} })
    await expect(bob.set('shop/a', 2)).rejects.toThrow('its badge says read only')
  })

  it('answers a text for whoever cannot be reached, and for nobody else', async () => {
    const mesh = await closedMesh(['alice'])
    const { token } = await mesh.alice.invite()
    const disk = new Map<string, Uint8Array>()
    const seed = new Uint8Array(32).fill(9)
    const options = { seed, name: 'bob', store: async () => memoryStore({ disk }), mesh: null }
    const bob = await joining(mesh, { ...options, join: token })
    await bob.close()
    const { badge, isBrought } = await mesh.alice.grant('bob', { can: shop })
    expect(isBrought).toBe(false)
    await expect(joining(mesh, { badge })).rejects.toMatchObject({
      code: 'BADGE_INVALID',
      message: expect.stringContaining('it is that of bob') as string,
    })
    const again = await joining(mesh, { ...options, badge })
    await again.set('shop/a', 1)
    expect(again.entry('shop/a')?.release.authorName).toBe('bob')
  })

  it('is brought to whoever was away as soon as it is back', async () => {
    const mesh = await closedMesh(['alice', 'bob'])
    mesh.cut(['alice'], ['bob'])
    expect(await mesh.alice.grant('bob', { can: shop })).toMatchObject({ isBrought: false })
    await expect(mesh.bob.set('shop/a', 1)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    mesh.heal()
    await mesh.bob.set('shop/a', 1)
    await mesh.settle()
    expect(mesh.alice.get('shop/a')).toBe(1)
  })

  it('is not for whoever is called like nobody', async () => {
    const { alice } = await closedMesh(['alice'])
    await expect(alice.grant('mallory', {})).rejects.toMatchObject({
      code: 'NOT_A_MEMBER',
      message:
        "'mallory' is nobody this peer knows: no badge with that name is known here; write the id of its key",
    })
  })
})

describe('why', () => {
  it('shows by whose will and by whose leave, up to the root', async () => {
    const clock = jumpingClock(Date.UTC(2026, 2, 2, 9, 16, 31))
    const mesh = await closedMesh(['alice', 'bob'], { clock })
    const ann = await mesh.person('ann', shop)
    const release = await mesh.alice.set('shop/limit', 50, { as: ann, message: 'for the sale' })
    const { right, text, ...rest } = mesh.alice.why('shop/limit')
    expect(rest).toMatchObject({ value: 50, release: { name: release.name }, struck: [] })
    expect(right).toMatchObject({
      fault: undefined,
      links: [
        { name: 'ann', by: 'ann', isInvite: false, grants: [{ prefix: 'shop', can: 'write' }] },
        { name: 'ann', by: 'alice', isInvite: true },
        { name: 'alice', by: 'root', grants: [{ prefix: '', can: 'admin' }] },
      ],
    })
    expect(text).toBe(
      [
        `50   since 2026-03-02 09:16:31, release ${release.name.slice(0, 8)}·1 by ann through alice: for the sale`,
        '  ann may write shop/**: granted by alice by the invite ann 2026-03-02, until 2027-03-02',
        '  alice may give that, with admin **: granted by root 2026-03-02, until 2027-03-02',
      ].join('\n'),
    )
  })

  it('says what would not hold any more, where nothing is, and that an open mesh asks nobody', async () => {
    const clock = jumpingClock(Date.UTC(2026, 2, 2))
    const { alice } = await closedMesh(['alice'], { clock, values: { a: 1 } })
    clock.jump(366 * 24 * 3_600_000)
    expect(alice.why('a').text).toContain(
      'would not hold now: the badge of alice had ended by then',
    )
    expect(alice.why('never').text).toBe('no value   nothing is known here that ever wrote never')
    const peer = await openMeshPeer({ values: { a: 1, b: 1 } })
    await peer.remove('b')
    expect(peer.why('a').text).toContain('everybody may write every key: the mesh is open')
    expect(peer.why('b').text).toMatch(/^no value {3}removed \d{4}-\d\d-\d\d [\d:]{8}, release /)
    expect(peer.why(undefined as never).value).toBe(undefined)
  })
})
