import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Peer } from '@grapevine/peer'
import { decode, deltaFrame, frameOf, releaseFrame } from '../../packages/sim/src/hostile/wire.ts'
import { until } from '../mesh/until.ts'
import { shownAt } from './closed-mesh.ts'
import { newChain, put, writeMany } from './forger.ts'
import type { Written } from './forger.ts'
import { counted, has, openStage, soonMs } from './stage.ts'
import type { Stage } from './stage.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** In the words of whoever finds a line that is closed on it. */
const refused = /closed|reset|EOF|ended|abort|not "open"|hung up|AggregateError/i
const secret = 'the plaintext of a secret'
let stage: Stage
beforeAll(async () => {
  stage = await openStage(5)
  const { admin } = stage.mesh
  for (let index = 0; index < 40; index++) await admin.set(`shop/${index}`, `open to all ${index}`)
  await admin.setSecret('shop/password', secret, { to: ['alice', 'bob'] })
  await stage.converged()
})
afterAll(() => stage[Symbol.asyncDispose]())

const release = ({ bytes }: Written): Uint8Array => releaseFrame(bytes)

/** A release that a frame carries by itself. */
const releaseIn = (bytes: Uint8Array): Uint8Array | undefined => {
  const [kind, whole] = decode(bytes) as readonly [number, Uint8Array]
  return kind === 0 ? whole : undefined
}

