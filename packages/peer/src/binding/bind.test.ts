import type { Value } from '@grapevine/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Binding } from './bind.js'
import type { Peer } from '../peer.js'
import { manualClock, testMesh, testPeer } from '../testing.js'
import type { TestMesh, TestPeerOptions } from '../testing.js'

const open: { close(): Promise<void> }[] = []

async function peerWith(
  values: Readonly<Record<string, Value>> = {},
  options: TestPeerOptions = {},
): Promise<Peer> {
  const peer = await testPeer({ values, ...options })
  open.push(peer)
  return peer
}

async function meshOf(names: readonly string[]): Promise<TestMesh> {
  const mesh = await testMesh(names)
  open.push(mesh)
  return mesh
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each.close()))
})

const Limits = z.object({ daily: z.number().int().max(10_000) })
const limitsOf = (peer: Peer): Binding<z.infer<typeof Limits>> =>
  peer.bind('limits', Limits, { default: { daily: 500 } })

/** The next time that a binding hears of something. */
const next = async <T, E extends 'change' | 'invalid'>(
  binding: Binding<T>,
  event: E,
): Promise<Parameters<Parameters<typeof binding.on<E>>[1]>[0]> =>
  new Promise((resolve) => {
    const stop = binding.on(event, (detail) => {
      stop()
      resolve(detail)
    })
  })

