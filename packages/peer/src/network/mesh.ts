import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Libp2p } from '@libp2p/interface'
import { createAcquaintance } from './acquaintance.js'
import type { Acquaintance } from './acquaintance.js'
import { bareAddress, isNeighbour, resolvedAddresses } from './addresses.js'
import { defaultBudgets, openBudgets } from './budget.js'
import type { Budgets } from './budget.js'
import { createCounters } from './counters.js'
import { createDoor, watchDoor } from './door.js'
import type { Door } from './door.js'
import { createGossip } from './gossip.js'
import type { Gossip } from './gossip.js'
import { ownVersions } from './hello.js'
import type { Hello } from './hello.js'
import { createOutside, guarded, safeBook, safeTrust } from './hooks.js'
import { createKeyring } from './keyring.js'
import { createNode } from './libp2p.js'
import type { Neighbourhood } from './libp2p.js'
import type { Libp2pExtra } from './libp2p-network.js'
import { shownLink } from './link.js'
import { createLinks } from './links.js'
import { helloProtocol } from './meeting.js'
import type { Links } from './links.js'
import { announced, listenFailure, listenOn } from './listening.js'
import type { Network, NetworkOptions } from './network.js'
import { holdMs } from './pace.js'
import { fromLibrary } from './peer-ids.js'
import { protector } from './protector.js'
import * as reactions from './reactions.js'
import type { Parts } from './reactions.js'
import { createPulse, pulseProtocol } from './pulse.js'
import { createRedial } from './redial.js'
import type { Redial } from './redial.js'
import { createStrikes } from './strikes.js'
import { defaultTiming } from './timing.js'
import type { Timing } from './timing.js'
import * as trusting from './trusting.js'
import { createVouching } from './vouching.js'
import { encodeBadge } from './wire.js'

/** Of either protocol, over one connection. */
const oneStream = { maxInboundStreams: 1 } as const

/** A network that has started. */
export type Mesh = Omit<Network, 'start'>

export async function startMesh(options: NetworkOptions, extra: Libp2pExtra): Promise<Mesh> {
  const listen = await listenOn(options.listen)
  const announce = announced(options.announce)
  const { parts, door } = assemble(options, {
    timing: { ...defaultTiming, ...extra.timing },
    budgets: { ...(options.trust === undefined ? openBudgets : defaultBudgets), ...extra.budgets },
  })
  const { links, redial, pulse, timing, budgets, gossip, counters, keyring } = parts
  const node = await createNode({
    privateKey: await generateKeyPairFromSeed('Ed25519', options.identity.seed),
    listen,
    announce,
    transports: extra.transports,
    mdns: options.mdns ? neighbourhood(parts) : undefined,
    gater: door.gater,
    protector:
      keyring &&
      protector({ keyring, counters, knockMs: timing.knockMs, handshakes: budgets.handshakes }),
    gossip: gossip?.service,
    timing,
    budgets,
  })
  parts.node = node
  await node.handle(
    helloProtocol,
    (stream, connection) => {
      links.accept(stream, connection).catch((error: unknown) => connection.abort(error as Error))
    },
    oneStream,
  )
  await node.handle(
    pulseProtocol,
    (stream, connection) => pulse.accept(stream, connection),
    oneStream,
  )
  watchDoor(node, links, counters)
  try {
    await node.start()
  } catch (error) {
    throw listenFailure(error, options.listen)
  }
  gossip?.join()
  redial.wake()
  return meshOf(parts, node)
}

function meshOf(parts: Parts, node: Libp2p): Mesh {
  const { links, gossip, counters, redial, pulse, acquaintance, outside } = parts
  return {
    addresses: () => addressesOf(node),
    publish(bytes) {
      const linked = links.all().map(({ connection }) => connection)
      for (const { remotePeer } of gossip?.publish(bytes, linked) ?? linked) {
        const peer = fromLibrary(remotePeer)
        if (peer !== undefined) links.send(peer, 'replica', bytes)
      }
    },
    send: links.answer,
    recheck: () => trusting.recheck(parts),
    tellKeys: () => trusting.tellKeys(parts),
    bringBadge: (to, badge) => links.send(to, 'badge', encodeBadge(badge)),
    links: () => links.all().map(shownLink),
    counters: counters.all,
    async close() {
      outside.silence()
      redial.stop()
      pulse.stop()
      acquaintance.stop()
      await node.stop()
    },
  }
}

