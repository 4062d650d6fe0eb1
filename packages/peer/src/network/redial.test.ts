import type { PeerId } from '@grapevine/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createNetworks, freePorts, quick } from '../../test/networks.js'
import type { TestNetwork, TestNetworkOptions } from '../../test/networks.js'
import { startProxy } from '../../test/proxy.js'
import type { Proxy } from '../../test/proxy.js'
import { createRedial } from './redial.js'
import { defaultTiming } from './timing.js'

const networks = createNetworks()
const proxies: Proxy[] = []
afterEach(async () => {
  await networks.closeAll()
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()))
})

const soon = { timeout: 20_000, interval: 10 }

/** Alice reaches bob over a line that can be cut; bob cannot reach her. */
async function overLine(ofAlice: TestNetworkOptions = {}) {
  const [port = 0] = await freePorts(1)
  const line = await startProxy({ host: '127.0.0.1', port })
  proxies.push(line)
  const bob = await networks.start({ listen: [`127.0.0.1:${port}`], announce: [line.address] })
  const alice = await networks.start({ listen: [], seeds: [line.address], ...ofAlice })
  await vi.waitFor(() => expect(bothLinked(alice, bob)).toBe(true), soon)
  return { alice, bob, line }
}

const bothLinked = (alice: TestNetwork, bob: TestNetwork): boolean =>
  alice.links().length === 1 && bob.links().length === 1

describe('a link that was lost', () => {
  it('comes back, after more failures than libp2p itself would stand, and what is published then arrives', async () => {
    const { alice, bob, line } = await overLine()
    line.cut()
    await vi.waitFor(() => expect(alice.counters()['dialsFailed']).toBeGreaterThan(12), soon)
    expect(alice.links()).toEqual([])
    expect(alice.unlinked).toHaveLength(1)
    line.heal()
    await vi.waitFor(() => expect(bothLinked(alice, bob)).toBe(true), soon)
    bob.publish(Buffer.from('at once'))
    await vi.waitFor(() => expect([...alice.heard, ...alice.received]).toHaveLength(1), soon)
  })

  it('is seen where the other side vanished without a word, and comes back', async () => {
    const timing = { pulseMs: 100, deadMs: 500, dialMs: 500 }
    const { alice, bob, line } = await overLine({ timing })
    line.silence()
    const silentAtMs = performance.now()
    await vi.waitFor(() => expect(alice.links()).toEqual([]), soon)
    expect(performance.now() - silentAtMs).toBeLessThan(5_000)
    await vi.waitFor(() => expect(alice.counters()['dialsFailed']).toBeGreaterThan(1), soon)
    line.heal()
    await vi.waitFor(() => expect(bothLinked(alice, bob)).toBe(true), soon)
  })

  it('is not lost where this process stood still for longer than any time limit', async () => {
    const { alice, bob } = await overLine({ timing: { pulseMs: 100, deadMs: 300 } })
    const untilMs = performance.now() + 1_500
    while (performance.now() < untilMs) continue
    expect(alice.send(bob.peer, Buffer.of(1))).toBe(true)
    await vi.waitFor(() => expect(bob.received).toHaveLength(1), soon)
    const { framesReplicaOut } = alice.counters()
    expect(framesReplicaOut).toBe(1)
    expect([alice.unlinked, bob.unlinked]).toEqual([[], []])
  })

  it('is not missed where this peer closed', async () => {
    const { alice, bob } = await overLine()
    await alice.close()
    await vi.waitFor(() => expect(bob.links()).toEqual([]), soon)
    expect(alice.links()).toEqual([])
  })
})

describe('a seed', () => {
  it('that cannot be reached is told, once, and found when it is there at last', async () => {
    const [port = 0] = await freePorts(1)
    const seed = `127.0.0.1:${port}`
    const alice = await networks.start({ seeds: [seed] })
    await vi.waitFor(() => expect(alice.notices).toHaveLength(1), soon)
    expect(alice.notices[0]?.text).toMatch(
      /^nobody can be reached at 127\.0\.0\.1:\d+: .*ECONNREFUSED/,
    )
    const bob = await networks.start({ listen: [seed] })
    await vi.waitFor(() => expect(bothLinked(alice, bob)).toBe(true), soon)
    expect(alice.notices).toHaveLength(1)
  })

  it('may be a name that does not exist yet', async () => {
    const alice = await networks.start({ seeds: ['does-not-exist.invalid:7000'] })
    await vi.waitFor(
      () => expect(alice.notices.map(({ notice }) => notice)).toEqual(['unreachable']),
      soon,
    )
  })

  it('is looked for again once whoever was found there is gone', async () => {
    const [port = 0] = await freePorts(1)
    const seed = `127.0.0.1:${port}`
    const bob = await networks.start({ listen: [seed] })
    const alice = await networks.start({ seeds: [seed] })
    await vi.waitFor(() => expect(bothLinked(alice, bob)).toBe(true), soon)
    await bob.close()
    await vi.waitFor(() => expect(alice.links()).toEqual([]), soon)
    const carol = await networks.start({ listen: [seed] })
    await vi.waitFor(
      () => expect(alice.links().map(({ peer }) => peer)).toEqual([carol.peer]),
      soon,
    )
  })
})

describe('ten thousand who say to be near', () => {
  it('from the local network, are tried one a second, and keep no member waiting', async () => {
    const dialed: string[] = []
    let most = 0
    const addresses = Array.from({ length: 20 }, (_, index) => `/ip4/10.0.0.${index}/tcp/7000`)
    const idOf = (index: number): PeerId => `${index}`.padStart(64, 'f') as PeerId
    const member = { peer: idOf(1), name: 'bob', addresses, seenAt: Date.now() }
    const redial = createRedial({
      self: '0'.repeat(64) as PeerId,
      timing: { ...defaultTiming, ...quick },
      seeds: [],
      resolveSeed: async () => [],
      contacts: () => [member],
      mayDial: () => true,
      isLinked: () => false,
      linkCount: () => 0,
      shed() {},
      unreachable() {},
      async dial({ peer, addresses: given }) {
        dialed.push(peer ?? '')
        if (peer !== member.peer) most = Math.max(most, given.length)
        return { is: 'failed', why: 'nobody is there' }
      },
    })
    const startedMs = performance.now()
    for (let index = 2; index < 10_002; index++) redial.candidate(idOf(index), addresses)
    const ofOthers = (): readonly string[] => dialed.filter((peer) => peer !== member.peer)
    await vi.waitUntil(() => ofOthers().length >= 2, soon)
    redial.stop()
    const seconds = (performance.now() - startedMs) / 1_000
    expect(ofOthers().length).toBeLessThanOrEqual(1 + seconds)
    expect(most).toBe(4)
    expect(dialed.filter((peer) => peer === member.peer).length).toBeGreaterThan(0)
  })
})
