import { randomBytes } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Peer } from '@grapevine/peer'
import { deltaFrame, frameOf, releaseFrame } from '../../packages/sim/src/hostile/wire.ts'
import type { Wire } from '../../packages/sim/src/hostile/wire.ts'
import { hastyClock } from '../mesh/hasty-clock.ts'
import { until } from '../mesh/until.ts'
import { flipped, insiderFor, mirrored, plusOrder, signedAnew } from './bent-signatures.ts'
import { newChain, put, writeMany, writeNext } from './forger.ts'
import { counted, has, openStage, shownBy, soonMs } from './stage.ts'
import type { Stage } from './stage.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let stage: Stage
beforeAll(async () => {
  stage = await openStage(5)
})
afterAll(() => stage[Symbol.asyncDispose]())

const secondMs = 1_000
const yearMs = 365 * 24 * 3_600 * secondMs
const release = ({ bytes }: { readonly bytes: Uint8Array }): Uint8Array => releaseFrame(bytes)
const replicasOf = (list: readonly { readonly replica: string }[]): readonly string[] =>
  list.map(({ replica }) => replica)

describe('a member that has gone bad', () => {
  it('C1 is frozen by everybody where it says two things under one number', async () => {
    const { mesh, villain } = stage
    const { peers, notices } = mesh
    const [alice, bob] = peers as [Peer, Peer]
    const mallory = await stage.intruder(alice, { 'mallory/**': 'write' })
    const other = await stage.link(mallory, bob)
    await bob.set('bob/safe', 1)
    const chain = newChain(mallory)
    const [one, two] = ['here', 'there'].map((value) =>
      writeNext(mallory, chain, [put('mallory/place', value)]),
    )
    const began = performance.now()
    await Promise.all([
      villain.send(mallory.line, [release(one!)]),
      villain.send(other, [release(two!)]),
    ])
    await until(() => {
      const calm = peers.find((peer) => !peer.status().forked.includes(chain.replica as never))
      return calm && `${calm.name} has no proof`
    }, 5 * secondMs)
    expect(performance.now() - began).toBeLessThan(5 * secondMs)
    const later = writeNext(mallory, one!.chain, [put('mallory/later', 1)])
    await villain.send(mallory.line, [release(later)])
    await alice.set('alice/after', 1)
    await shownBy(peers, 'alice/after', 1)
    await stage.converged()
    for (const peer of peers) {
      expect(notices.get(peer)?.map(({ notice }) => notice)).toContain('forked')
      expect(peer.entries('mallory/')).toEqual([])
      expect(peer.get('bob/safe')).toBe(1)
    }
  })

  it('C2 is shown by nobody before its time, and holds no key against others', async () => {
    const { mesh, villain } = stage
    const { peers } = mesh
    const [alice] = peers as [Peer]
    const mallory = await stage.intruder(alice, { 'mallory/**': 'write' })
    const now = Date.now()
    const chains = [10 * yearMs, 75 * secondMs, -10 * yearMs].map((awayMs) => {
      const chain = newChain(mallory)
      const written = writeNext(mallory, chain, [put('mallory/when', awayMs)], { ms: now + awayMs })
      return { chain, written }
    })
    await villain.gossip(
      mallory.line,
      chains.map(({ written }) => release(written)),
    )
    const [, soon] = chains
    await until(() => {
      const lacking = peers.find(
        (peer) => !replicasOf(peer.status().early).includes(soon!.chain.replica),
      )
      return lacking && `${lacking.name} does not hold it back`
    }, soonMs)
    for (const peer of peers) {
      expect(peer.has('mallory/when')).toBe(false)
      expect(peer.status().early).toHaveLength(1)
    }
    await alice.set('mallory/when', 'now')
    await shownBy(peers, 'mallory/when', 'now')
  })

  it('C3 divides nobody by a stamp that some clocks take and others do not', async () => {
    const { mesh, villain } = stage
    const [alice] = mesh.peers as [Peer]
    const clock = hastyClock({ aheadMs: -100 * secondMs, timersFaster: 1 })
    const behind = await mesh.join('behind', { clock })
    await mesh.linked()
    const mallory = await stage.intruder(alice, { 'mallory/**': 'write' })
    const chain = newChain(mallory)
    const written = writeNext(mallory, chain, [put('mallory/stamp', 1)], { ms: Date.now() })
    await villain.send(mallory.line, [release(written)])
    await until(
      () =>
        replicasOf(behind.status().early).includes(chain.replica)
          ? undefined
          : 'it is not held back',
      soonMs,
    )
    await shownBy(mesh.peers.slice(0, 5), 'mallory/stamp', 1)
    expect(behind.has('mallory/stamp')).toBe(false)
    clock.jump(100 * secondMs)
    await shownBy(mesh.peers, 'mallory/stamp', 1)
    await stage.converged()
    await mesh.leave(behind)
  })

  it('C4 overwrites no more than its prefix, and all of it can be taken back', async () => {
    const { mesh, villain } = stage
    const { peers } = mesh
    const [alice] = peers as [Peer]
    const keys = Array.from({ length: 20 }, (_, index) => `goods/${index}`)
    await alice.publish({ set: new Map(keys.map((key, index) => [key, index])) })
    await stage.converged()
    const before = valuesAt(alice)
    const mallory = await stage.intruder(alice, { 'goods/**': 'write' })
    const { replica, seq } = alice.entry('goods/0')!.release
    const start = newChain(mallory)
    const seen = new Map([[replica as string, seq]])
    const changes = Array.from({ length: 200 }, (_, index) => {
      const own: readonly (readonly [string, number])[] =
        index < keys.length ? [] : [[start.replica, index + 1 - keys.length]]
      return put(keys[index % keys.length]!, 'mine', new Map([...seen, ...own]))
    })
    const written = writeMany(mallory, start, changes)
    const beyond = writeNext(mallory, newChain(mallory), [put('goodsandmore/1', 'mine')])
    await villain.send(mallory.line, [...written, beyond].map(release))
    await shownBy(peers, 'goods/19', 'mine')
    await until(
      () =>
        alice.release({ replica: start.replica as never, seq: 200 }) === undefined
          ? 'not all of it has come'
          : undefined,
      soonMs,
    )
    expect(alice.entries().filter(({ value }) => value === 'mine')).toHaveLength(keys.length)
    await alice.revoke(mallory.identity.peer, { as: mesh.root })
    await stage.gone(mallory.line)
    const set = keys.map((key) => {
      const versions = alice.history(key).filter(({ release: { author } }) => author === alice.id)
      return [key, versions.at(-1)!.value!] as const
    })
    await alice.publish({ set: new Map(set) })
    await stage.converged()
    for (const peer of peers) expect(valuesAt(peer)).toBe(before)
  })

  it('C5 is refused by everybody, from the same release on, where it writes more than it may', async () => {
    // Of two peers: it is 32 MB that each of them takes.
    await using small = await openStage(2)
    const { mesh, villain } = small
    const [alice] = mesh.peers as [Peer]
    const mallory = await small.intruder(alice, { 'mallory/**': 'write' })
    const megabyte = new Uint8Array(1024 * 1024 - 4_096)
    const start = newChain(mallory)
    const written = writeMany(
      mallory,
      start,
      Array.from({ length: 34 }, (_, seq) =>
        put('mallory/large', megabyte, new Map(seq === 0 ? [] : [[start.replica, seq]])),
      ),
    )
    const isHeld = (peer: Peer, seq: number): boolean =>
      peer.release({ replica: start.replica as never, seq }) !== undefined
    await villain.send(mallory.line, written.map(release))
    await until(() => {
      const lacking = mesh.peers.find((peer) => !isHeld(peer, 32))
      return lacking && `${lacking.name} lacks what it may write`
    }, soonMs)
    await alice.set('alice/after', 5)
    await shownBy(mesh.peers, 'alice/after', 5)
    for (const peer of mesh.peers) expect(isHeld(peer, 33)).toBe(false)
    await small.converged()
  })

  it('C6 sets off no search for what nobody has written', async () => {
    const { mesh, villain } = stage
    const [alice] = mesh.peers as [Peer]
    const mallory = await stage.intruder(alice, { 'mallory/**': 'write' })
    const unknown = Array.from({ length: 1_000 }, () => new Uint8Array(randomBytes(16))).toSorted(
      (a, b) => Buffer.compare(a, b),
    )
    const most = Number.MAX_SAFE_INTEGER
    const tips: readonly Wire[] = unknown.map((id) => [id, most, new Uint8Array(32)])
    await villain.heard(mallory.line)
    for (let round = 0; round < 20; round++) {
      await villain.send(mallory.line, [
        frameOf('clock', null, null, tips.slice(round * 50, round * 50 + 50)),
      ])
    }
    const ahead = writeNext(mallory, newChain(mallory), [
      {
        key: 'mallory/ahead',
        seen: new Map([[Buffer.from(unknown[0]!).toString('hex'), most]]),
        put: 1,
      },
    ])
    await villain.send(mallory.line, [release(ahead)])
    await until(
      () => (alice.status().waiting.length === 0 ? 'it does not wait for it' : undefined),
      soonMs,
    )
    for (let round = 0; round < 20; round++) {
      await alice.set('alice/live', round)
      await shownBy(mesh.peers, 'alice/live', round)
    }
    const { link } = await villain.heard(mallory.line)
    const naming = link.filter((bytes) => unknown.some((id) => has([bytes], id)))
    // Each time it says so it is asked once, and not again.
    expect(naming.length).toBeLessThanOrEqual(20 + 1)
    expect(alice.has('mallory/ahead')).toBe(false)
    await stage.converged()
  })

  it('C7 keeps nobody from the truth by lying in sessions, while one honest peer is there', async () => {
    const { mesh, villain } = stage
    const [alice] = mesh.peers as [Peer]
    for (let index = 0; index < 50; index++)
      await alice.set(`truth/${index}`, index, { ack: 'accepted' })
    await stage.converged()
    const began = performance.now()
    const calm = await mesh.join('calm')
    await shownBy([calm], 'truth/49', 49)
    const calmMs = performance.now() - began
    const ear = await stage.ear(alice)
    await alice.set('truth/last', 1)
    const heard: Uint8Array[] = []
    await until(async () => {
      heard.push(...(await villain.heard(ear)).gossip)
      return has(heard, 'truth/last') ? undefined : 'late'
    }, soonMs)
    const last = heard.find((bytes) => Buffer.from(bytes).includes('truth/last'))!
    const lies = [
      last,
      last.subarray(0, last.length >> 1),
      frameOf('delta', [], [], true),
      frameOf('snapshot', new Uint8Array(16), 0, true, [randomBytes(500)]),
      frameOf('summary', ...[1, 2, 3].map(() => new Uint8Array(randomBytes(32))), 0),
      frameOf('clock', null, null, []),
    ]
    const beganAgain = performance.now()
    const newcomer = await mesh.join('newcomer')
    await until(() => (newcomer.status().addresses.length === 0 ? 'not yet' : undefined), soonMs)
    const liars = await Promise.all(
      Array.from({ length: 3 }, async () => stage.intruder(newcomer, { 'mallory/**': 'write' })),
    )
    await Promise.all(liars.map(({ line }) => villain.send(line, lies, 5)))
    await shownBy([newcomer], 'truth/last', 1)
    await stage.converged()
    expect(performance.now() - beganAgain).toBeLessThan(2 * calmMs + 5 * secondMs)
    await Promise.all([mesh.leave(calm), mesh.leave(newcomer)])
  })

  it.each(['ihave', 'iwant', 'idontwant', 'graft', 'prune', 'subscriptions', 'garbage'] as const)(
    'C8 gains nothing by a flood of gossip’s own words: %s',
    async (how) => {
      const { mesh, villain } = stage
      const [alice, bob, carol] = mesh.peers as [Peer, Peer, Peer]
      const lost = mesh.peers.map((peer) => counted(peer, 'linksLost'))
      const mallory = await stage.intruder(alice, { 'mallory/**': 'write' })
      const before = process.memoryUsage()
      const sent = await villain.abuse(mallory.line, how, how === 'subscriptions' ? 30 : 300)
      const value = `${how} ${sent}`
      await bob.set('alice/live', value)
      await shownBy([alice, carol], 'alice/live', value)
      const after = process.memoryUsage()
      expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64 * 1024 * 1024)
      await villain.hangUp(mallory.line)
      await stage.gone(mallory.line)
      expect(mesh.peers.slice(1).map((peer) => counted(peer, 'linksLost'))).toEqual(lost.slice(1))
    },
  )

  it('C9 stops no release by junk that bears its id, sent before it', async () => {
    const { mesh, villain } = stage
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const mallory = await stage.intruder(alice, { 'mallory/**': 'write' })
    const honest = await stage.intruder(bob, { 'honest/**': 'write' })
    const good = writeNext(honest, newChain(honest), [put('honest/word', 'true')])
    const unsigned = signedAnew(good, () => new Uint8Array(64))
    const junk = [unsigned, Buffer.concat([good.bytes, Buffer.of(0)]), good.bytes.subarray(0, -1)]
    await villain.gossip(mallory.line, junk.map(releaseFrame))
    await villain.send(mallory.line, [releaseFrame(unsigned), deltaFrame([unsigned])])
    await villain.gossip(honest.line, [release(good)])
    await shownBy(mesh.peers, 'honest/word', 'true')
    await stage.converged()
    expect(bob.entry('honest/word')?.others).toEqual([])
  })

  it('C10 shuts nobody in by being many: 25 members that pass nothing on, for 5 who do', async () => {
    const { mesh, villain } = stage
    const { peers } = mesh
    const links = Array.from({ length: 25 }, async (_, index) =>
      stage.link(await mesh.insider(), peers[index % 5]!),
    )
    await Promise.all(links)
    const late = await mesh.join('late')
    await mesh.linked()
    for (const [index, peer] of peers.entries()) {
      await peer.set(`many/${index}`, index)
      await shownBy(peers, `many/${index}`, index)
    }
    await stage.converged()
    expect(late.entries('many/')).toHaveLength(peers.length)
    await mesh.leave(late)
    await villain.vanish()
  })

  it('C11 writes no key that steers a path, a terminal or a prototype', async () => {
    const { mesh, villain } = stage
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const mallory = await stage.intruder(alice, { '**': 'write' })
    const other = await stage.link(mallory, bob)
    const before = mesh.peers.map((peer) => peer.entries().map(({ key }) => key))
    const bad = [
      '../../etc/cron.d/x',
      '',
      '/',
      'a//b',
      'a/./b',
      'a\u0000b',
      'a\u202eb',
      'a\nb',
      'k'.repeat(513),
    ]
    const releases = bad.map((key) => release(writeNext(mallory, newChain(mallory), [put(key, 1)])))
    await villain.send(mallory.line, releases)
    await villain.gossip(other, releases.slice(0, 5))
    const good = writeNext(mallory, newChain(mallory), [
      put('__proto__', 1),
      put('mallory/good', 1),
    ])
    await villain.send(mallory.line, [release(good)])
    await shownBy(mesh.peers, 'mallory/good', 1)
    for (const [at, peer] of mesh.peers.entries()) {
      const news = peer.entries().flatMap(({ key }) => (before[at]!.includes(key) ? [] : [key]))
      expect(news.toSorted()).toEqual(['__proto__', 'mallory/good'])
    }
    expect(({} as Record<string, unknown>)['mallory']).toBeUndefined()
  })

  it('C15 stops nobody with bombs: nesting, lengths without end, texts that are none', async () => {
    const { mesh, villain } = stage
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const lists = (levels: number): Uint8Array => new Uint8Array(levels + 1).fill(0x81)
    const mallory = await stage.intruder(alice, { 'mallory/**': 'write' })
    const deep = [33, 200, 60_000].map(lists)
    const text = Buffer.from(frameOf('presence', 'xxxx'))
    const invalid = Buffer.concat([text.subarray(0, -4), Buffer.from([0xff, 0xfe, 0xc0, 0x80])])
    const huge = releaseFrame(new Uint8Array(4_000_000))
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    await villain.send(mallory.line, [...deep, invalid, huge])
    await villain.sendRaw(mallory.line, [Buffer.from([0xff, 0xff, 0xff, 0xff, 0x07])])
    await bob.set('bob/live', 15)
    await shownBy([alice], 'bob/live', 15)
    await stage.gone(mallory.line)
    delay.disable()
    expect(delay.percentile(99) / 1e6).toBeLessThan(250)
    expect(counted(alice, 'faults')).toBe(0)
  })

  it('C16 signs nothing by a bent signature, nor with a key that is nobody’s', async () => {
    const { mesh, villain } = stage
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const mallory = await stage.intruder(alice, { '**': 'admin' })
    const good = writeNext(mallory, newChain(mallory), [put('mallory/signed', 1)])
    const bent = [plusOrder, mirrored, flipped].map((anew) => signedAnew(good, anew))
    await villain.send(mallory.line, bent.map(releaseFrame))
    const nobody = insiderFor(mallory, '01'.padEnd(64, '0'))
    const byNobody = writeNext(nobody, newChain(nobody), [put('mallory/nobody', 1)])
    await villain.send(mallory.line, [frameOf('badges', [nobody.badge]), release(byNobody)])
    await bob.set('bob/live', 16)
    await shownBy([alice], 'bob/live', 16)
    await alice.sync()
    expect(alice.entries('mallory/signed')).toEqual([])
    expect(alice.entries('mallory/nobody')).toEqual([])
    await villain.send(mallory.line, [release(good)])
    await shownBy(mesh.peers, 'mallory/signed', 1)
  })
})

const valuesAt = (peer: Peer): string =>
  JSON.stringify(peer.entries('goods').map(({ key, value, others }) => [key, value, others.length]))
