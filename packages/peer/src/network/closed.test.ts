import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createBadgeMaker, hourMs, networkKey } from '../../test/badges.js'
import type { Holder, TestTrust } from '../../test/badges.js'
import { createNetworks, freePorts, seedOf } from '../../test/networks.js'
import type { TestNetwork, TestNetworkOptions } from '../../test/networks.js'
import { identityOf } from '../running/identity.js'

const networks = createNetworks()
afterEach(() => networks.closeAll())

const soon = { timeout: 20_000, interval: 20 }
const maker = createBadgeMaker('test')

interface Member {
  readonly network: TestNetwork
  readonly trust: TestTrust
}

async function start(
  holder: Holder = maker.badge(),
  options: TestNetworkOptions & { readonly keys?: readonly Uint8Array[] } = {},
): Promise<Member> {
  const { keys, ...rest } = options
  const trust = maker.trust(holder, keys === undefined ? {} : { keys })
  const network = await networks.start({ identity: holder.identity, trust, ...rest })
  return { network, trust }
}

const linksOf = ({ network }: Member): readonly string[] =>
  network
    .links()
    .map(({ peer }) => peer)
    .toSorted()
const noticesOf = ({ network }: Member): readonly string[] =>
  network.notices.map(({ notice }) => notice)

describe('two members of a closed mesh', () => {
  it('link, know each other by name, and carry frames and gossip both ways', async () => {
    const alice = await start()
    const bob = await start(maker.badge(), { seeds: seedOf(alice.network) })
    await vi.waitFor(() => {
      expect(linksOf(alice)).toEqual([bob.network.peer])
      expect(linksOf(bob)).toEqual([alice.network.peer])
    }, soon)
    for (const { network } of [alice, bob]) {
      expect(network.links()[0]?.introduction).toMatchObject({ name: 'alice', software: 'test 1' })
    }
    expect(alice.network.book.contact(bob.network.peer)?.badge).toEqual(bob.trust.links)
    expect(alice.network.send(bob.network.peer, Buffer.from('to bob'))).toBe(true)
    await vi.waitFor(() => expect(bob.network.received).toHaveLength(1), soon)
    await vi.waitFor(() => {
      bob.network.publish(Buffer.from(`${performance.now()}`))
      expect(alice.network.heard.length).toBeGreaterThan(0)
    }, soon)
    expect([noticesOf(alice), noticesOf(bob)]).toEqual([[], []])
  })

  it('end with one link where both dial at the same moment, and keep it', async () => {
    const ports = await freePorts(2)
    const seeds = ports.map((port) => `127.0.0.1:${port}`)
    const both = await Promise.all(
      ports.map((port) => start(maker.badge(), { listen: [`127.0.0.1:${port}`], seeds })),
    )
    const [alice, bob] = both as [Member, Member]
    await vi.waitFor(() => {
      expect(linksOf(alice)).toEqual([bob.network.peer])
      expect(linksOf(bob)).toEqual([alice.network.peer])
    }, soon)
    await vi.waitFor(() => expect(alice.network.counters()['dials']).toBeGreaterThan(1), soon)
    expect(alice.network.send(bob.network.peer, Buffer.of(1))).toBe(true)
    await vi.waitFor(() => expect(bob.network.received).toHaveLength(1), soon)
  })

  it('stay linked while they have nothing to say', async () => {
    const timing = { pulseMs: 100, deadMs: 500 }
    const alice = await start(maker.badge(), { timing })
    const bob = await start(maker.badge(), { seeds: seedOf(alice.network), timing })
    await vi.waitFor(() => expect(linksOf(alice)).toHaveLength(1), soon)
    const sinceMs = performance.now()
    await vi.waitUntil(() => performance.now() - sinceMs > 1_500, soon)
    expect([alice.network.unlinked, bob.network.unlinked]).toEqual([[], []])
  })

  it('hear of it where they are two processes under one key', async () => {
    const carol = await start()
    const seeds = seedOf(carol.network)
    const holder = maker.badge()
    const first = await start(holder, { seeds })
    await vi.waitFor(() => expect(linksOf(first)).toHaveLength(1), soon)
    const second = await start(holder, { seeds })
    await vi.waitFor(() => {
      for (const member of [carol, first, second]) expect(noticesOf(member)).toEqual(['twin'])
    }, soon)
    expect(linksOf(carol)).toEqual([holder.identity.peer])
    expect(first.network.unlinked).toEqual([])
  })
})

