import type { Stream } from '@libp2p/interface'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createNetworks, seedOf } from '../../test/networks.js'
import type { TestNetwork, TestNetworkOptions } from '../../test/networks.js'
import { createStrangers, frame } from '../../test/strangers.js'
import type { Budgets } from './budget.js'
import { frameKinds } from './wire.js'

const networks = createNetworks()
const strangers = createStrangers()
afterEach(async () => {
  await networks.closeAll()
  await strangers.stopAll()
})

const soon = { timeout: 20_000, interval: 10 }
const megabyte = 1024 * 1024

const replicaFrame = (text: string): Uint8Array =>
  frame(Buffer.concat([Buffer.of(frameKinds.replica), Buffer.from(text)]))

const countFrom = (network: TestNetwork, peer: string): number =>
  network.received.filter(({ from }) => from === peer).length

/** Alice, an honest bob, and mallory with a link that does what the test says. */
async function threesome(budgets: Partial<Budgets>, ofAlice: TestNetworkOptions = {}) {
  const alice = await networks.start({ gossip: false, budgets, ...ofAlice })
  const bob = await networks.start({ gossip: false, seeds: seedOf(alice) })
  await vi.waitFor(() => expect(alice.links()).toHaveLength(1), soon)
  const node = await strangers.start()
  const { stream } = await node.link(alice)
  await vi.waitFor(() => expect(alice.links()).toHaveLength(2), soon)
  const mallory = alice.links().find(({ peer }) => peer !== bob.peer)!.peer
  return { alice, bob, mallory, stream }
}

/** How long one frame takes from bob to alice. */
async function tripMs(alice: TestNetwork, bob: TestNetwork): Promise<number> {
  const before = countFrom(alice, bob.peer)
  const sentMs = performance.now()
  bob.send(alice.peer, Buffer.of(1))
  await vi.waitUntil(() => countFrom(alice, bob.peer) > before, { timeout: 5_000, interval: 1 })
  return performance.now() - sentMs
}

describe('a member that sends frames as fast as it can', () => {
  it('is read more slowly, takes no memory, and stands in nobody’s way', async () => {
    const linkFrames = { burst: 100, perSecond: 50 }
    const { alice, bob, mallory, stream } = await threesome({ linkFrames })
    const startedMs = performance.now()
    const before = process.memoryUsage()
    let isFull = false
    const chunk = Buffer.concat(Array.from({ length: 500 }, () => replicaFrame('again and again')))
    for (let index = 0; index < 5_000 && !isFull; index++) isFull = !stream.send(chunk)
    await vi.waitFor(() => expect(countFrom(alice, mallory)).toBeGreaterThan(99), soon)
    const trips: number[] = []
    for (let index = 0; index < 20; index++) trips.push(await tripMs(alice, bob))
    const seconds = (performance.now() - startedMs) / 1_000
    expect(countFrom(alice, mallory)).toBeLessThan(100 + 50 * seconds + 10)
    expect(trips.toSorted((a, b) => a - b)[10]).toBeLessThan(50)
    expect(alice.counters()['linksSlowed']).toBeGreaterThan(0)
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(32 * megabyte)
    expect(alice.links()).toHaveLength(2)
  })
})

describe('a member that asks for everything, again and again', () => {
  it('gets no more than its share, and others get theirs', async () => {
    const linkBytes = { burst: megabyte, perSecond: megabyte }
    const state = Buffer.alloc(64 * 1024, 1)
    const served = new Map<string, number>()
    const { alice, bob, mallory, stream } = await threesome(
      { linkBytes },
      {
        async onReceived(_, from, network) {
          // As a session does: whoever asks gets it all.
          if (!network.send(from, state)) return
          served.set(from, (served.get(from) ?? 0) + state.length)
        },
      },
    )
    const startedMs = performance.now()
    const asked = Buffer.concat(Array.from({ length: 1_000 }, () => replicaFrame('all of it')))
    stream.send(asked)
    await vi.waitFor(() => expect(served.get(mallory)).toBeGreaterThan(2 * megabyte), soon)
    expect(await tripMs(alice, bob)).toBeLessThan(500)
    const seconds = (performance.now() - startedMs) / 1_000
    expect(served.get(mallory)).toBeLessThan(megabyte * (1 + seconds) + 2 * state.length)
    expect(served.get(bob.peer)).toBe(state.length)
  })
})

describe('a member whose questions take long to answer', () => {
  it('is answered in a share of the time, and the rest is for others', async () => {
    const askedMs = 10
    const { alice, bob, mallory, stream } = await threesome(
      { linkAnswersMs: { burst: 100, perSecond: 100 } },
      {
        async onReceived(_, from, network) {
          if (from === bob.peer) return
          const beganMs = performance.now()
          while (performance.now() - beganMs < askedMs);
          network.send(from, Buffer.alloc(1_024))
        },
      },
    )
    const startedMs = performance.now()
    stream.send(Buffer.concat(Array.from({ length: 500 }, () => replicaFrame('all of it'))))
    await vi.waitFor(() => expect(countFrom(alice, mallory)).toBeGreaterThan(15), soon)
    for (let index = 0; index < 20; index++) await tripMs(alice, bob)
    const seconds = (performance.now() - startedMs) / 1_000
    expect(countFrom(alice, mallory)).toBeLessThan((100 + 100 * seconds) / askedMs + 3)
  })
})

function trySend(stream: Stream): boolean {
  try {
    return stream.send(Buffer.of(1))
  } catch {
    return false
  }
}

describe('streams', () => {
  it('that are opened and never read cost nobody anything', async () => {
    const { alice, bob } = await threesome({})
    const mallory = await strangers.start()
    const { connection } = await mallory.link(alice)
    await vi.waitFor(() => expect(alice.links()).toHaveLength(3), soon)
    const before = process.memoryUsage()
    for (let index = 0; index < 500; index++) {
      const stream = await connection.newStream('/grapevine/pulse/1').catch(() => undefined)
      if (stream?.status !== 'open') continue
      stream.pause()
      // It is reset while they are sent, maybe.
      for (let beat = 0; beat < 100; beat++) if (!trySend(stream)) break
    }
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(8 * megabyte)
    expect(await tripMs(alice, bob)).toBeLessThan(500)
    expect(bob.unlinked).toEqual([])
    connection.abort(new Error('enough'))
  })
})
