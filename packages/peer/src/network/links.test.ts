import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createNetworks, freePorts, seedOf } from '../../test/networks.js'
import type { TestNetwork } from '../../test/networks.js'
import { startProxy } from '../../test/proxy.js'
import { createStrangers } from '../../test/strangers.js'
import { identityOf } from '../running/identity.js'
import { defaultTiming } from './timing.js'

const networks = createNetworks()
const strangers = createStrangers()
afterEach(async () => {
  await networks.closeAll()
  await strangers.stopAll()
})

const peersOf = (network: TestNetwork): readonly string[] =>
  network
    .links()
    .map(({ peer }) => peer)
    .toSorted()
const noticesOf = (network: TestNetwork): readonly string[] =>
  network.notices.map(({ notice }) => notice)
const soon = { timeout: 20_000, interval: 20 }

describe('two peers', () => {
  it('end with one link where both dial at the same moment, and keep it', async () => {
    for (let round = 0; round < 5; round++) {
      const ports = await freePorts(2)
      const seeds = ports.map((port) => `127.0.0.1:${port}`)
      const [alice, bob] = await Promise.all(
        ports.map((port) => networks.start({ listen: [`127.0.0.1:${port}`], seeds })),
      )
      await vi.waitFor(() => {
        expect(peersOf(alice!)).toEqual([bob!.peer])
        expect(peersOf(bob!)).toEqual([alice!.peer])
      }, soon)
      const made = (): number => alice!.counters()['linksMade']! + bob!.counters()['linksMade']!
      const before = made()
      // Both would dial again by now, if they had anything to dial for.
      await vi.waitFor(() => expect(alice!.counters()['dials']).toBeGreaterThan(1), soon)
      expect(made()).toBe(before)
      expect(alice!.send(bob!.peer, Buffer.of(1))).toBe(true)
      await vi.waitFor(() => expect(bob!.received).toHaveLength(1), soon)
      await networks.closeAll()
    }
  })

  it('of two meshes refuse each other, tell both sides why, once, and try again seldom', async () => {
    const alice = await networks.start({ mesh: 'one' })
    const bob = await networks.start({ mesh: 'two', seeds: seedOf(alice) })
    await vi.waitFor(() => {
      expect(noticesOf(alice)).toEqual(['stranger'])
      expect(noticesOf(bob)).toEqual(['stranger'])
    }, soon)
    expect(alice.notices[0]?.text).toContain('belongs to another mesh')
    expect(alice.notices[0]?.peer).toBe(bob.peer)
    await vi.waitFor(() => expect(bob.counters()['dials']).toBe(2), soon)
    expect([alice.links(), bob.links()]).toEqual([[], []])
    expect([alice.notices.length, bob.notices.length]).toEqual([1, 1])
    expect(alice.book.contacts()).toEqual([])
  })

  it('know the one under a key again after it was started anew', async () => {
    const identity = identityOf(randomBytes(32))
    const carol = await networks.start()
    const first = await networks.start({ identity, seeds: seedOf(carol) })
    await vi.waitFor(() => expect(peersOf(carol)).toEqual([identity.peer]), soon)
    await first.close()
    const second = await networks.start({ identity, seeds: seedOf(carol) })
    await vi.waitFor(() => expect(second.links()).toHaveLength(1), soon)
    expect(noticesOf(carol)).toEqual([])
    expect(noticesOf(second)).toEqual([])
  })

  it('know it again also where the line to the one before went dead without a word', async () => {
    const identity = identityOf(randomBytes(32))
    const [port = 0] = await freePorts(1)
    const line = await startProxy({ host: '127.0.0.1', port })
    const carol = await networks.start({
      listen: [`127.0.0.1:${port}`],
      timing: { aliveMs: 300 },
    })
    await networks.start({ identity, listen: [], seeds: [line.address] })
    await vi.waitFor(() => expect(carol.links()).toHaveLength(1), soon)
    line.silence()
    const second = await networks.start({ identity, seeds: seedOf(carol) })
    await vi.waitFor(() => expect(second.links()).toHaveLength(1), soon)
    expect(carol.links()[0]?.introduction.instance).toBe(second.instance)
    expect([noticesOf(carol), noticesOf(second)]).toEqual([[], []])
    await networks.closeAll()
    await line.close()
  })
})