/** Badges that are none, each with what its holder reads at last. */
const badBadges: readonly (readonly [string, () => Holder, string])[] = [
  ['no badge', () => ({ ...maker.badge(), links: [] }), 'shows no badge'],
  [
    'a badge it made itself',
    () => {
      const self = identityOf(randomBytes(32))
      return maker.badge({ of: self, by: self, draft: { issuer: self.peer } })
    },
    'it is not signed by the root of this mesh',
  ],
  [
    'a badge that names the root, which did not sign it',
    () => maker.badge({ by: identityOf(randomBytes(32)), draft: { issuer: maker.root.peer } }),
    'its signature does not hold',
  ],
  [
    'a badge that has ended',
    () => maker.badge({ draft: { notAfter: Date.now() - 1_000 } }),
    'had ended by then',
  ],
  ['a badge of another mesh', () => createBadgeMaker('other').badge(), 'not signed by the root'],
  [
    'a badge of a mesh of the same root',
    () => {
      const other = createBadgeMaker('other', maker.root)
      return other.badge()
    },
    'its signature does not hold',
  ],
  [
    'a badge of too many links',
    () => {
      let holder = maker.badge()
      for (let depth = 0; depth < 4; depth++) holder = maker.badge({ under: holder })
      return maker.badge({ under: holder })
    },
    '1 to 5 links, not 6',
  ],
  [
    'a badge under one that may let nobody in',
    () => maker.badge({ under: maker.badge({ draft: { grants: [] } }), draft: { grants: [] } }),
    'may let nobody in',
  ],
  [
    'the badge of somebody else',
    () => ({ ...maker.badge(), identity: identityOf(randomBytes(32)) }),
    'the badge of somebody else',
  ],
]

describe('a peer with', () => {
  it.each(badBadges)('%s is refused, and both sides hear why, once', async (_, make, why) => {
    const alice = await start()
    const timing = { redialRarelyMs: 200 }
    const mallory = await start(make(), { seeds: seedOf(alice.network), timing })
    await vi.waitFor(() => expect(noticesOf(mallory)).toEqual(['stranger']), soon)
    await vi.waitFor(() => expect(noticesOf(alice)).toEqual(['stranger']), soon)
    expect(alice.network.notices[0]?.text).toContain(why)
    expect(mallory.network.notices[0]?.text).toContain('does not let this peer in')
    expect(mallory.network.notices[0]?.text).toContain(why)
    expect([linksOf(alice), linksOf(mallory)]).toEqual([[], []])
    expect(alice.network.book.contacts()).toEqual([])
    await vi.waitFor(() => expect(mallory.network.counters()['dials']).toBeGreaterThan(1), soon)
    expect(mallory.network.notices).toHaveLength(1)
  })

  it('no good badge is refused by whoever dials it, too', async () => {
    const expired = maker.badge({ draft: { notAfter: Date.now() - hourMs / 2 } })
    const mallory = await start(expired)
    // It would let anybody in.
    mallory.trust.admit = (peer) => ({ is: 'member', badge: [] as never, peer }) as never
    const alice = await start(maker.badge(), { seeds: seedOf(mallory.network) })
    await vi.waitFor(() => {
      expect(noticesOf(alice)).toEqual(['stranger'])
      expect(noticesOf(mallory)).toEqual(['stranger'])
    }, soon)
    expect(alice.network.notices[0]?.text).toContain('had ended by then')
    expect([linksOf(alice), linksOf(mallory)]).toEqual([[], []])
    expect(alice.network.book.contacts()).toEqual([])
  })
})