describe('a binding', () => {
  it('shows the last good value also after a restart, and says that it is not the newest', async () => {
    const peer = await peerWith()
    await peer.set('limits', { daily: 800 })
    await peer.set('limits', { daily: 900 })
    await peer.set('limits', { daily: 'lots' })
    const limits = limitsOf(peer)
    expect(limits.value).toEqual({ daily: 900 })
    expect(limits.meta).toMatchObject({ source: 'disk', stale: true, author: peer.id })
    expect(await next(limits, 'invalid')).toMatchObject({ value: { daily: 'lots' } })
    await peer.set('limits', { daily: 700 })
    expect(limits.value).toEqual({ daily: 700 })
    expect(limits.meta.stale).toBe(false)
  })

  it('goes back behind no removal: then the default was the last good value', async () => {
    const peer = await peerWith({ limits: { daily: 800 } })
    await peer.remove('limits')
    await peer.set('limits', { daily: 'lots' })
    expect(limitsOf(peer).value).toEqual({ daily: 500 })
  })

  it('shows its default until there is a value, and again when there is none any more', async () => {
    const peer = await peerWith()
    const limits = limitsOf(peer)
    expect(limits.value).toEqual({ daily: 500 })
    expect(limits.meta).toMatchObject({ source: 'default', release: undefined, stale: false })
    await peer.set('limits', { daily: 800 })
    expect(limits.value).toEqual({ daily: 800 })
    await peer.remove('limits')
    expect(limits.value).toEqual({ daily: 500 })
    expect(limits.meta.source).toBe('default')
  })

  it('shows at once what the disk holds, and says whose it is and since when', async () => {
    const clock = manualClock()
    const peer = await peerWith({}, { clock })
    const release = await peer.set('limits', { daily: 800 })
    clock.advance(1_000)
    const limits = limitsOf(peer)
    expect(limits.value).toEqual({ daily: 800 })
    expect(limits.meta).toEqual({
      source: 'mesh',
      release: peer.entry('limits')!.release,
      author: peer.id,
      since: clock.now(),
      stale: false,
    })
    expect(limits.meta.release).toMatchObject({ name: release.name })
  })

  it('has the keys below its own as members', async () => {
    const peer = await peerWith({ limits: { daily: 800 } })
    const limits = limitsOf(peer)
    const release = await peer.set('limits/daily', 900)
    expect(limits.value).toEqual({ daily: 900 })
    expect(limits.meta.release?.name).toBe(release.name)
    await peer.set('limitsless', 1)
    expect(limits.meta.release?.name).toBe(release.name)
    await peer.remove('limits/daily')
    expect(limits.value).toEqual({ daily: 800 })
  })

  it('never shows what its schema refuses: the last good value stays', async () => {
    const peer = await peerWith({ limits: { daily: 800 } })
    const limits = limitsOf(peer)
    const told = next(limits, 'invalid')
    await peer.set('limits', { daily: 'lots' })
    expect(limits.value).toEqual({ daily: 800 })
    expect(limits.meta.stale).toBe(true)
    const { value, reason } = await told
    expect(value).toEqual({ daily: 'lots' })
    expect(reason).toContain('daily: Invalid input')
    await peer.set('limits', { daily: 900 })
    expect(limits.value).toEqual({ daily: 900 })
    expect(limits.meta.stale).toBe(false)
  })

  it('tells of what it refused at first to whoever listens right after binding', async () => {
    const peer = await peerWith({ limits: { daily: 'lots' } })
    const limits = limitsOf(peer)
    expect(limits.value).toEqual({ daily: 500 })
    expect((await next(limits, 'invalid')).value).toEqual({ daily: 'lots' })
  })

  it('keeps the very same value while it stays equal, and tells of no change', async () => {
    const peer = await peerWith({ limits: { daily: 800 } })
    const limits = limitsOf(peer)
    const heard: unknown[] = []
    limits.on('change', (change) => heard.push(change))
    const { value, meta } = limits
    const again = await peer.set('limits', { daily: 800 }, { force: true })
    expect(limits.value).toBe(value)
    expect(limits.meta).toMatchObject({ since: meta.since, release: { name: again.name } })
    expect(heard).toEqual([])
  })

  it('moves once for all that one release changes', async () => {
    const peer = await peerWith()
    const both = peer.bind('k', z.object({ a: z.number(), b: z.number() }), {
      default: { a: 0, b: 0 },
    })
    const heard: unknown[] = []
    both.on('change', ({ value, previous }) => heard.push([previous, value]))
    both.on('invalid', ({ reason }) => heard.push(reason))
    await peer.publish({ set: { 'k/a': 1, 'k/b': 2 } })
    expect(heard).toEqual([
      [
        { a: 0, b: 0 },
        { a: 1, b: 2 },
      ],
    ])
  })

  it('is up to date before anybody hears of the change of another one', async () => {
    const peer = await peerWith()
    const [a, b] = ['a', 'b'].map((key) => peer.bind(key, z.number(), { default: 0 })) as [
      Binding<number>,
      Binding<number>,
    ]
    const seen: unknown[] = []
    for (const binding of [a, b]) binding.on('change', () => seen.push([a.value, b.value]))
    await peer.publish({ set: { a: 1, b: 1 } })
    expect(seen).toEqual([
      [1, 1],
      [1, 1],
    ])
  })

  it('tells of each value that it refuses, once', async () => {
    const peer = await peerWith({ limits: 'first' })
    const limits = limitsOf(peer)
    const heard: unknown[] = []
    limits.on('invalid', ({ value }) => heard.push(value))
    await Promise.all(['second', 'third'].map(async (value) => peer.set('limits', value)))
    expect(heard).toEqual(['first', 'second', 'third'])
  })

  it('asks for its default once, and returns to it', async () => {
    const peer = await peerWith()
    let asked = 0
    const options = {
      get default(): { daily: number } {
        return { daily: (asked += 1) }
      },
    }
    const limits = peer.bind('limits', Limits, options)
    const { value } = limits
    await peer.set('limits', { daily: 7 })
    await peer.remove('limits')
    expect(limits.value).toBe(value)
  })

  it('is up to date before anybody else hears of the change', async () => {
    const peer = await peerWith()
    const seen: unknown[] = []
    peer.on('change', () => seen.push(limits.value.daily))
    const limits = limitsOf(peer)
    await peer.set('limits', { daily: 7 })
    expect(seen).toEqual([7])
  })

  it('calls a subscriber at once and then after each change, until he has enough', async () => {
    const peer = await peerWith()
    const limits = limitsOf(peer)
    const heard: unknown[] = []
    const stop = limits.subscribe((now, before) => heard.push([before?.daily, now.daily]))
    await peer.set('limits', { daily: 1 })
    await peer.set('limits', { daily: 2 })
    stop()
    await peer.set('limits', { daily: 3 })
    expect(heard).toEqual([
      [undefined, 500],
      [500, 1],
      [1, 2],
    ])
  })

  it('lets no subscriber harm another, or the peer', async () => {
    const notices: string[] = []
    const peer = await peerWith({}, { onNotice: ({ text }) => notices.push(text) })
    const limits = limitsOf(peer)
    const heard: unknown[] = []
    limits.subscribe(() => {
      throw new Error('mine')
    })
    limits.subscribe((value) => heard.push(value.daily))
    await peer.set('limits', { daily: 1 })
    expect(heard).toEqual([500, 1])
    expect(notices).toEqual(Array(2).fill('a listener of the binding of limits failed: mine'))
    expect(peer.status().counters['listenerFailures']).toBe(2)
  })

  it('shows what the schema makes of a value', async () => {
    const peer = await peerWith({ at: '2026-01-01' })
    const at = peer.bind('at', z.coerce.date(), { default: new Date(0) })
    expect(at.value).toEqual(new Date('2026-01-01'))
    expect(Object.isFrozen(limitsOf(peer).value)).toBe(true)
  })

  it('waits for a schema that takes its time, and drops an answer that was overtaken', async () => {
    const peer = await peerWith()
    const answers = new Map<unknown, () => void>()
    const schema = z
      .number()
      .refine(
        async (count) => new Promise<boolean>((resolve) => answers.set(count, () => resolve(true))),
      )
    const count = peer.bind('count', schema, { default: 0 })
    await peer.set('count', 1)
    await peer.set('count', 2)
    expect(count.value).toBe(0)
    expect(count.meta.stale).toBe(true)
    const changed = next(count, 'change')
    await expect.poll(() => answers.size).toBe(2)
    answers.get(2)!()
    answers.get(1)!()
    expect(await changed).toMatchObject({ value: 2, previous: 0, meta: { stale: false } })
    expect(count.value).toBe(2)
  })

  it('takes a schema that throws, or answers garbage, for a refusal', async () => {
    const peer = await peerWith({ a: 1 })
    const bad: ((value: unknown) => unknown)[] = [
      () => {
        throw new Error('broken')
      },
      () => undefined,
      async () => Promise.reject(new Error('broken')),
      () => 'yes',
    ]
    for (const validate of bad) {
      const schema = { '~standard': { version: 1, vendor: 'test', validate } } as StandardSchemaV1
      const binding = peer.bind('a', schema, { default: 'safe' })
      await next(binding, 'invalid')
      expect(binding.value).toBe('safe')
      expect(binding.meta.stale).toBe(true)
      binding.close()
    }
  })

  it('is stale while there are others and none was heard for a while', async () => {
    const clock = manualClock()
    const mesh = await testMesh(['alice', 'bob'], { clock })
    open.push(mesh)
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const limits = limitsOf(alice)
    const heard = new Promise((resolve) => alice.on('presence', resolve))
    clock.advance(15_000)
    await heard
    expect(limits.meta.stale).toBe(false)
    await bob.close()
    clock.advance(60_000)
    expect(limits.meta.stale).toBe(true)
  })

  it('keeps its value and follows no more once it is closed', async () => {
    const peer = await peerWith({ limits: { daily: 1 } })
    const controller = new AbortController()
    const { signal } = controller
    const byHand = limitsOf(peer)
    const bySignal = peer.bind('limits', Limits, { default: { daily: 0 }, signal })
    const { meta } = byHand
    byHand.close()
    byHand.close()
    controller.abort()
    await peer.set('limits', { daily: 2 })
    expect([byHand.value.daily, bySignal.value.daily]).toEqual([1, 1])
    expect(byHand.meta).toEqual(meta)
    const tooLate = peer.bind('limits', Limits, { default: { daily: 0 }, signal })
    await peer.set('limits', { daily: 3 })
    expect(tooLate.value.daily).toBe(2)
  })

  it('keeps its value when the peer closes', async () => {
    const peer = await peerWith({ limits: { daily: 1 } })
    const limits = limitsOf(peer)
    await peer.close()
    expect(limits.value.daily).toBe(1)
    expect(() => limitsOf(peer)).toThrow(expect.objectContaining({ code: 'PEER_CLOSED' }))
  })

  it('is not made without a schema, a default, and a key', async () => {
    const peer = await peerWith()
    const options = { default: 1 }
    expect(() => peer.bind('a', {} as never, options as never)).toThrow('pass a Standard Schema')
    expect(() => peer.bind('a', Limits, undefined as never)).toThrow('write { default: … }')
    expect(() => peer.bind('', Limits, { default: { daily: 1 } })).toThrow(
      expect.objectContaining({ code: 'KEY_INVALID' }),
    )
    expect(() => limitsOf(peer).subscribe(7 as never)).toThrow('subscriber 7 cannot be called')
    const signal = 'stop' as never
    expect(() => peer.bind('a', Limits, { default: { daily: 1 }, signal })).toThrow(
      "signal 'stop' cannot be listened to",
    )
  })
})

