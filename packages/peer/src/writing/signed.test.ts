import { describe, expect, it } from 'vitest'
import { closedMesh, jumpingClock, openMeshPeer, shop } from '../../test/closed-mesh.js'
import type { Peer } from '../peer.js'
import type { TestMesh } from '../testing.js'
import type { Signer } from '../trust/signer.js'
import { signDraft } from './signed.js'
import type { SignedDraft } from './signed.js'

interface Stage {
  readonly mesh: TestMesh
  readonly alice: Peer
  readonly bob: Peer
  readonly ann: Signer
}

/** Alice is an admin, bob may write nothing, and ann, a person, may write below shop. */
async function stage(): Promise<Stage> {
  const mesh = await closedMesh(['alice', 'bob'])
  return { mesh, alice: mesh.alice, bob: mesh.bob, ann: await mesh.person('ann', shop) }
}

const failing = (code: string, text: string): object => ({
  code,
  message: expect.stringContaining(text) as string,
})

describe('publishSigned', () => {
  it('publishes what a person signed elsewhere; the peer needs no right of its own', async () => {
    const { mesh, alice, bob, ann } = await stage()
    const draft = { set: { 'shop/limit': 5 }, message: 'for the sale', requestId: 'r1' }
    const release = await bob.publishSigned(signDraft(ann, draft, bob.status()))
    expect(release).toMatchObject({
      author: ann.key,
      authorName: 'ann',
      relay: bob.id,
      message: 'for the sale',
      requestId: 'r1',
      isNew: true,
    })
    await mesh.settle()
    expect(alice.get('shop/limit')).toBe(5)
    expect(alice.why('shop/limit').right?.links[0]?.name).toBe('ann')
    expect(await release.reached({ timeout: '20s' })).toMatchObject({ reached: 2 })
  })

  it('writes once what is brought twice, and names what says so', async () => {
    const { bob, ann } = await stage()
    const signed = signDraft(ann, { set: { 'shop/a': 1 }, requestId: 'r' }, bob.status())
    const first = await bob.publishSigned(signed)
    await bob.set('shop/a', 2, { as: ann })
    const again = await bob.publishSigned(signed)
    expect(again).toMatchObject({ name: first.name, isNew: false })
    expect(bob.get('shop/a')).toBe(2)
    const equal = await bob.publishSigned(signDraft(ann, { set: { 'shop/a': 2 } }, bob.status()))
    expect(equal.isNew).toBe(false)
  })

  it('writes only at the version, and removes only as many, as whoever brings it says', async () => {
    const { bob, ann } = await stage()
    const values = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`shop/${at}`, at]))
    await bob.publish({ set: values }, { as: ann })
    const stale = { set: { 'shop/0': 1 }, ifMatch: { 'shop/0': null } }
    await expect(bob.publishSigned(signDraft(ann, stale, bob.status()))).rejects.toMatchObject(
      failing('IF_MATCH_FAILED', 'shop/0'),
    )
    const all = { remove: Object.keys(values) }
    const unsure = signDraft(ann, all, bob.status())
    await expect(bob.publishSigned(unsure)).rejects.toMatchObject(
      failing('BULK_REMOVE_UNCONFIRMED', 'confirm the count 17'),
    )
    await bob.publishSigned(signDraft(ann, { ...all, confirmRemoves: 17 }, bob.status()))
    expect(bob.entries()).toEqual([])
  })

  it('is refused where its author may not write, before anything is touched', async () => {
    const { bob, ann } = await stage()
    const beyond = signDraft(ann, { set: { 'shop/a': 1, 'pay/a': 1 } }, bob.status())
    await expect(bob.publishSigned(beyond)).rejects.toMatchObject(
      failing('NOT_ALLOWED', 'ann may not write pay/a'),
    )
    expect(bob.status().keys).toBe(0)
  })

  it('is refused of somebody who was revoked, though he signed it before', async () => {
    const { alice, ann } = await stage()
    const signed = signDraft(ann, { set: { 'shop/a': 2 } }, alice.status())
    await alice.publishSigned(signDraft(ann, { set: { 'shop/a': 1 } }, alice.status()))
    await alice.revoke(ann.key)
    await expect(alice.publishSigned(signed)).rejects.toMatchObject(
      failing('NOT_ALLOWED', 'ann was revoked'),
    )
  })

  it('is good for a minute, by the clock of whoever numbers it', async () => {
    const clock = jumpingClock()
    const mesh = await closedMesh(['alice'], { clock })
    const ann = await mesh.person('ann', shop)
    const { alice } = mesh
    const signed = signDraft(ann, { set: { 'shop/a': 1 } }, alice.status(), clock.now())
    clock.jump(5 * 60_000)
    await expect(alice.publishSigned(signed)).rejects.toMatchObject(
      failing('NOT_ALLOWED', 'not stamped within the time'),
    )
  })

  it('believes nothing but the signature and the badge', async () => {
    const { mesh, bob, ann } = await stage()
    const eve = await mesh.person('eve')
    const elsewhere = await closedMesh(['alice'])
    const stranger = await elsewhere.person('ann', { '**': 'write' })
    const draft = { set: { 'shop/a': 1 } }
    const good = signDraft(ann, draft, bob.status())
    const cases: readonly (readonly [Partial<SignedDraft>, string, string])[] = [
      [{ intent: flipped(good.intent) }, 'INTENT_INVALID', 'the intent cannot be used'],
      [{ intent: new Uint8Array() }, 'INTENT_INVALID', ''],
      [signDraft(stranger, draft, elsewhere.alice.status()), 'INTENT_INVALID', 'signature'],
      [{ badge: [] }, 'BADGE_INVALID', '1 to 5 links'],
      [{ badge: stranger.links }, 'BADGE_INVALID', 'the badge cannot be used'],
      [{ badge: ann.links.map(flipped) }, 'BADGE_INVALID', 'the badge cannot be used'],
      [{ badge: eve.links }, 'NOT_ALLOWED', 'the badge of its author is not known here'],
      [
        signDraft({ ...eve, links: ann.links, key: ann.key }, draft, bob.status()),
        'INTENT_INVALID',
        'does not hold',
      ],
    ]
    for (const [change, code, text] of cases) {
      await expect(bob.publishSigned({ ...good, ...change })).rejects.toMatchObject(
        failing(code, text),
      )
    }
    for (const nothing of [
      undefined,
      null,
      7,
      {},
      { intent: 'x' },
      { ...good, badge: 'x' },
      { ...good, badge: ['x'] },
      { ...good, force: 1 },
    ]) {
      await expect(bob.publishSigned(nothing as never)).rejects.toMatchObject(
        failing('OPTION_INVALID', 'cannot be used'),
      )
    }
    expect(bob.status().keys).toBe(0)
    await bob.publishSigned(good)
    expect(bob.get('shop/a')).toBe(1)
  })
})

