import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MeshError } from '@grapevine/core'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Network, OpenNetwork } from '../network/network.js'
import type { Notice, Peer, PeerEvents } from '../peer.js'
import type { Store } from '../store/store.js'
import { manualClock, memoryHub, memoryStore, testMesh, testPeer } from '../testing.js'
import type { TestMesh, TestPeerOptions } from '../testing.js'

const open: { close(): Promise<void> }[] = []

async function peerWith(options: TestPeerOptions = {}): Promise<Peer> {
  const peer = await testPeer(options)
  open.push(peer)
  return peer
}

async function meshOf(...names: readonly string[]): Promise<TestMesh> {
  const mesh = await testMesh(names)
  open.push(mesh)
  return mesh
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each.close()))
})

const next = async <E extends keyof PeerEvents>(peer: Peer, event: E): Promise<PeerEvents[E]> =>
  new Promise((resolve) => {
    const stop = peer.on(event, (detail) => {
      stop()
      resolve(detail)
    })
  })

describe('a peer', () => {
  it('answers reads for any text, and never throws', async () => {
    const peer = await peerWith({ values: { 'a/b': { c: 1 } } })
    for (const key of ['', '//', 'a', 'a/b/c', '\u0000', undefined, null, 7, Symbol('a'), {}]) {
      const text = key as string
      expect([peer.get(text), peer.has(text), peer.entry(text)]).toEqual([
        undefined,
        false,
        undefined,
      ])
    }
    for (const prefix of [null, 7, Symbol('a'), {}])
      expect(peer.entries(prefix as never)).toEqual([])
    expect(peer.entries('a/').map(({ key }) => key)).toEqual(['a/b'])
  })

  it('can be taken apart: its functions need no `this`', async () => {
    // oxlint-disable-next-line typescript/unbound-method -- this is what the test is about
    const { get, set, entries, status } = await peerWith()
    await set('a', 1)
    expect([get('a'), entries('').length, status().keys]).toEqual([1, 1, 1])
  })

  it('knows the others, what they are called, and how far behind they are', async () => {
    const mesh = await meshOf('bob', 'alice')
    const [bob, alice] = mesh.peers as [Peer, Peer]
    await (await alice.set('a', 1)).reached({ timeout: '20s' })
    expect(alice.peers().map(({ name, isSelf }) => [name, isSelf])).toEqual([
      ['alice', true],
      ['bob', false],
    ])
    expect(alice.peers()[0]).toMatchObject({ labels: new Map([['name', 'alice']]), behind: 0 })
    const member = (): unknown => alice.peers().find(({ peer }) => peer === bob.id)
    expect(member()).toMatchObject({
      behind: 0,
      link: { peer: bob.id },
      addresses: ['/memory/bob'],
      labels: new Map([['name', 'bob']]),
    })
    mesh.cut(['alice'], ['bob'])
    await alice.set('a', 2)
    await alice.set('a', 3)
    expect(member()).toMatchObject({ behind: 2, link: undefined, name: 'bob' })
  })

  it('says where it stands', async () => {
    const mesh = await meshOf('alice', 'bob')
    const [alice] = mesh.peers as [Peer]
    await (await alice.set('a', 1)).reached({ timeout: '20s' })
    expect(alice.status()).toMatchObject({
      peer: alice.id,
      name: 'alice',
      mesh: 'test',
      members: 2,
      links: 1,
      inSight: 2,
      keys: 1,
      conflicts: 0,
      waiting: [],
      early: [],
      parkedBytes: 0,
      forked: [],
      store: 'open',
      storeError: undefined,
      addresses: ['/memory/alice'],
    })
    expect(alice.status().counters['framesOut']).toBeGreaterThan(0)
    expect(alice.status().commits.count).toBeGreaterThan(0)
  })

  it('tells what happens to it', async () => {
    const mesh = await meshOf('alice', 'bob')
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const unlinked = next(alice, 'unlinked')
    mesh.cut(['alice'], ['bob'])
    expect(await unlinked).toEqual({ peer: bob.id, why: 'the line was cut' })
    const [linked, synced] = [next(alice, 'linked'), next(alice, 'synced')]
    mesh.heal()
    expect((await linked).peer).toBe(bob.id)
    expect(await synced).toEqual({ peer: bob.id })
    expect(alice.status().syncedAt).toBeGreaterThan(0)
    const changed = next(alice, 'change')
    await bob.set('a', 1)
    expect((await changed).changes).toMatchObject([{ key: 'a', value: 1 }])
  })

  it('tells of listeners that fail, and stays up', async () => {
    const notices: Notice[] = []
    const peer = await peerWith({ onNotice: (notice) => notices.push(notice) })
    peer.on('change', () => {
      throw new Error('mine')
    })
    peer.on('notice', () => {
      throw new Error('not that as well')
    })
    await peer.set('a', 1)
    const text = "a listener of 'change' failed: mine"
    expect(notices).toEqual([{ notice: 'listener', text }])
    expect(peer.status().counters['listenerFailures']).toBe(2)
  })

  it('copies itself into a file while it runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'grapevine-'))
    try {
      const peer = await peerWith({ values: { a: 1 } })
      await peer.backup(join(folder, 'copy'))
      expect(existsSync(join(folder, 'copy'))).toBe(true)
      await expect(peer.backup('')).rejects.toMatchObject({ code: 'OPTION_INVALID' })
      await peer.close()
      await expect(peer.backup(join(folder, 'other'))).rejects.toMatchObject({
        code: 'PEER_CLOSED',
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('ready', () => {
  it('resolves at once where there is nobody to wait for', async () => {
    const peer = await peerWith()
    expect(await peer.ready({ timeout: 0 })).toBe(undefined)
  })

  it('resolves once a session with a member has ended, and at once from then on', async () => {
    const hub = memoryHub()
    const alice = await peerWith({ name: 'alice', network: hub.network, values: { a: 1 } })
    const bob = await peerWith({ name: 'bob', network: hub.network })
    await next(bob, 'linked')
    await bob.ready({ timeout: '20s' })
    await bob.ready({ timeout: 0 })
    expect(bob.get('a')).toBe(1)
    expect(alice.status().links).toBe(1)
  })

  it('rejects when its time is over, while reads go on', async () => {
    const clock = manualClock()
    const hub = memoryHub(clock)
    // Whatever bob sends is lost: there is a member, and no session ever ends.
    const network: typeof hub.network = (options) => ({ ...hub.network(options), send: () => true })
    await peerWith({ name: 'alice', network: hub.network, clock })
    const bob = await peerWith({ name: 'bob', network, clock, values: { a: 1 } })
    await next(bob, 'linked')
    const waiting = bob.ready({ timeout: '5s' })
    clock.advance(5_001)
    await expect(waiting).rejects.toMatchObject({
      code: 'NOT_READY',
      message:
        'no session with another member ended within 5000 ms; reads work, but may be behind: 1 of 2 members in sight',
    })
    expect(bob.get('a')).toBe(1)
  })

  it('ends with the reason of its signal, and when the peer closes', async () => {
    const hub = memoryHub()
    const deaf: typeof hub.network = (options) => ({ ...hub.network(options), send: () => true })
    await peerWith({ name: 'alice', network: deaf })
    const bob = await peerWith({ name: 'bob', network: deaf })
    await next(bob, 'linked')
    const controller = new AbortController()
    const aborted = bob.ready({ signal: controller.signal })
    const closed = bob.ready()
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    const closing = bob.close()
    await expect(closed).rejects.toMatchObject({ code: 'PEER_CLOSED' })
    await closing
  })
})

describe('sync', () => {
  it('compares with the others now', async () => {
    const mesh = await meshOf('alice', 'bob')
    const [alice] = mesh.peers as [Peer]
    const before = alice.status().counters['framesOut']!
    await alice.sync()
    expect(alice.status().counters['framesOut']).toBeGreaterThan(before)
  })

  it('has nothing to do alone', async () => {
    const peer = await peerWith()
    expect(await peer.sync({ timeout: 0 })).toBe(undefined)
  })

  it('says so when nobody answers in time', async () => {
    const mesh = await meshOf('alice', 'bob')
    mesh.cut(['alice'], ['bob'])
    await expect(mesh.peers[0]!.sync({ timeout: 30 })).rejects.toMatchObject({ code: 'NOT_READY' })
    await expect(mesh.peers[0]!.sync({ timeout: 'now' })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })
})

describe('close', () => {
  it('can be called twice, ends what waits, and leaves reads as they are', async () => {
    const peer = await peerWith({ values: { a: 1 } })
    const iterator = peer.watch()[Symbol.asyncIterator]()
    await iterator.next()
    const waiting = iterator.next()
    await Promise.all([peer.close(), peer.close()])
    expect((await waiting).done).toBe(true)
    expect(peer.get('a')).toBe(1)
    for (const call of [() => peer.set('b', 1), () => peer.sync(), () => peer.ready()]) {
      await expect(call()).rejects.toMatchObject({ code: 'PEER_CLOSED' })
    }
    await peer.close()
  })

  it('stores what was written before', async () => {
    const disk = new Map<string, Uint8Array>()
    const peer = await peerWith({ store: async () => memoryStore({ disk }) })
    const writing = peer.set('a', 1)
    await peer.close()
    expect(await writing).toMatchObject({ isNew: true })
  })
})

describe('a network that fails', () => {
  /** That of a hub, of which a test can break a part. */
  const broken =
    (part: Partial<Network>): OpenNetwork =>
    (options) => ({ ...memoryHub().network(options), ...part })

  it('is told of once, and tried again until the peer closes', async () => {
    const clock = manualClock()
    const notices: Notice[] = []
    let starts = 0
    const start = async (): Promise<void> => {
      starts += 1
      throw new Error('the port is in use')
    }
    const peer = await testPeer({
      clock,
      network: broken({ start }),
      onNotice: (notice) => notices.push(notice),
    })
    for (let times = 0; times < 3; times++) {
      await Promise.resolve()
      clock.advance(5_000)
    }
    await peer.close()
    clock.advance(60_000)
    expect(starts).toBe(4)
    expect(notices).toEqual([{ notice: 'network', text: 'the port is in use' }])
  })

  it('keeps no store open by failing to close', async () => {
    const store = memoryStore()
    const close = async (): Promise<never> => {
      throw new Error('it hangs on')
    }
    const peer = await testPeer({ network: broken({ close }), store: async () => store })
    await expect(peer.close()).rejects.toThrow('it hangs on')
    await expect(store.load()).rejects.toMatchObject({ code: 'PEER_CLOSED' })
  })
})

describe('a disk that fails', () => {
  it('keeps readers going and writers waiting, and says so', async () => {
    let isGone = false
    const notices: Notice[] = []
    const beforeStore = (): void => {
      if (isGone) throw new MeshError('STORE_IO', 'the disk is gone')
    }
    const peer = await peerWith({
      store: async () => memoryStore({ beforeStore }),
      values: { limits: { daily: 1 } },
      onNotice: (notice) => notices.push(notice),
    })
    const limits = peer.bind('limits', z.object({ daily: z.number() }), { default: { daily: 0 } })
    isGone = true
    await expect(peer.set('limits', { daily: 2 })).rejects.toThrow('the disk is gone')
    await expect(peer.set('limits', { daily: 3 })).rejects.toThrow('the disk is gone')
    expect(peer.get('limits')).toEqual({ daily: 1 })
    expect(limits.value).toEqual({ daily: 1 })
    expect(peer.status()).toMatchObject({ store: 'failed', storeError: 'the disk is gone' })
    expect(notices).toContainEqual({ notice: 'store', text: 'the disk is gone' })
  })

  it('shows what it really held once it takes writes again', async () => {
    const clock = manualClock()
    const disk = new Map<string, Uint8Array>()
    let isFull = false
    const beforeStore = (): void => {
      if (isFull) throw new MeshError('STORE_FULL', 'the disk is full')
    }
    const peer = await peerWith({
      clock,
      store: async () => memoryStore({ disk, beforeStore }),
      values: { a: 1 },
      onNotice() {},
    })
    isFull = true
    await expect(peer.set('a', 2)).rejects.toThrow('the disk is full')
    isFull = false
    const told = next(peer, 'notice')
    clock.advance(1_000)
    expect(await told).toMatchObject({ text: 'the store takes writes again' })
    expect(peer.get('a')).toBe(1)
    await peer.set('a', 3)
    expect(peer.get('a')).toBe(3)
    expect(peer.history('a').map(({ value }) => value)).toEqual([1, 3])
  })

  it('catches up with the others as soon as it takes writes again', async () => {
    const clock = manualClock()
    const hub = memoryHub(clock)
    const disk = new Map<string, Uint8Array>()
    let isFull = false
    const beforeStore = (): void => {
      if (isFull) throw new MeshError('STORE_FULL', 'the disk is full')
    }
    const store = async (): Promise<Store> => memoryStore({ disk, beforeStore })
    const alice = await peerWith({ clock, name: 'alice', network: hub.network })
    const bob = await peerWith({ clock, network: hub.network, store, onNotice() {} })
    await next(bob, 'synced')
    isFull = true
    const failed = next(bob, 'notice')
    await alice.set('a', 1)
    await failed
    isFull = false
    const caughtUp = next(bob, 'change')
    clock.advance(500)
    expect((await caughtUp).changes).toMatchObject([{ key: 'a', value: 1 }])
  })

  it('tells a refusal again to the replica that was opened anew', async () => {
    const clock = manualClock()
    const disk = new Map<string, Uint8Array>()
    let isFull = false
    const beforeStore = (): void => {
      if (isFull) throw new MeshError('STORE_FULL', 'the disk is full')
    }
    const store = async (): Promise<Store> => memoryStore({ disk, beforeStore })
    const peer = await peerWith({ clock, store, values: { a: 1 }, onNotice() {} })
    peer.bind('a', z.string(), { default: 'none' })
    isFull = true
    await expect(peer.set('b', 2)).rejects.toThrow('the disk is full')
    isFull = false
    const told = next(peer, 'notice')
    clock.advance(1_000)
    await told
    const { release } = peer.entry('a')!
    expect(peer.receipts(release)).toMatchObject([{ receipt: 'refused', key: 'a' }])
  })
})
