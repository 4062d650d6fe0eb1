import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Peer, Reach, ReachOptions } from '../peer.js'
import { manualClock, memoryStore, testMesh, testPeer } from '../testing.js'
import type { TestMesh } from '../testing.js'

const open: { close(): Promise<void> }[] = []

async function meshOf(...names: readonly string[]): Promise<TestMesh> {
  const mesh = await testMesh(names)
  open.push(mesh)
  return mesh
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each.close()))
})

describe('reached', () => {
  it('resolves once all members say that they hold the release', async () => {
    const { peers } = await meshOf('alice', 'bob', 'carol')
    const release = await peers[0]!.set('a', 1)
    const reach = await release.reached({ timeout: '20s' })
    expect(reach).toMatchObject({ reached: 3, refused: 0, members: 3 })
    expect(new Set(reach.receipts.map(({ name }) => name))).toEqual(
      new Set(['alice', 'bob', 'carol']),
    )
    expect(peers.map((peer) => peer.get('a'))).toEqual([1, 1, 1])
  })

  it('resolves once as many as were asked for hold it, the writer included', async () => {
    const mesh = await meshOf('alice', 'bob', 'carol')
    const [alice] = mesh.peers as [Peer]
    mesh.cut(['alice', 'bob'], ['carol'])
    const release = await alice.set('a', 1)
    expect(await release.reached({ peers: 1 })).toMatchObject({ reached: 1 })
    expect(await release.reached({ peers: 2, timeout: '20s' })).toMatchObject({ reached: 2 })
    const all = release.reached({ timeout: '20s' })
    mesh.heal()
    expect(await all).toMatchObject({ reached: 3 })
  })

  it('tells each new state of the receipts, from the first one on', async () => {
    const { peers } = await meshOf('alice', 'bob', 'carol')
    const release = await peers[0]!.set('a', 1)
    const seen: number[] = []
    await release.reached({ timeout: '20s', onProgress: ({ reached }) => seen.push(reached) })
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
    expect(seen[0]).toBe(1)
    expect(seen.at(-1)).toBe(3)
  })

  it('goes on when whoever follows its progress fails', async () => {
    const notices: string[] = []
    const mesh = await testMesh(['alice', 'bob'], { onNotice: ({ text }) => notices.push(text) })
    open.push(mesh)
    const { peers } = mesh
    const release = await peers[0]!.set('a', 1)
    const onProgress = (): void => {
      throw new Error('mine')
    }
    expect(await release.reached({ timeout: '20s', onProgress })).toMatchObject({ reached: 2 })
    expect(notices[0]).toBe('onProgress failed: mine')
  })

  it('rejects when its time is over, with the receipts so far and who is missing since when', async () => {
    const clock = manualClock()
    const mesh = await testMesh(['alice', 'bob'], { clock })
    open.push(mesh)
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const heard = new Promise((resolve) => alice.on('presence', resolve))
    clock.advance(15_000)
    await heard
    const { heardAt } = alice.peers().find((member) => member.peer === bob.id)!
    mesh.cut(['alice'], ['bob'])
    const release = await alice.set('a', 1)
    const waiting = release.reached({ timeout: '60s' })
    await Promise.resolve()
    clock.advance(60_001)
    await expect(waiting).rejects.toMatchObject({
      code: 'NOT_REACHED',
      message: `release ${release.name} has not reached all members within 60000 ms: 1 of 2 have it, 1 silent (bob since ${new Date(heardAt!).toISOString()})`,
      data: { reached: 1, refused: 0, members: 2 },
    })
  })

  it('does not wait on when everybody has answered and somebody refused', async () => {
    const { peers } = await meshOf('alice', 'bob', 'carol')
    const [alice, bob] = peers as [Peer, Peer]
    bob.bind('a', z.string(), { default: 'none' })
    const release = await alice.set('a', 1)
    await expect(release.reached()).rejects.toThrow(
      /will not reach all members: 2 of 3 have it, 1 refused \(bob, a: .+\)$/,
    )
    expect(await release.reached({ peers: 2 })).toMatchObject({ reached: 2, refused: 1 })
    await expect(release.reached({ peers: 3 })).rejects.toMatchObject({ code: 'NOT_REACHED' })
  })

  it('waits for members that are still to come, until its time is over', async () => {
    const { peers } = await meshOf('alice', 'bob')
    const release = await peers[0]!.set('a', 1)
    await release.reached({ timeout: '20s' })
    await expect(release.reached({ peers: 5, timeout: 50 })).rejects.toThrow(
      'has not reached 5 members within 50 ms: 2 of 2 have it',
    )
  })

  it('ends with the reason of its signal, and when the peer closes', async () => {
    const mesh = await meshOf('alice', 'bob')
    const [alice] = mesh.peers as [Peer]
    mesh.cut(['alice'], ['bob'])
    const release = await alice.set('a', 1)
    const controller = new AbortController()
    const aborted = release.reached({ signal: controller.signal })
    const closed = release.reached()
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    await expect(release.reached({ signal: controller.signal })).rejects.toThrow('enough')
    const closing = alice.close()
    await expect(closed).rejects.toMatchObject({ code: 'PEER_CLOSED' })
    await closing
    await expect(release.reached()).rejects.toMatchObject({ code: 'PEER_CLOSED' })
  })

  it('counts nobody before the release is durable here, and fails with the disk', async () => {
    let isFull = false
    const beforeStore = (): void => {
      if (isFull) throw new Error('the disk is gone')
    }
    const peer = await testPeer({ store: async () => memoryStore({ beforeStore }), onNotice() {} })
    open.push(peer)
    isFull = true
    const release = await peer.set('a', 1, { ack: 'accepted' })
    await expect(release.reached()).rejects.toThrow('the disk is gone')
    expect(peer.get('a')).toBe(undefined)
  })

  it('counts nobody before what is there already is durable here', async () => {
    const store = memoryStore()
    let goOn = (): void => {}
    const going = new Promise<void>((resolve) => (goOn = resolve))
    const append: typeof store.append = async (transaction) =>
      going.then(async () => store.append(transaction))
    const peer = await testPeer({ store: async () => ({ ...store, append }) })
    open.push(peer)
    await peer.set('a', 1, { ack: 'accepted' })
    const again = await peer.set('a', 1, { ack: 'accepted' })
    await expect(again.reached({ timeout: 5 })).rejects.toMatchObject({ code: 'NOT_REACHED' })
    goOn()
    expect(await again.reached({ timeout: '20s' })).toMatchObject({ reached: 1 })
  })

  it('looks no more once it is over, also where the disk answers later', async () => {
    const store = memoryStore()
    let goOn = (): void => {}
    const going = new Promise<void>((resolve) => (goOn = resolve))
    const append: typeof store.append = async (transaction) =>
      going.then(async () => store.append(transaction))
    const peer = await testPeer({ store: async () => ({ ...store, append }) })
    open.push(peer)
    const release = await peer.set('a', 1, { ack: 'accepted' })
    const seen: Reach[] = []
    const late = release.reached({ peers: 2, timeout: 5, onProgress: (reach) => seen.push(reach) })
    await expect(late).rejects.toMatchObject({ code: 'NOT_REACHED' })
    goOn()
    await release.reached({ peers: 1 })
    expect(seen).toEqual([])
  })

  it('refuses options that mean nothing', async () => {
    const { peers } = await meshOf('alice')
    const release = await peers[0]!.set('a', 1)
    const bad: unknown[] = [
      { peers: 0 },
      { peers: -1 },
      { peers: 1.5 },
      { peers: 'most' },
      { timeout: 'soon' },
      { onProgress: 'me' },
      { signal: 'stop' },
    ]
    for (const options of bad) {
      await expect(release.reached(options as ReachOptions)).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      })
    }
  })

  it('can be asked by several at once', async () => {
    const { peers } = await meshOf('alice', 'bob')
    const release = await peers[0]!.set('a', 1)
    const reaches: Reach[] = await Promise.all([1, 2, 3].map(async () => release.reached()))
    expect(reaches.map(({ reached }) => reached)).toEqual([2, 2, 2])
  })
})