describe('two processes under one key', () => {
  it('both hear of it from whoever meets them, and the first one stays', async () => {
    const identity = identityOf(randomBytes(32))
    const carol = await networks.start()
    const first = await networks.start({ identity, seeds: seedOf(carol) })
    await vi.waitFor(() => expect(first.links()).toHaveLength(1), soon)
    const second = await networks.start({ identity, seeds: seedOf(carol) })
    await vi.waitFor(() => {
      for (const network of [carol, first, second]) expect(noticesOf(network)).toEqual(['twin'])
    }, soon)
    await vi.waitFor(() => expect(second.links()).toEqual([]), soon)
    expect(peersOf(carol)).toEqual([identity.peer])
    expect(first.unlinked).toEqual([])
  })

  it('know it where one dials the other', async () => {
    const identity = identityOf(randomBytes(32))
    const first = await networks.start({ identity })
    const second = await networks.start({ identity, seeds: seedOf(first) })
    await vi.waitFor(() => expect(noticesOf(second)).toEqual(['twin']), soon)
  })

  it('are not one process that is a seed of its own', async () => {
    const [port] = await freePorts(1)
    const address = `127.0.0.1:${port}`
    const alice = await networks.start({
      listen: [address],
      seeds: [address],
      timing: { redialRarelyMs: 50 },
    })
    await vi.waitFor(() => expect(alice.counters()['dials']).toBeGreaterThan(3), soon)
    expect(alice.notices).toEqual([])
    expect(alice.counters()['dialsFailed']).toBe(0)
  })
})

describe('a connection', () => {
  it('on which nobody says hello is closed in time', async () => {
    const alice = await networks.start({ timing: { helloMs: 200 } })
    const mute = await strangers.start()
    const quiet = await mute.connect(alice)
    const half = await mute.connect(alice)
    await mute.open(half, Buffer.of(200))
    await vi.waitFor(() => {
      expect(quiet.status).not.toBe('open')
      expect(half.status).not.toBe('open')
    }, soon)
    expect(alice.links()).toEqual([])
    expect(noticesOf(alice)).toEqual(['stranger'])
  })

  it('to a node that is no peer is told as such, and dialed seldom', async () => {
    const other = await strangers.start()
    const seeds = other.node.getMultiaddrs().map((address) => address.toString())
    const alice = await networks.start({ seeds })
    await vi.waitFor(() => expect(noticesOf(alice)).toEqual(['incompatible']), soon)
    expect(alice.notices[0]?.text).toContain('speaks no /grapevine/hello/1')
  })

  it('of a peer of later versions is refused with a word on what to do', async () => {
    const alice = await networks.start()
    const later = await strangers.start()
    const { connection } = await later.link(alice, { versions: { min: 2, max: 3 } })
    await vi.waitFor(() => expect(connection.status).not.toBe('open'), soon)
    expect(alice.notices[0]).toMatchObject({ notice: 'incompatible' })
    expect(alice.notices[0]?.text).toMatch(
      /speaks protocol 2 to 3; this peer speaks 1: upgrade this one$/,
    )
  })

  it('of a peer of a later minor version is a link like any other', async () => {
    const alice = await networks.start()
    const later = await strangers.start()
    await later.link(alice, { versions: { min: 1, max: 3 } })
    await vi.waitFor(() => expect(alice.links()).toHaveLength(1), soon)
    expect(alice.links()[0]?.introduction.software).toBe('raw 1')
  })
})

describe('contacts', () => {
  it('travel: who knows one member finds the others', async () => {
    const alice = await networks.start()
    const seeds = seedOf(alice)
    const others = [
      await networks.start({ seeds }),
      await networks.start({ seeds }),
      await networks.start({ seeds }),
    ]
    await vi.waitFor(() => {
      for (const network of [alice, ...others]) expect(network.links()).toHaveLength(3)
    }, soon)
  })

  it('of who listens everywhere can be dialed from elsewhere', async () => {
    const alice = await networks.start({ listen: [':0'] })
    const port = /tcp\/(\d+)$/.exec(alice.addresses()[0] ?? '')?.[1]
    const bob = await networks.start()
    bob.book.learn(
      { peer: alice.peer, name: '', addresses: [`/ip4/127.0.0.1/tcp/${port}`], seenAt: 1 },
      alice.peer,
    )
    const carol = await networks.start({ listen: [':0'], seeds: seedOf(bob) })
    await vi.waitFor(() => expect(peersOf(carol)).toEqual([alice.peer, bob.peer].toSorted()), soon)
    expect(carol.book.contact(alice.peer)?.addresses[0]).toMatch(/^\/ip4\/(?!0\.0\.0\.0)/)
    expect(alice.book.contact(carol.peer)?.addresses.join()).not.toContain('0.0.0.0')
  })

  it('are told as announced, where that was asked for', async () => {
    const alice = await networks.start({ announce: ['alice.example:7000'] })
    const bob = await networks.start({
      seeds: seedOf(await networks.start()),
      timing: defaultTiming,
    })
    expect(alice.addresses()).toEqual(['/dns/alice.example/tcp/7000'])
    expect(bob.addresses()[0]).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+$/)
  })
})

describe('listening', () => {
  it('fails with the address and what to do', async () => {
    const alice = await networks.start()
    const taken = seedOf(alice)[0]!
    await expect(networks.start({ listen: [taken] })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: `cannot listen on ${taken}: another process listens there (EADDRINUSE): stop it, or take another port; 0 takes a free one`,
    })
    await expect(networks.start({ listen: ['nowhere'] })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message:
        'cannot listen on nowhere: write host:port, :port or a multiaddr such as /ip4/127.0.0.1/tcp/7000',
    })
    await expect(networks.start({ listen: ['192.0.2.1:0'] })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
    })
  })
})