/** Makes the parts, and ties what one finds out to what others do about it. */
function assemble(
  options: NetworkOptions,
  { timing, budgets }: { readonly timing: Timing; readonly budgets: Budgets },
): { parts: Parts; door: Door } {
  const counters = createCounters()
  const trust = options.trust && safeTrust(options.trust, counters)
  const base: Base = {
    options,
    timing,
    budgets,
    counters,
    trust,
    keyring: trust && createKeyring(() => trust.networkKeys()),
    vouching: createVouching(trust),
    book: safeBook(options.book, counters),
    outside: createOutside(options.hooks, counters, budgets.strangersTold),
    strikes: createStrikes(timing.banMs),
  }
  const door = createDoor(base.strikes.isBanned, counters)
  const links = makeLinks(base, () => parts)
  const parts: Parts = {
    ...base,
    links,
    gossip: options.gossip ? makeGossip(base, () => parts) : undefined,
    acquaintance: makeAcquaintance(base, () => parts),
    redial: makeRedial(base, () => parts),
    pulse: createPulse({
      timing,
      links: links.all,
      mayWait: links.mayWait,
      dead({ connection }) {
        counters.add('linksDead')
        guarded(counters, () => connection.abort(new Error('nobody is there')))
      },
    }),
    knocks: door.knocks,
    contactCount: 0,
    shownBadge: trust?.badge() ?? [],
    node: undefined,
  }
  return { parts, door }
}

/** What every part may use; the parts themselves are there once all are made. */
type Base = Pick<
  Parts,
  | 'options'
  | 'timing'
  | 'budgets'
  | 'counters'
  | 'trust'
  | 'keyring'
  | 'vouching'
  | 'book'
  | 'outside'
  | 'strikes'
>

const makeLinks = (
  { options, timing, budgets, counters, trust }: Base,
  parts: () => Parts,
): Links =>
  createLinks({
    self: options.identity.peer,
    admit: trust && ((peer, badge) => trust.admit(peer, badge, 'introduced')),
    timing,
    budgets,
    counters,
    hello: () => helloOf(parts()),
    made: (link) => reactions.onLinked(parts(), link),
    lost: (link, why) => reactions.onUnlinked(parts(), link, why),
    frame: ({ peer }, kind, body) => reactions.onFrame(parts(), peer, kind, body),
    malformed: (peer, why) => reactions.onMisdeed(parts(), peer, why),
    strange: (peer, notice, why) => reactions.onStrange(parts(), peer, notice, why),
    twins: (peer, addresses) => reactions.onTwins(parts(), peer, addresses),
  })

const makeGossip = ({ options, budgets, counters, outside }: Base, parts: () => Parts): Gossip =>
  createGossip({
    meshId: options.meshId,
    messages: budgets.gossipMessages,
    seenMax: budgets.seenMessagesMax,
    mayWait: (connection) => parts().links.mayWait(connection),
    counters,
    heard: outside.heard,
    rejected: (from) => reactions.onMisdeed(parts(), from, 'it passes on what no member may take'),
    holdMs: () => holdMs(parts().links.all(), parts().contactCount),
  })

const makeAcquaintance = (
  { options, timing, book, vouching }: Base,
  parts: () => Parts,
): Acquaintance =>
  createAcquaintance({
    self: options.identity.peer,
    book,
    isVouched: vouching.isVouched,
    tellMs: timing.tellMs,
    linked: () =>
      parts()
        .links.all()
        .map(({ peer }) => peer),
    isLinked: (peer) => parts().links.get(peer) !== undefined,
    send: (to, page) => void parts().links.send(to, 'book', page),
    learned: () => reactions.onMembersChanged(parts()),
  })

const makeRedial = (
  { options, timing, book, vouching, strikes, outside }: Base,
  parts: () => Parts,
): Redial =>
  createRedial({
    self: options.identity.peer,
    timing,
    seeds: options.seeds,
    resolveSeed: resolvedAddresses,
    contacts: () => book.contacts().filter(vouching.isVouched),
    mayDial: (peer) => !strikes.isBanned(peer),
    isLinked: (peer) => parts().links.get(peer) !== undefined,
    linkCount: () => parts().links.all().length,
    dial: (target) => reactions.dialOrTwin(parts(), target),
    shed: () => reactions.shed(parts()),
    unreachable: (seed, why) =>
      outside.notice({ notice: 'unreachable', text: `nobody can be reached at ${seed}: ${why}` }),
  })

const helloOf = ({ options, trust, node }: Parts): Hello => ({
  versions: ownVersions,
  meshId: options.meshId,
  introduction: options.introduction,
  addresses: node === undefined ? [] : addressesOf(node),
  gossips: options.gossip,
  badge: trust?.badge() ?? [],
})

const addressesOf = (node: Libp2p): readonly string[] => node.getMultiaddrs().map(bareAddress)

/** Whoever asks for this mesh on the local network is only somebody to try. */
const neighbourhood = ({ options, redial, counters, trust }: Parts): Neighbourhood => ({
  tag: `_gv-${Buffer.from(options.meshId).toString('hex', 0, 8)}._udp.local`,
  found(id, addresses) {
    guarded(counters, () => {
      const peer = fromLibrary(id)
      const hasDoor = trust !== undefined
      const dialable = addresses.map(bareAddress).filter((one) => isNeighbour(one, hasDoor))
      if (peer !== undefined && dialable.length > 0) redial.candidate(peer, dialable)
    })
  },
})
