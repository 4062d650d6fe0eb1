import { Malformed } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { memoryHub } from './memory.js'
import type { MemoryHub } from './memory.js'
import type { Network, NetworkHooks, Trust } from './network.js'

interface Station {
  readonly network: Network
  /** What it was told, in order. */
  readonly told: string[]
  /** Resolves once it was told this. */
  until(what: string): Promise<void>
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
const bytes = (said: string): Uint8Array => new Uint8Array(Buffer.from(said))

interface StationOptions {
  readonly mesh?: string
  readonly gossip?: boolean
  readonly handling?: () => Promise<void>
  readonly trust?: Trust
}

/** A network of `hub`, called like its peer, on which each stream frame takes as long as `handling`. */
function station(
  hub: MemoryHub,
  name: string,
  { mesh = 'mesh', gossip = true, handling = async () => {}, trust }: StationOptions = {},
): Station {
  const told: string[] = []
  const waiting = new Set<() => void>()
  const tell = (what: string): void => {
    told.push(what)
    for (const look of waiting) look()
  }
  const hooks: NetworkHooks = {
    async received(from, frame) {
      tell(`${from} sent ${text(frame)}`)
      await handling()
      return 'accept'
    },
    async heard(from, frame) {
      tell(`${from} published ${text(frame)}`)
      return 'accept'
    },
    linked: ({ peer }) => tell(`linked ${peer}`),
    unlinked: (peer, why) => tell(`unlinked ${peer}: ${why}`),
    notice: ({ text: said }) => tell(said),
  }
  const network = hub.network({
    identity: { peer: name as PeerId, seed: bytes(name), sign: (given) => given },
    meshId: bytes(mesh),
    introduction: { name, instance: name, software: 'test' },
    book: {
      contacts: () => [],
      contact: () => undefined,
      learn: ({ peer, addresses }) => tell(`met ${peer} at ${addresses.join()}`),
    },
    hooks,
    listen: [],
    announce: [],
    seeds: [],
    mdns: false,
    gossip,
    trust,
  })
  const until = async (what: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!told.includes(what)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  return { network, told, until }
}

const alice = 'alice' as PeerId
const bob = 'bob' as PeerId

async function meeting(
  hub = memoryHub(),
  options: Parameters<typeof station>[2] = {},
): Promise<{ readonly hub: MemoryHub; readonly a: Station; readonly b: Station }> {
  const [a, b] = [station(hub, 'alice', options), station(hub, 'bob', options)]
  await Promise.all([a.network.start(), b.network.start()])
  return { hub, a, b }
}

describe('the network in memory', () => {
  it('links all peers of a mesh, and introduces them to each other', async () => {
    const { hub, a, b } = await meeting()
    const stranger = station(hub, 'mallory', { mesh: 'another' })
    await stranger.network.start()
    expect(a.told).toEqual(['met bob at /memory/bob', 'linked bob'])
    expect(b.told).toEqual(['met alice at /memory/alice', 'linked alice'])
    expect(stranger.told).toEqual([])
    expect(a.network.links()).toMatchObject([{ peer: bob, introduction: { name: 'bob' } }])
    expect(a.network.addresses()).toEqual(['/memory/alice'])
  })

  it('delivers later, in order, and to each his own bytes', async () => {
    const { a, b } = await meeting()
    const frame = bytes('one')
    expect(a.network.send(bob, frame)).toBe(true)
    frame.fill(0)
    a.network.send(bob, bytes('two'))
    a.network.publish(bytes('three'))
    expect(b.told.slice(2)).toEqual([])
    await b.until('alice published three')
    expect(b.told.slice(2)).toEqual(['alice sent one', 'alice sent two', 'alice published three'])
    expect(a.network.counters()).toEqual({ framesIn: 0, framesOut: 3, bytesIn: 0, bytesOut: 11 })
    expect(b.network.counters()).toEqual({ framesIn: 3, framesOut: 0, bytesIn: 11, bytesOut: 0 })
  })

  it('delivers the next frame of a stream only when the one before it was handled', async () => {
    let handled = (): void => {}
    const handling = async (): Promise<void> => new Promise((resolve) => (handled = resolve))
    const { a, b } = await meeting(memoryHub(), { handling })
    a.network.send(bob, bytes('one'))
    a.network.send(bob, bytes('two'))
    await b.until('alice sent one')
    expect(b.told).not.toContain('alice sent two')
    handled()
    await b.until('alice sent two')
    handled()
  })

  it('delivers nothing over a line that is cut, and links again when it heals', async () => {
    const { hub, a, b } = await meeting()
    a.network.send(bob, bytes('lost on its way'))
    hub.cut(['alice'], ['bob', 'carol'])
    expect(a.network.send(bob, bytes('refused'))).toBe(false)
    expect(a.told.at(-1)).toBe('unlinked bob: the line was cut')
    hub.heal()
    a.network.send(bob, bytes('here'))
    await b.until('alice sent here')
    expect(b.told.slice(2)).toEqual([
      'unlinked alice: the line was cut',
      'met alice at /memory/alice',
      'linked alice',
      'alice sent here',
    ])
  })

  it('keeps whoever is in no group linked with everybody', async () => {
    const { hub, a } = await meeting()
    const carol = station(hub, 'carol')
    await carol.network.start()
    hub.cut(['alice'], ['bob'])
    expect(carol.network.links().map(({ peer }) => peer)).toEqual([alice, bob])
    expect(a.network.links().map(({ peer }) => peer)).toEqual(['carol'])
  })

  it('forgets whoever leaves', async () => {
    const { a, b } = await meeting()
    await b.network.close()
    expect(a.told.at(-1)).toBe('unlinked bob: it has left')
    expect(a.network.links()).toEqual([])
  })

  it('links nobody who left before he came', async () => {
    const hub = memoryHub()
    const late = station(hub, 'late')
    const starting = late.network.start()
    await late.network.close()
    await starting
    const { a } = await meeting(hub)
    expect(a.network.links().map(({ peer }) => peer)).toEqual([bob])
  })

  it('publishes down the streams where there is no gossip', async () => {
    const { a, b } = await meeting(memoryHub(), { gossip: false })
    a.network.publish(bytes('presence'))
    await b.until('alice sent presence')
    expect(b.told).not.toContain('alice published presence')
  })
})

/** Members are those whose badge is their name; keys are news once. */
function trustOf(name: string, revoked: ReadonlySet<string>) {
  const state = { badge: [bytes(name)], keys: '' }
  const trust: Trust = {
    badge: () => state.badge,
    admit: (peer, badge) =>
      badge.map(text).join() === peer && !revoked.has(peer)
        ? { is: 'member', badge: [] as never }
        : { is: 'stranger', why: 'shows no badge of this mesh' },
    networkKeys: () => [],
    keysFrame: () => (state.keys === '' ? undefined : bytes(state.keys)),
    hearKeys(frame) {
      const isNews = state.keys !== text(frame)
      state.keys = text(frame)
      return isNews
    },
    hearBadge(badge) {
      if (badge.length === 0) throw new Malformed('it is empty')
      state.badge = [...badge]
    },
  }
  return { trust, state }
}

describe('a closed mesh in memory', () => {
  it('links members only, and no more whoever was revoked', async () => {
    const hub = memoryHub()
    const revoked = new Set<string>()
    const a = station(hub, 'alice', { trust: trustOf('alice', revoked).trust })
    const b = station(hub, 'bob', { trust: trustOf('bob', revoked).trust })
    const m = station(hub, 'mallory', { trust: trustOf('somebody', revoked).trust })
    for (const { network } of [a, b, m]) await network.start()
    await a.until('peer mallory shows no badge of this mesh')
    expect(a.network.links().map(({ peer }) => peer)).toEqual(['bob'])
    expect(m.network.links()).toEqual([])
    revoked.add('bob')
    a.network.recheck()
    await b.until('unlinked alice: shows no badge of this mesh')
    expect(a.network.links()).toEqual([])
  })

  it('hands on keys of the network, and badges', async () => {
    const hub = memoryHub()
    const made = ['alice', 'bob', 'carol'].map((name) => ({ name, ...trustOf(name, new Set()) }))
    const stations = made.map(({ name, trust }) => station(hub, name, { trust }))
    for (const { network } of stations) await network.start()
    made[0]!.state.keys = 'new'
    stations[0]!.network.tellKeys()
    expect(made.map(({ state }) => state.keys)).toEqual(['new', 'new', 'new'])
    expect(stations[0]!.network.bringBadge(bob, [bytes('bob'), bytes('wider')])).toBe(true)
    expect(made[1]!.state.badge.map(text)).toEqual(['bob', 'wider'])
    expect(stations[0]!.network.bringBadge(bob, [])).toBe(true)
    expect(stations[0]!.network.bringBadge('dave' as PeerId, [])).toBe(false)
  })
})