describe('whoever is revoked', () => {
  it('is cut off at once, told once, and dialed no more', async () => {
    const alice = await start()
    const bob = await start(maker.badge(), { seeds: seedOf(alice.network) })
    const carol = await start(maker.badge(), { seeds: seedOf(alice.network) })
    const all = [alice, bob, carol]
    await vi.waitFor(() => {
      for (const member of all) expect(linksOf(member)).toHaveLength(2)
    }, soon)
    const revokedAtMs = performance.now()
    for (const { network, trust } of [alice, carol]) {
      trust.revoked.add(bob.network.peer)
      network.recheck()
    }
    expect(linksOf(alice)).toEqual([carol.network.peer])
    await vi.waitFor(() => expect(linksOf(bob)).toEqual([]), soon)
    expect(performance.now() - revokedAtMs).toBeLessThan(2_000)
    expect(alice.network.counters()['linksRevoked']).toBe(1)
    expect(alice.network.notices.filter(({ peer }) => peer === bob.network.peer)).toHaveLength(1)
    const dials = alice.network.counters()['dials']
    // Bob would be back by now.
    await vi.waitFor(() => expect(noticesOf(bob)).toContain('stranger'), soon)
    expect(alice.network.counters()['dials']).toBe(dials)
    expect(linksOf(alice)).toEqual([carol.network.peer])
    const dave = await start(maker.badge(), { seeds: seedOf(alice.network) })
    await vi.waitFor(() => expect(linksOf(dave)).toHaveLength(2), soon)
    // It would have been told by both.
    expect(dave.network.book.contact(bob.network.peer)).toBeUndefined()
  })

  it('does not slip in while it is being introduced', async () => {
    const alice = await start()
    const bob = maker.badge()
    let judged = 0
    const admit = alice.trust.admit.bind(alice.trust)
    alice.trust.admit = (peer, links, how) => {
      judged += 1
      const admission = admit(peer, links, how)
      // Between the badge and the rest.
      if (judged === 1) alice.trust.revoked.add(bob.identity.peer)
      return admission
    }
    const bobs = await start(bob, { seeds: seedOf(alice.network) })
    await vi.waitFor(() => expect(noticesOf(alice)).toEqual(['stranger']), soon)
    expect(linksOf(alice)).toEqual([])
    await vi.waitFor(() => expect(linksOf(bobs)).toEqual([]), soon)
  })
})

describe('hearsay', () => {
  it('without a badge that holds is not believed, and not passed on', async () => {
    const alice = await start()
    const bob = await start(maker.badge(), { seeds: seedOf(alice.network) })
    await vi.waitFor(() => expect(linksOf(alice)).toHaveLength(1), soon)
    const [ghost, liar] = [maker.badge(), maker.badge()]
    const seenAt = Date.now()
    const addresses = ['/ip4/127.0.0.1/tcp/1']
    // Bob believes in everything, and tells whoever is new.
    bob.trust.admit = (peer) => ({ is: 'member', badge: [] as never, peer }) as never
    for (const [holder, badge] of [
      [ghost, undefined],
      [liar, ghost.links],
    ] as const) {
      const { peer } = holder.identity
      bob.network.book.learn({ peer, name: 'x', addresses, seenAt, badge }, peer)
    }
    const known = maker.badge()
    const { peer } = known.identity
    bob.network.book.learn({ peer, name: 'k', addresses, seenAt, badge: known.links }, peer)
    const carol = await start(maker.badge(), { seeds: seedOf(bob.network) })
    await vi.waitFor(() => expect(carol.network.book.contact(peer)).toBeDefined(), soon)
    expect(carol.network.counters()['hearsayRefused']).toBeGreaterThanOrEqual(1)
    for (const { identity } of [ghost, liar]) {
      expect(carol.network.book.contact(identity.peer)).toBeUndefined()
      expect(alice.network.book.contact(identity.peer)).toBeUndefined()
    }
  })
})

