import { MeshError } from '@grapevine/core'
import type { Value } from '@grapevine/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { Draft, Peer } from '../peer.js'
import type { Store } from '../store/store.js'
import { memoryStore, testMesh, testPeer } from '../testing.js'
import type { TestMesh } from '../testing.js'

const open: { close(): Promise<void> }[] = []

async function peerWith(values: Readonly<Record<string, Value>> = {}): Promise<Peer> {
  const peer = await testPeer({ values })
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

/** A store whose disk takes as long as the test wants. */
function slowDisk(): { store: Store; stop(): void; goOn(): void } {
  const store = memoryStore()
  let goOn = (): void => {}
  let going = Promise.resolve()
  return {
    store: { ...store, append: async (transaction) => going.then(() => store.append(transaction)) },
    stop: () => void (going = new Promise((resolve) => (goOn = resolve))),
    goOn: () => goOn(),
  }
}

async function fails(call: Promise<unknown>, code: string, text = ''): Promise<void> {
  const error: unknown = await call.catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code })
  expect((error as MeshError).message).toContain(text)
}

describe('set', () => {
  it('is readable, and durable, when it answers', async () => {
    const disk = new Map<string, Uint8Array>()
    const peer = await testPeer({ store: async () => memoryStore({ disk }) })
    open.push(peer)
    const before = disk.size
    const release = await peer.set('a', { b: [1, 2] }, { message: 'because', requestId: 'r1' })
    expect(disk.size).toBeGreaterThan(before)
    expect(peer.get('a')).toEqual({ b: [1, 2] })
    expect(release).toMatchObject({
      author: peer.id,
      message: 'because',
      requestId: 'r1',
      isNew: true,
    })
    expect(release.name).toBe(`${peer.status().replica}·1`)
  })

  it('answers sooner where memory is enough, and readers wait for the disk', async () => {
    const disk = slowDisk()
    const peer = await testPeer({ store: async () => disk.store })
    open.push(peer)
    disk.stop()
    const release = await peer.set('a', 1, { ack: 'accepted' })
    expect(release.isNew).toBe(true)
    expect(peer.get('a')).toBe(undefined)
    disk.goOn()
    await release.reached()
    expect(peer.get('a')).toBe(1)
  })

  it('keeps its own copy of the value, and hands out what nobody can change', async () => {
    const peer = await peerWith()
    const mine = { list: [1] }
    await peer.set('a', mine)
    mine.list.push(2)
    const value = peer.get('a') as { list: number[] }
    expect(value).toEqual({ list: [1] })
    expect(() => value.list.push(3)).toThrow(TypeError)
  })

  it('writes an equal value once, and names the release that says so', async () => {
    const peer = await peerWith()
    const first = await peer.set('a', { b: 1, c: 2 })
    const second = await peer.set('a', { c: 2, b: 1 })
    expect(second).toMatchObject({ name: first.name, isNew: false })
    expect(await second.reached()).toMatchObject({ reached: 1, members: 1 })
    expect(await peer.set('a', { b: 1, c: 2 }, { force: true })).toMatchObject({ isNew: true })
  })

  it('names what said so when it was asked, whatever is written before the disk answers', async () => {
    const disk = slowDisk()
    const peer = await testPeer({ store: async () => disk.store })
    open.push(peer)
    const first = await peer.set('a', 1)
    disk.stop()
    const writes = [peer.set('b', 1), peer.set('a', 1), peer.set('a', 2)]
    disk.goOn()
    expect((await Promise.all(writes))[1]).toMatchObject({ name: first.name, isNew: false })
  })

  it('writes once whatever is asked for again with the same request id', async () => {
    const peer = await peerWith()
    const first = await peer.set('a', 1, { requestId: 'r' })
    await peer.set('a', 2)
    const again = await peer.set('a', 1, { requestId: 'r' })
    expect(again).toMatchObject({ name: first.name, isNew: false })
    expect(peer.get('a')).toBe(2)
  })

  it('writes only at the version that its caller saw', async () => {
    const peer = await peerWith()
    await peer.set('a', 1, { ifMatch: null })
    const { version } = peer.entry('a')!
    await fails(peer.set('a', 2, { ifMatch: null }), 'IF_MATCH_FAILED')
    await peer.set('a', 2, { ifMatch: version })
    await fails(peer.set('a', 3, { ifMatch: version }), 'IF_MATCH_FAILED', 'read it again')
    expect(peer.get('a')).toBe(2)
  })

  it('refuses what cannot be a key or a value, and touches nothing', async () => {
    const peer = await peerWith()
    const keys: unknown[] = [
      '',
      '/a',
      'a//b',
      'a/../b',
      'x'.repeat(513),
      undefined,
      7,
      7n,
      Symbol('a'),
    ]
    for (const key of keys) await fails(peer.set(key as string, 1), 'KEY_INVALID')
    const values: unknown[] = [
      () => 1,
      7n,
      Symbol('a'),
      Number.NaN,
      new Date(),
      new Map(),
      { a: undefined },
    ]
    for (const value of values) await fails(peer.set('a', value as Value), 'VALUE_INVALID')
    await fails(
      peer.set('a', undefined as never),
      'VALUE_INVALID',
      'it is undefined; remove the key instead',
    )
    const options: unknown[] = [
      { ack: 'soon' },
      { message: 7 },
      { requestId: {} },
      { ifMatch: 7 },
      { force: 1 },
      { signal: 'stop' },
    ]
    for (const option of options) await fails(peer.set('a', 1, option as object), 'OPTION_INVALID')
    expect(peer.status().keys).toBe(0)
    expect(peer.history('a')).toEqual([])
  })

  it('lets no code of the caller into the replica', async () => {
    const peer = await peerWith({ a: 1 })
    const throwing = {
      get member(): number {
        throw new Error('mine')
      },
    }
    let reads = 0
    const fickle = {
      get member(): unknown {
        return (reads += 1) > 1 ? () => reads : 1
      },
    }
    const gone = Proxy.revocable({}, {})
    gone.revoke()
    await fails(peer.set('a', throwing), 'VALUE_INVALID', 'value for a cannot be used: mine')
    const hostile: unknown[] = [fickle, gone.proxy]
    for (const value of hostile) await fails(peer.set('a', value as Value), 'VALUE_INVALID')
    await fails(peer.rollback(peer.entry('a')!.release, { message: 7 as never }), 'OPTION_INVALID')
    class Sly extends Map<string, string> {
      override [Symbol.iterator](): never {
        throw new Error('sly')
      }
    }
    await expect(peer.publish({ set: { a: 2 }, ifMatch: new Sly() })).rejects.toThrow('sly')
    expect(peer.status().store).toBe('open')
    await peer.set('a', 2)
    expect(peer.get('a')).toBe(2)
  })

  it('is not begun for whoever has given up, and not waited for by whoever gives up', async () => {
    const peer = await peerWith()
    const gone = AbortSignal.abort(new Error('gone'))
    await expect(peer.set('a', 1, { signal: gone })).rejects.toThrow('gone')
    expect(peer.history('a')).toEqual([])
    const controller = new AbortController()
    const writing = peer.set('a', 2, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(writing).rejects.toThrow('enough')
    await peer.set('b', 1)
    expect(peer.get('a')).toBe(2)
  })

  it('is refused by a closed peer, also while it closes', async () => {
    const peer = await peerWith({ a: 1 })
    const closing = peer.close()
    await fails(peer.set('a', 2), 'PEER_CLOSED')
    await closing
    await fails(peer.set('a', 2), 'PEER_CLOSED')
    expect(peer.get('a')).toBe(1)
  })
})

describe('remove', () => {
  it('takes a key away, and says who did', async () => {
    const peer = await peerWith({ a: 1 })
    const release = await peer.remove('a', { message: 'no longer' })
    expect(peer.has('a')).toBe(false)
    expect(peer.history('a').at(-1)).toMatchObject({
      value: undefined,
      release: { name: release.name },
    })
  })

  it('of what was removed already names the release that did', async () => {
    const peer = await peerWith({ a: 1 })
    const first = await peer.remove('a')
    await peer.set('b', 1)
    const second = await peer.remove('a')
    expect(second).toMatchObject({ name: first.name, isNew: false })
    expect(await second.reached()).toMatchObject({ reached: 1 })
  })

  it('of what was never there names the newest release that is held here', async () => {
    const mesh = await meshOf('alice', 'bob')
    const [alice, bob] = mesh.peers as [Peer, Peer]
    await fails(alice.remove('never'), 'RELEASE_UNKNOWN', 'nothing was ever written here')
    await bob.set('a', 1)
    const last = await alice.set('b', 1)
    const release = await alice.remove('never')
    expect(release).toMatchObject({ name: last.name, isNew: false })
    expect(await release.reached({ timeout: '20s' })).toMatchObject({ reached: 2, members: 2 })
  })
})

describe('publish', () => {
  it('sets and removes many keys in one release', async () => {
    const peer = await peerWith({ a: 1, b: 1 })
    const heard: number[] = []
    peer.on('change', ({ changes }) => heard.push(changes.length))
    const release = await peer.publish({
      set: { a: 2, c: 3 },
      remove: ['b'],
      message: 'all at once',
    })
    expect(peer.entries().map(({ key, value }) => [key, value])).toEqual([
      ['a', 2],
      ['c', 3],
    ])
    expect(heard).toEqual([3])
    expect(peer.release(release.name)).toMatchObject({
      release: { message: 'all at once' },
      changes: [
        { key: 'a', before: 1, after: 2 },
        { key: 'b', before: 1, after: undefined },
        { key: 'c', before: undefined, after: 3 },
      ],
    })
  })

  it('takes Maps as well as objects', async () => {
    const peer = await peerWith()
    const version = (await peer.set('a', 1)).id
    await peer.publish({ set: new Map([['a', 2]]), ifMatch: new Map([['a', version]]) })
    await fails(peer.publish({ set: { a: 3 }, ifMatch: { a: version } }), 'IF_MATCH_FAILED')
    expect(peer.get('a')).toBe(2)
  })

  it('does all of it or nothing', async () => {
    const peer = await peerWith({ a: 1 })
    await fails(peer.publish({ set: { a: 2, b: Number.NaN } }), 'VALUE_INVALID')
    await fails(peer.publish({ set: { a: 2 }, remove: ['a'] }), 'RELEASE_INVALID')
    expect(peer.get('a')).toBe(1)
  })

  it('wants many removes to be confirmed', async () => {
    const keys = Array.from({ length: 17 }, (_, at) => `k/${at}`)
    const peer = await peerWith(Object.fromEntries(keys.map((key) => [key, 1])))
    await fails(peer.publish({ remove: keys }), 'BULK_REMOVE_UNCONFIRMED', 'confirm the count 17')
    await peer.publish({ remove: keys, confirmRemoves: 17 })
    expect(peer.status().keys).toBe(0)
  })

  it('waits for all releases that say already what it wants to say', async () => {
    const mesh = await meshOf('alice', 'bob')
    const [alice, bob] = mesh.peers as [Peer, Peer]
    await alice.set('a', 1)
    const newest = await alice.set('b', 1)
    bob.bind('a', refuseAll, { default: 0 })
    await mesh.settle()
    const release = await alice.publish({ set: { a: 1, b: 1 } })
    expect(release).toMatchObject({ name: newest.name, isNew: false })
    await fails(release.reached({ timeout: '20s' }), 'NOT_REACHED', '1 refused (bob, a: never)')
  })

  it('refuses what is no draft', async () => {
    const peer = await peerWith()
    const drafts: unknown[] = [
      undefined,
      null,
      'a',
      {},
      { set: {} },
      { set: [1] },
      { set: 'a' },
      { remove: 'a' },
      { remove: new Set(['a']) },
      { set: { a: 1 }, ifMatch: 'v' },
      { set: { a: 1 }, ifMatch: { a: undefined } },
      { set: { a: 1 }, confirmRemoves: '1' },
    ]
    for (const draft of drafts) await fails(peer.publish(draft as Draft), 'OPTION_INVALID')
    await fails(peer.publish({ remove: [7 as never] }), 'KEY_INVALID')
    await fails(peer.publish({ set: new Map([[7 as never, 1]]) }), 'KEY_INVALID')
    expect(peer.entries()).toEqual([])
  })
})

const refuseAll = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: () => ({ issues: [{ message: 'never' }] }),
  },
}