describe('signDraft', () => {
  it('signs for no other mesh than that of the badge, whatever a peer says of itself', async () => {
    const { bob, ann } = await stage()
    const draft = { set: { 'shop/a': 1 } }
    const lying = { ...bob.status(), mesh: 'another' }
    expect(() => signDraft(ann, draft, lying)).toThrow('nothing was signed as ann')
    expect(() => signDraft(ann, draft, { ...lying, mesh: '' })).toThrow('the peer names no mesh')
    const open = await openMeshPeer()
    expect(() => signDraft(ann, draft, open.status())).toThrow('mesh test is open')
  })

  it('refuses what cannot be written, and signers who write nothing', async () => {
    const { mesh, bob, ann } = await stage()
    const status = bob.status()
    expect(() => signDraft(ann, {}, status)).toThrow('at least one key')
    expect(() => signDraft(ann, { set: { '/': 1 } }, status)).toThrow('key "/" cannot be used')
    expect(() => signDraft(mesh.root!, { remove: ['a'] }, status)).toThrow('the root makes badges')
    expect(() => signDraft(ann, { remove: ['a'] }, status, Date.UTC(2100, 0))).toThrow(
      'get a new one',
    )
  })
})

describe('a plan of a rollback', () => {
  it('can be signed and published, and holds for what was there when it was made', async () => {
    const { bob, ann } = await stage()
    await bob.set('shop/a', 1, { as: ann })
    const { name } = await bob.publish({ set: { 'shop/a': 2, 'shop/b': 1 } }, { as: ann })
    const { draft, changedSince, unknown } = bob.planRollback(name)
    expect([changedSince, unknown, draft.message]).toEqual([[], [], `undoes ${name}`])
    await bob.publishSigned(signDraft(ann, draft, bob.status()))
    expect(bob.entries().map(({ key, value }) => [key, value])).toEqual([['shop/a', 1]])
    const late = signDraft(ann, draft, bob.status())
    await expect(bob.publishSigned(late)).rejects.toMatchObject(failing('IF_MATCH_FAILED', 'shop/'))
  })
})

describe('reached', () => {
  it('waits for any release that is held here, by its name', async () => {
    const { mesh, alice, bob } = await stage()
    const { name } = await alice.set('a', 1)
    await mesh.settle()
    expect(await bob.reached(name, { timeout: '20s' })).toMatchObject({ reached: 2, members: 2 })
    await expect(bob.reached('0000·1')).rejects.toMatchObject(
      failing('RELEASE_UNKNOWN', 'not held here'),
    )
  })
})

const flipped = (bytes: Uint8Array): Uint8Array => {
  const copy = bytes.slice()
  const last = copy.length - 1
  copy[last] = (copy[last] ?? 0) ^ 1
  return copy
}
