import { cp, rename, rm } from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { freePorts } from '../mesh/loopback.ts'
import { areEqual, hold, isTold } from '../mesh/mesh.ts'
import { report } from '../mesh/report.ts'
import { all, seconds, until } from '../mesh/until.ts'
import type { Pending } from '../mesh/until.ts'
import { foundRealMesh } from './real-mesh.ts'
import type { RealMesh, RealMeshOptions, RealPeer } from './real-mesh.ts'
import { areAlone, isRefusedBy, show } from './told.ts'
import { dayMs, minuteMs, wrongClock } from './wrong-clock.ts'

vi.setConfig({ testTimeout: 60_000 })

const shop = { 'shop/**': 'write' } as const
const soonMs = 20_000
const four = ['alice', 'bob', 'carol', 'dave'] as const

interface Four {
  readonly mesh: RealMesh
  readonly alice: RealPeer
  readonly bob: RealPeer
  readonly carol: RealPeer
  readonly dave: RealPeer
  /** Whom nobody revokes. */
  readonly honest: readonly RealPeer[]
}

async function foundFour(options: RealMeshOptions = {}): Promise<Four & AsyncDisposable> {
  const mesh = await foundRealMesh(four, { can: { bob: shop, carol: shop }, ...options })
  const [alice, bob, carol, dave] = four.map(mesh.at) as [RealPeer, RealPeer, RealPeer, RealPeer]
  const honest = [alice, carol, dave]
  return { mesh, alice, bob, carol, dave, honest, [Symbol.asyncDispose]: mesh[Symbol.asyncDispose] }
}

/** Bob is revoked where alice and dave are; where he is with carol, nobody hears of it. */
async function revokeApart(
  { mesh, alice, bob, dave, honest }: Four,
  beforeRevoking: () => void = () => {},
): Promise<void> {
  await bob.peer.set('shop/before', 'bob')
  await until(show(honest, 'shop/before', 'bob'), soonMs)
  await mesh.cut(['alice', 'dave'], ['bob', 'carol'])
  beforeRevoking()
  await alice.peer.revoke('bob')
  await until(areAlone([alice, dave], 3), soonMs)
}