describe('diff', () => {
  it('says what readers would see differently, and writes nothing', async () => {
    const peer = await peerWith({ a: 1, b: { c: [1] }, d: 4 })
    const draft = { set: { e: 5, b: { c: [1] }, a: 2 }, remove: ['d', 'none'] }
    expect(peer.diff(draft)).toEqual([
      { key: 'a', before: 1, after: 2 },
      { key: 'd', before: 4, after: undefined },
      { key: 'e', before: undefined, after: 5 },
    ])
    expect(peer.get('a')).toBe(1)
    await peer.publish(draft)
    expect(peer.diff(draft)).toEqual([])
  })

  it('knows values as they would be stored', async () => {
    const peer = await peerWith({ bytes: new Uint8Array([1, 2]), zero: 0 })
    expect(peer.diff({ set: { bytes: Buffer.from([1, 2]), zero: -0 } })).toEqual([])
  })

  it('refuses what could not be published', async () => {
    const peer = await peerWith()
    expect(() => peer.diff({ set: { '': 1 } })).toThrow(MeshError)
    expect(() => peer.diff({ set: { a: Number.NaN } })).toThrow('value for a cannot be used')
  })
})

describe('rollback', () => {
  it('returns keys to what they were, where they still show the release', async () => {
    const peer = await peerWith({ a: 1, b: 1, c: 1 })
    const bad = await peer.publish({ set: { a: 2, b: 2, d: 2 }, remove: ['c'] })
    await peer.set('b', 3)
    const { published, returned, changedSince, unknown } = await peer.rollback(bad.name)
    expect({ returned, changedSince, unknown }).toEqual({
      returned: ['a', 'c', 'd'],
      changedSince: ['b'],
      unknown: [],
    })
    expect(peer.entries().map(({ key, value }) => [key, value])).toEqual([
      ['a', 1],
      ['b', 3],
      ['c', 1],
    ])
    expect(published).toMatchObject({ isNew: true, message: `undoes ${bad.name}` })
    expect(await published!.reached()).toMatchObject({ reached: 1 })
  })

  it('is done once, and says so the next time', async () => {
    const peer = await peerWith({ a: 1 })
    const bad = await peer.set('a', 2)
    const first = await peer.rollback(bad, { requestId: 'undo', message: 'mine' })
    const retried = await peer.rollback(bad, { requestId: 'undo' })
    expect(retried).toMatchObject({
      published: { name: first.published!.name, isNew: false, message: 'mine' },
      returned: ['a'],
      changedSince: [],
    })
    const again = await peer.rollback(bad)
    expect(again).toMatchObject({ published: undefined, returned: [], changedSince: ['a'] })
  })

  it('can be undone itself', async () => {
    const peer = await peerWith({ a: 1 })
    const release = await peer.set('a', 2)
    const { published } = await peer.rollback(release)
    await peer.rollback(published!)
    expect(peer.get('a')).toBe(2)
  })

  it('needs a release that is known', async () => {
    const peer = await peerWith({ a: 1 })
    await fails(peer.rollback('yesterday'), 'OPTION_INVALID', "'yesterday' names no release")
    await fails(peer.rollback(`${peer.status().replica}·99`), 'RELEASE_UNKNOWN')
    await fails(peer.rollback('cafe·1'), 'RELEASE_UNKNOWN')
    expect(peer.get('a')).toBe(1)
  })
})