describe('a member that may only read', () => {
  it('R1 writes nothing anywhere, is passed on by nobody, and is shown the door', async () => {
    const { mesh, villain } = stage
    const [alice, bob, carol, dave] = mesh.peers as [Peer, Peer, Peer, Peer]
    const reader = await mesh.insider()
    const line = await stage.link(reader, alice)
    const other = (await stage.intruder(bob, {})).line
    const ear = await stage.ear(dave)
    const before = shownAt(alice)
    const written = writeMany(
      reader,
      newChain(reader),
      Array.from({ length: 40 }, (_, index) => put(`shop/${index}`, 'mine')),
    )
    const [first] = written
    // By a link, by gossip, and by somebody else, in a session.
    await villain.send(line, [releaseFrame(first!.bytes)])
    await villain.gossip(line, [releaseFrame(first!.bytes)])
    await villain.send(other, [deltaFrame([first!.bytes])])
    await carol.set('carol/1', 'after it')
    await until(async () => {
      const { gossip } = await villain.heard(ear)
      return has(gossip, 'after it') ? undefined : 'the ear hears nothing'
    }, soonMs)
    await villain.send(line, [...written, ...written].map(release))
    await stage.gone(line)
    await alice.sync()
    const { link, gossip } = await villain.heard(ear)
    expect(has([...link, ...gossip], first!.chain.tip!)).toBe(false)
    expect(has([...link, ...gossip], 'mine')).toBe(false)
    await stage.converged()
    await carol.remove('carol/1')
    await stage.converged()
    expect(shownAt(alice)).toBe(before)
    await expect(stage.link(reader, alice)).rejects.toThrow(refused)
    const honest = await mesh.join('frank', { can: {} })
    await expect(honest.set('shop/1', 'mine')).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    await mesh.leave(honest)
  })

  it('R3 is given no plaintext of a secret that is not for it, whatever it asks for', async () => {
    const { mesh, villain } = stage
    const [alice] = mesh.peers as [Peer]
    const line = (await stage.intruder(alice, {})).line
    const came: Uint8Array[] = []
    await villain.send(line, [frameOf('snapshot-want', null, 0), frameOf('clock', null, null, [])])
    await until(async () => {
      const { link, gossip } = await villain.heard(line)
      came.push(...link, ...gossip)
      return has(came, 'open to all 39') && has(came, 'shop/password')
        ? undefined
        : 'not all of it has come'
    }, soonMs)
    expect(has(came, secret)).toBe(false)
    await villain.hangUp(line)
  })

  it('R4 is cut off within seconds when it floods, and stays out over 20 reconnects', async () => {
    const { mesh, villain } = stage
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const reader = await mesh.insider()
    const line = await stage.link(reader, alice)
    const bad = writeMany(
      reader,
      newChain(reader),
      Array.from({ length: 500 }, (_, index) => put(`flood/${index}`, index)),
    )
    const began = performance.now()
    await Promise.all([
      villain.gossip(line, bad.map(release), 20),
      villain.send(line, bad.map(release), 20),
    ])
    await stage.gone(line, 5_000)
    expect(performance.now() - began).toBeLessThan(5_000)
    for (let again = 0; again < 20; again++)
      await expect(stage.link(reader, alice)).rejects.toThrow(refused)
    await bob.set('after/flood', 1)
    await stage.converged()
    expect(alice.entries('flood/')).toEqual([])
    expect(mesh.notices.get(alice)).toContainEqual(
      expect.objectContaining({ notice: 'misbehaved' }),
    )
  })

  it('R5 takes nobody else’s turn by asking for everything, from nothing, a thousand times', async () => {
    const { mesh, villain } = stage
    const [alice, bob, carol] = mesh.peers as [Peer, Peer, Peer]
    await alice.set('large/value', 'x'.repeat(20 * 1024))
    await stage.converged()
    const lostNow = (): readonly number[] => mesh.peers.map((peer) => counted(peer, 'linksLost'))
    const lost = lostNow()
    const line = (await stage.intruder(alice, {})).line
    const began = performance.now()
    const framesIn = counted(alice, 'framesReplicaIn')
    const asking = villain.send(line, [frameOf('clock', null, null, [])], 1_000)
    let rounds = 0
    while (rounds < 5 || counted(alice, 'framesReplicaIn') - framesIn < 1_000) {
      const value = (rounds += 1)
      await bob.set('shop/live', value)
      await until(
        () =>
          [alice, carol].every((peer) => peer.get('shop/live') === value) ? undefined : 'late',
        soonMs,
      )
    }
    expect(await asking).toBe(1_000)
    const seconds = (performance.now() - began) / 1000
    const { link } = await villain.bytesHeard(line)
    expect(link).toBeLessThan((48 + 8 * seconds) * 1024 * 1024)
    expect(link).toBeGreaterThan(64 * 1024)
    await villain.hangUp(line)
    await stage.gone(line)
    expect(lostNow().slice(1)).toEqual(lost.slice(1))
  })

  it('R7 changes nothing by saying again what was said before, and nobody passes it on', async () => {
    const { mesh, villain } = stage
    const [alice, bob, , dave] = mesh.peers as [Peer, Peer, Peer, Peer]
    const reader = await mesh.insider()
    const [line, ear] = [await stage.link(reader, bob), await stage.ear(dave)]
    for (let index = 0; index < 20; index++) await bob.set(`again/${index}`, index)
    await stage.converged()
    const old: Uint8Array[] = []
    await until(async () => {
      old.push(...(await villain.heard(line)).gossip)
      return has(old, 'again/19') ? undefined : 'the releases have not come'
    }, soonMs)
    await villain.heard(ear)
    const said: string[] = []
    const stops = mesh.peers.map((peer) =>
      peer.on('change', ({ changes }) => said.push(...changes.map(({ key }) => key))),
    )
    const shown = shownAt(alice)
    const began = process.cpuUsage()
    // As they came; and by gossip in another envelope, which no cache of what was seen knows.
    await villain.send(line, old, Math.ceil(1_000 / old.length))
    const releases = old.flatMap((bytes) => releaseIn(bytes) ?? [])
    await villain.gossip(
      line,
      releases.map((bytes) => deltaFrame([bytes, releases[0]!])),
    )
    await until(async () => {
      await alice.set('again/last', Math.random())
      return has((await villain.heard(ear)).gossip, 'again/last') ? undefined : 'late'
    }, soonMs)
    const { user, system } = process.cpuUsage(began)
    for (const stop of stops) stop()
    expect(said.filter((key) => key !== 'again/last')).toEqual([])
    await alice.remove('again/last')
    await stage.converged()
    expect(shownAt(alice)).toBe(shown)
    expect(has((await villain.heard(ear)).gossip, 'again/3')).toBe(false)
    expect((user + system) / 1e6).toBeLessThan(5)
    expect(await villain.isOpen(line)).toBe(true)
  })
})