describe('a revoked member', () => {
  it('V1 loses its connections at once, and is refused by all, also from a new address', async () => {
    await using group = await foundFour()
    const { mesh, alice, bob, honest } = group
    const began = performance.now()
    await alice.peer.revoke('bob')
    await until(areAlone(honest), soonMs)
    const lastAt = Math.max(...honest.map(({ partedAt }) => partedAt.get(bob.id) ?? Infinity))
    expect(lastAt - began).toBeLessThan(5_000)
    await until(isRefusedBy(bob, honest), soonMs)

    const [port] = await freePorts(1)
    await mesh.close('bob')
    const again = await mesh.open('bob', { listen: [`127.0.0.1:${port}`] })
    await until(isRefusedBy(again, honest), soonMs)
    expect(again.linkedAt.size).toBe(0)
    expect(await areAlone(honest)()).toBeUndefined()
    report('revocation to last closed connection', { took: seconds(lastAt - began) })
  })

  it('V2 adds nothing with releases that are dated back, whatever comes first', async () => {
    const clock = wrongClock()
    await using group = await foundFour({ hasLines: true, clocks: { bob: clock } })
    const { mesh, bob, carol, honest } = group
    await revokeApart(group, clock.freeze)
    const [late, changed] = [
      await bob.peer.set('shop/late', 'bob'),
      await bob.peer.set('shop/before', 'changed'),
    ]
    expect(changed.stamp.ms).toBe(clock.now())
    // Carol has the releases first, dave the revocation.
    await until(show([carol], 'shop/before', 'changed'), soonMs)

    await mesh.heal()
    await until(all(areAlone(honest), areEqual(honest)), soonMs)
    for (const { peer, ask } of honest) {
      expect([peer.get('shop/before'), peer.get('shop/late')]).toEqual(['bob', undefined])
      expect(await ask.lacking([late.name, changed.name])).toHaveLength(2)
    }
  })

  it('V3 writes on in its part of the mesh in vain, whichever side it is healed with first', async () => {
    const sides = [
      [['alice', 'dave', 'carol'], ['bob']],
      [['alice', 'dave', 'bob'], ['carol']],
    ]
    for (const groups of sides) {
      await using group = await foundFour({ hasLines: true })
      const { mesh, bob, carol, honest } = group
      await revokeApart(group)
      await bob.peer.set('shop/late', 'bob')
      await bob.peer.set('shop/before', 'changed')
      await until(show([carol], 'shop/before', 'changed'), soonMs)
      // What carol writes on top of it is hers.
      await carol.peer.set('shop/late', 'carol')
      await carol.peer.set('shop/good', 'carol')

      await mesh.cut(...groups)
      const isCarolFirst = groups[0]?.includes('carol')
      await until(
        isCarolFirst ? areAlone(honest) : isRefusedBy(bob, [group.alice, group.dave]),
        soonMs,
      )
      await mesh.heal()
      await until(all(areAlone(honest), areEqual(honest)), soonMs)
      expect(await carol.ask.shown()).toEqual(
        new Map([
          ['shop/before', ['bob']],
          ['shop/good', ['carol']],
          ['shop/late', ['carol']],
        ]),
      )
      await isTold(carol, { notice: 'void', words: '2 releases of' })
    }
  })

  it('V4 knows the old network key in vain: the new one drops nobody, and then the old one opens nothing', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `peer${index}`)
    const clock = wrongClock()
    const clocks = Object.fromEntries([...names, 'guest', 'mallory'].map((name) => [name, clock]))
    await using mesh = await foundRealMesh(names, { clocks })
    const [first, second] = names.map(mesh.at) as [RealPeer, RealPeer]
    const { token } = await first.peer.invite({ uses: 'many' })
    const began = performance.now()
    const writing = Array.from({ length: 20 }, (_, index) => first.peer.set(`key${index}`, index))
    await first.peer.rotateNetworkKey({ keepOld: '1m' })
    const releases = (await Promise.all(writing)).map(({ name }) => name)
    await mesh.open('guest', { join: token })
    await until(all(areAlone(mesh.peers), hold(mesh.peers, releases)), soonMs)
    const tookMs = performance.now() - began
    const parted = mesh.peers.flatMap(({ partedAt }) => [...partedAt.values()])
    expect(parted.filter((at) => at > began)).toEqual([])

    clock.jump(2 * minuteMs)
    for (const name of ['guest', second.name]) {
      await mesh.close(name)
      await mesh.open(name)
    }
    await until(areAlone(mesh.peers), soonMs)
    const mallory = await mesh.open('mallory', { join: token })
    await isTold(mallory, {
      notice: 'unreachable',
      words: 'the network key of this peer: it has another one',
    })
    await until(hasDialedInVain(mallory), soonMs)
    await mesh.close('mallory')
    expect(mallory.linkedAt.size).toBe(0)
    expect(await areAlone(mesh.peers)()).toBeUndefined()
    report('a new network key, 11 peers', { lost: 0, 'all connected after': seconds(tookMs) })
  })

  it('V5 is kept out also by a peer whose disk was set back, once that has heard', async () => {
    await using group = await foundFour({ hasLines: true })
    const { mesh, alice, bob, carol, dave } = group
    await mesh.close('dave')
    await cp(mesh.dataDir('dave'), mesh.dataDir('copy'), { recursive: true })
    const before = await mesh.open('dave')
    await until(areAlone([alice, bob, carol, before]), soonMs)
    await alice.peer.revoke('bob')
    await alice.peer.rotateNetworkKey()
    const { until: endsAt } = await alice.peer.grant('dave', { for: '10d' })
    await until(all(areAlone([alice, carol, before]), hasBadge(before, endsAt)), soonMs)
    await mesh.close('dave')
    await rm(mesh.dataDir('dave'), { recursive: true })
    await rename(mesh.dataDir('copy'), mesh.dataDir('dave'))

    // It does not know better, and takes in whom the others have revoked.
    await mesh.cut(['alice', 'carol'], ['bob', 'dave'])
    const setBack = await mesh.open('dave')
    expect(setBack.id).toBe(dave.id)
    await until(() => (setBack.linkedAt.has(bob.id) ? undefined : 'bob is not in'), soonMs)
    await mesh.heal()
    await until(all(areAlone([alice, carol, setBack]), hasBadge(setBack, endsAt)), soonMs)
    // And does not forget it again.
    await mesh.close('dave')
    await mesh.cut(['alice', 'carol'], ['bob', 'dave'])
    const again = await mesh.open('dave')
    await until(isRefusedBy(bob, [again]), soonMs)
    expect(again.linkedAt.size).toBe(0)
    expect(await alice.peer.rotateNetworkKey()).toMatchObject({ number: 3 })
    await mesh.heal()
    await until(areAlone([alice, carol, again]), soonMs)
  })

  it('V6 and its revoker, where each revokes the other: all keep the same one', async () => {
    const admin = { '**': 'admin' } as const
    await using group = await foundFour({ hasLines: true, can: { bob: admin, carol: admin } })
    const { mesh, alice, bob, carol, dave } = group
    await mesh.cut(['alice', 'bob'], ['carol', 'dave'])
    await bob.peer.revoke('carol')
    await carol.peer.revoke('bob')
    await bob.peer.set('of', 'bob')
    await carol.peer.set('of', 'carol')
    await until(all(show([alice], 'of', 'bob'), show([dave], 'of', 'carol')), soonMs)
    await mesh.heal()
    // Both stand as near to the root: the lesser hash decides, and nobody knows beforehand which.
    await until(areEqual([alice, dave]), soonMs)
    await until(() => (alice.peer.status().members === 3 ? undefined : 'alice knows four'), soonMs)
    const kept = [bob, carol].find(({ id }) => alice.peer.peers().some(({ peer }) => peer === id))!
    await until(all(areAlone([alice, dave, kept]), areEqual([alice, dave, kept])), soonMs)
    expect(alice.peer.get('of')).toBe(kept.name)
  })

  it('V7 is not brought back by a peer that was absent for a month', async () => {
    const clock = wrongClock()
    const clocks = Object.fromEntries(four.map((name) => [name, clock]))
    await using group = await foundFour({ hasLines: true, clocks })
    const { mesh, alice, bob, carol, dave } = group
    const heard: string[] = []
    for (const { peer } of [alice, carol]) {
      peer.on('change', ({ changes }) => void heard.push(...changes.map(({ key }) => key)))
    }
    await mesh.cut(['alice', 'carol'], ['bob', 'dave'])
    await bob.peer.set('shop/late', 'bob')
    await until(show([dave], 'shop/late', 'bob'), soonMs)
    await mesh.close('dave')
    await alice.peer.revoke('bob')
    // Whoever has not heard of it yet takes from bob, and is right to.
    await until(areAlone([alice, carol], 3), soonMs)
    clock.jump(31 * dayMs)
    await carol.peer.set('shop/new', 'carol')

    await mesh.heal()
    const back = await mesh.open('dave')
    expect(back.peer.get('shop/late')).toBe('bob')
    const honest = [alice, carol, back]
    await until(all(areAlone(honest), areEqual(honest)), soonMs)
    expect(await back.ask.shown()).toEqual(new Map([['shop/new', ['carol']]]))
    expect(heard).toEqual(['shop/new', 'shop/new'])
  })

  it('V8 cannot open what is sealed after it was revoked, also with the new value in its hands', async () => {
    await using group = await foundFour()
    const { alice, bob, honest } = group
    await alice.peer.setSecret('shop/password', 'old', { to: 'members' })
    await until(hasSecret(bob, 'shop/password'), soonMs)
    const { exposed } = await alice.peer.revoke('bob')
    expect(exposed.map(({ key, present }) => [key, present])).toEqual([
      ['shop/password', 'readable'],
    ])
    await until(areAlone(honest), soonMs)
    expect(await alice.peer.reseal()).toMatchObject({
      resealed: [{ key: 'shop/password', dropped: [expect.stringContaining('bob') as string] }],
    })
    await alice.peer.setSecret('shop/password', 'new', { to: 'members' })
    // Nobody sends it to him any more: he puts it there himself.
    await bob.peer.set('shop/password', alice.peer.get('shop/password')!)
    await expect(bob.peer.secret('shop/password')).rejects.toMatchObject({
      code: 'SECRET_UNREADABLE',
    })
    const left = await alice.peer.exposedTo(bob.id)
    expect(left.map(({ present }) => present)).toEqual(['changed'])
  })
})

const hasDialedInVain =
  ({ name, peer }: RealPeer): Pending =>
  () => {
    const { dials, dialsFailed } = peer.status().counters
    return dials === dialsFailed ? undefined : `${name} may be getting through`
  }

const hasBadge =
  ({ name, peer }: RealPeer, endsAt: number): Pending =>
  () =>
    peer.status().badgeUntil === endsAt ? undefined : `${name} goes by another badge`

const hasSecret =
  ({ name, peer }: RealPeer, key: string): Pending =>
  () =>
    peer.has(key) ? undefined : `${name} has no ${key}`