describe('resolve', () => {
  /** Alice and bob, who wrote the same key while they were cut off from each other. */
  async function conflicting(): Promise<{ mesh: TestMesh; alice: Peer; bob: Peer }> {
    const mesh = await meshOf('alice', 'bob')
    const [alice, bob] = mesh.peers as [Peer, Peer]
    mesh.cut(['alice'], ['bob'])
    await alice.set('banner', 'Sale!')
    await bob.set('banner', 'Closed')
    mesh.heal()
    await mesh.settle()
    return { mesh, alice, bob }
  }

  it('takes the value that was not shown, for everybody', async () => {
    const { mesh, alice, bob } = await conflicting()
    const [conflict] = alice.conflicts()
    const [other] = conflict!.others
    await alice.resolve('banner', { release: other!.release.name })
    await mesh.settle()
    for (const peer of [alice, bob]) {
      expect(peer.get('banner')).toBe(other!.value)
      expect(peer.conflicts()).toEqual([])
    }
  })

  it('takes the value that is shown, or one of the caller', async () => {
    const { alice } = await conflicting()
    const { release, value } = alice.entry('banner')!
    expect(await alice.resolve('banner', { release })).toMatchObject({ isNew: true })
    expect(alice.entry('banner')).toMatchObject({ value, others: [] })
    const again = await conflicting()
    await again.bob.resolve('banner', { value: 'Open' }, { message: 'agreed' })
    expect(again.bob.entry('banner')).toMatchObject({
      value: 'Open',
      release: { message: 'agreed' },
    })
  })

  it('settles only what its caller saw', async () => {
    const { alice } = await conflicting()
    const { release } = alice.entry('banner')!
    const blind = alice.resolve('banner', { release }, { ifMatch: 'another' })
    await fails(blind, 'IF_MATCH_FAILED')
    expect(alice.conflicts()).toHaveLength(1)
  })

  it('names the releases there are to choose from', async () => {
    const { alice } = await conflicting()
    const elsewhere = await alice.set('other', 1)
    const { release, others } = alice.entry('banner')!
    const choice = `take ${release.name} or ${others[0]!.release.name}`
    await fails(alice.resolve('banner', { release: elsewhere }), 'RELEASE_UNKNOWN', choice)
    await fails(alice.resolve('none', { release: elsewhere }), 'RELEASE_UNKNOWN', 'it has none')
    await fails(
      alice.resolve('banner', undefined as never),
      'OPTION_INVALID',
      'write { release } or',
    )
    await fails(alice.resolve('banner', {} as never), 'OPTION_INVALID')
    expect(alice.conflicts()).toHaveLength(1)
  })
})