describe('whose revocation has turned out void', () => {
  it('is known again as soon as it is back, whatever was thought of it when others told of it', async () => {
    const alice = await start()
    const bob = maker.badge()
    const { peer } = bob.identity
    alice.trust.revoked.add(peer)
    const carol = await start(maker.badge(), { seeds: seedOf(alice.network) })
    const bobs = await start(bob, { seeds: seedOf(carol.network) })
    const isRefused = (): unknown =>
      expect(alice.network.counters()['hearsayRefused']).toBeGreaterThan(0)
    await vi.waitFor(isRefused, soon)
    // Nobody has told the network yet that it is to look again.
    alice.trust.revoked.clear()
    await bobs.network.close()
    await start(bob, { seeds: seedOf(alice.network) })
    await vi.waitFor(() => expect(linksOf(alice)).toContain(peer), soon)
    expect(alice.network.book.contact(peer)?.badge).toEqual(bob.links)
  })
})

describe('a key of the network', () => {
  it('that is new reaches everybody, and no link is dropped where both keys are good', async () => {
    const alice = await start()
    const seeds = seedOf(alice.network)
    const others = [await start(maker.badge(), { seeds }), await start(maker.badge(), { seeds })]
    const all = [alice, ...others]
    await vi.waitFor(() => {
      for (const member of all) expect(linksOf(member)).toHaveLength(2)
    }, soon)
    const next = randomBytes(32)
    alice.trust.hearKeys(next)
    alice.network.tellKeys()
    await vi.waitFor(() => {
      for (const { trust } of all) expect(trust.keys).toHaveLength(2)
    }, soon)
    // Each is told by the others once, and no more.
    for (const { trust } of all) expect(trust.heardKeys.length).toBeLessThan(5)
    // One that knows only the old key comes in, and learns of the new one.
    const late = await start(maker.badge(), { seeds, keys: [networkKey] })
    await vi.waitFor(() => expect(late.trust.keys).toHaveLength(2), soon)
    // The old key is good no more; one with the new one alone comes in.
    for (const { trust } of [...all, late]) trust.keys = [next]
    const later = await start(maker.badge(), { seeds, keys: [next] })
    await vi.waitFor(() => expect(linksOf(later)).toHaveLength(4), soon)
    for (const { network } of all) expect(network.unlinked).toEqual([])
  })

  it('that the other side has not heard of is left for an older one at the next attempt', async () => {
    const alice = await start()
    const keys = [randomBytes(32), randomBytes(32), networkKey]
    const bob = await start(maker.badge(), { seeds: seedOf(alice.network), keys })
    await vi.waitFor(() => expect(linksOf(bob)).toEqual([alice.network.peer]), soon)
    expect(alice.network.counters()['knocksRefused']).toBe(2)
  })

  it('that is wrong leads nowhere, and nobody is told but by their own', async () => {
    const alice = await start()
    const seeds = seedOf(alice.network)
    const bob = await start(maker.badge(), { seeds, keys: [randomBytes(32)] })
    await vi.waitFor(() => expect(noticesOf(bob)).toEqual(['unreachable']), soon)
    expect(bob.network.notices[0]?.text).toContain('network key')
    expect(alice.network.notices).toEqual([])
    expect(alice.network.counters()['connectionsRefused']).toBe(0)
  })
})

describe('a new badge', () => {
  it('that is brought over a link is taken, and shown to all links from then on', async () => {
    const alice = await start()
    const bobs = maker.badge({ draft: { grants: [] } })
    const bob = await start(bobs, { seeds: seedOf(alice.network) })
    const carol = await start(maker.badge(), { seeds: seedOf(alice.network) })
    await vi.waitFor(() => {
      for (const member of [alice, bob, carol]) expect(linksOf(member)).toHaveLength(2)
    }, soon)
    const wider = maker.badge({ of: bobs.identity })
    expect(alice.network.bringBadge(bob.network.peer, wider.links)).toBe(true)
    await vi.waitFor(() => {
      expect(bob.trust.links).toEqual(wider.links)
      for (const { network } of [alice, carol]) {
        expect(network.book.contact(bob.network.peer)?.badge).toEqual(wider.links)
      }
    }, soon)
    expect(alice.network.bringBadge(identityOf(randomBytes(32)).peer, wider.links)).toBe(false)
  })
})