describe('a refusal', () => {
  /** What a peer's receipts of a release say of another peer. */
  const receipt = (peer: Peer, release: string, of: Peer): unknown =>
    peer.receipts(release).find((one) => one.peer === of.id)

  /** Until the receipts of a release say so of another peer. */
  const untilReceipt = async (
    peer: Peer,
    release: string,
    { of, is }: { readonly of: Peer; readonly is: object },
  ): Promise<void> => {
    await expect.poll(() => receipt(peer, release, of)).toMatchObject(is)
  }

  it('is seen by the publisher, with its key and its reason', async () => {
    const mesh = await meshOf(['alice', 'bob'])
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const limits = limitsOf(bob)
    const release = await alice.set('limits', { daily: 'a secret word' })
    const failure = release.reached({ timeout: '20s' })
    await expect(failure).rejects.toMatchObject({
      code: 'NOT_REACHED',
      data: { reached: 1, refused: 1, members: 2 },
    })
    await expect(failure).rejects.toThrow(
      /will not reach all members: 1 of 2 have it, 1 refused \(bob, limits: daily: /,
    )
    const told = { receipt: 'refused', name: 'bob', key: 'limits' }
    expect(receipt(alice, release.name, bob)).toMatchObject(told)
    expect(JSON.stringify(receipt(alice, release.name, bob))).not.toContain('secret')
    expect(limits.value).toEqual({ daily: 500 })
  })

  it('is withdrawn when a good value comes, and when the binding closes', async () => {
    const mesh = await meshOf(['alice', 'bob'])
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const limits = limitsOf(bob)
    const bad = await alice.set('limits', { daily: 'bad' })
    await untilReceipt(alice, bad.name, { of: bob, is: { receipt: 'refused' } })
    const good = await alice.set('limits', { daily: 1 })
    await good.reached({ timeout: '20s' })
    expect(receipt(alice, bad.name, bob)).toMatchObject({ receipt: 'reached' })
    const worse = await alice.set('limits', { daily: 'worse' })
    await untilReceipt(alice, worse.name, { of: bob, is: { receipt: 'refused' } })
    limits.close()
    await untilReceipt(alice, worse.name, { of: bob, is: { receipt: 'reached' } })
  })

  it('names the release that is shown now, also where the same value is written again', async () => {
    const peer = await peerWith({ limits: { daily: 'bad' } })
    limitsOf(peer)
    const again = await peer.set('limits', { daily: 'bad' }, { force: true })
    expect(receipt(peer, again.name, peer)).toMatchObject({ receipt: 'refused' })
  })

  it('stays until the last of several bindings takes the value', async () => {
    const peer = await peerWith()
    const loose = peer.bind('limits', z.object({ daily: z.any() }), { default: { daily: 0 } })
    const strict = limitsOf(peer)
    const other = peer.bind('limits', Limits, { default: { daily: 1 } })
    const bad = await peer.set('limits', { daily: 'bad' })
    expect(loose.value).toEqual({ daily: 'bad' })
    strict.close()
    expect(receipt(peer, bad.name, peer)).toMatchObject({ receipt: 'refused' })
    loose.close()
    expect(receipt(peer, bad.name, peer)).toMatchObject({ receipt: 'refused' })
    other.close()
    expect(receipt(peer, bad.name, peer)).toMatchObject({ receipt: 'reached' })
  })

  it('names the key below that is at fault', async () => {
    const peer = await peerWith({ limits: { daily: 1 } })
    limitsOf(peer)
    const bad = await peer.set('limits/daily', 20_000)
    expect(receipt(peer, bad.name, peer)).toMatchObject({ receipt: 'refused', key: 'limits/daily' })
  })
})
