import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Libp2p } from '@libp2p/interface'
import { createAcquaintance } from './acquaintance.js'
import type { Acquaintance } from './acquaintance.js'
import { bareAddress, isDialable, resolvedAddresses } from './addresses.js'
import { createCounters } from './counters.js'
import { createDoor, watchDoor } from './door.js'
import type { Door } from './door.js'
import { createGossip } from './gossip.js'
import type { Gossip } from './gossip.js'
import { ownVersions } from './hello.js'
import type { Hello } from './hello.js'
import { createOutside, guarded, safeBook } from './hooks.js'
import { createNode } from './libp2p.js'
import type { Neighbourhood } from './libp2p.js'
import type { Libp2pExtra } from './libp2p-network.js'
import { shownLink } from './link.js'
import { createLinks, syncProtocol } from './links.js'
import type { Links } from './links.js'
import { announced, listenFailure, listenOn } from './listening.js'
import type { Network, NetworkOptions } from './network.js'
import { holdMs } from './pace.js'
import { fromLibrary } from './peer-ids.js'
import * as reactions from './reactions.js'
import type { Parts } from './reactions.js'
import { createPulse, pulseProtocol } from './pulse.js'
import { createRedial } from './redial.js'
import type { Redial } from './redial.js'
import { createStrikes } from './strikes.js'
import { defaultTiming } from './timing.js'
import type { Timing } from './timing.js'

/** A network that has started. */
export type Mesh = Omit<Network, 'start'>

export async function startMesh(options: NetworkOptions, extra: Libp2pExtra): Promise<Mesh> {
  const listen = await listenOn(options.listen)
  const announce = announced(options.announce)
  const { parts, door } = assemble(options, { ...defaultTiming, ...extra.timing })
  const { links, redial, pulse, timing, gossip, counters } = parts
  const node = await createNode({
    privateKey: await generateKeyPairFromSeed('Ed25519', options.identity.seed),
    listen,
    announce,
    transports: extra.transports,
    mdns: options.mdns ? neighbourhood(parts) : undefined,
    gater: door.gater,
    gossip: gossip?.service,
    timing,
  })
  parts.node = node
  await node.handle(syncProtocol, (stream, connection) => {
    links.accept(stream, connection).catch((error: unknown) => connection.abort(error as Error))
  })
  await node.handle(pulseProtocol, (stream, connection) => pulse.accept(stream, connection))
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
    send: (to, bytes) => links.send(to, 'replica', bytes),
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
function assemble(options: NetworkOptions, timing: Timing): { parts: Parts; door: Door } {
  const counters = createCounters()
  const base: Base = {
    options,
    timing,
    counters,
    book: safeBook(options.book, counters),
    outside: createOutside(options.hooks, counters),
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
      dead({ connection }) {
        counters.add('linksDead')
        guarded(counters, () => connection.abort(new Error('nobody is there')))
      },
    }),
    knocks: door.knocks,
    contactCount: 0,
    node: undefined,
  }
  return { parts, door }
}

/** What every part may use; the parts themselves are there once all are made. */
type Base = Pick<Parts, 'options' | 'timing' | 'counters' | 'book' | 'outside' | 'strikes'>

const makeLinks = ({ options, timing, counters }: Base, parts: () => Parts): Links =>
  createLinks({
    self: options.identity.peer,
    timing,
    counters,
    hello: () => helloOf(parts()),
    made: (link) => reactions.onLinked(parts(), link),
    lost: (link, why) => reactions.onUnlinked(parts(), link, why),
    frame: ({ peer }, kind, body) => reactions.onFrame(parts(), peer, kind, body),
    malformed: (peer, why) => reactions.onMisdeed(parts(), peer, why),
    strange: (peer, notice, why) => reactions.onStrange(parts(), peer, notice, why),
    twins: (peer, addresses) => reactions.onTwins(parts(), peer, addresses),
  })

const makeGossip = ({ options, counters, outside }: Base, parts: () => Parts): Gossip =>
  createGossip({
    meshId: options.meshId,
    counters,
    heard: outside.heard,
    rejected: (from) => reactions.onMisdeed(parts(), from, 'it passes on what no member may take'),
    holdMs: () => holdMs(parts().links.all(), parts().contactCount),
  })

const makeAcquaintance = ({ options, timing, book }: Base, parts: () => Parts): Acquaintance =>
  createAcquaintance({
    self: options.identity.peer,
    book,
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
  { options, timing, book, strikes, outside }: Base,
  parts: () => Parts,
): Redial =>
  createRedial({
    self: options.identity.peer,
    timing,
    seeds: options.seeds,
    resolveSeed: resolvedAddresses,
    contacts: () => book.contacts(),
    mayDial: (peer) => !strikes.isBanned(peer),
    isLinked: (peer) => parts().links.get(peer) !== undefined,
    linkCount: () => parts().links.all().length,
    dial: (target) => reactions.dialOrTwin(parts(), target),
    shed: () => reactions.shed(parts()),
    unreachable: (seed, why) =>
      outside.notice({ notice: 'unreachable', text: `nobody can be reached at ${seed}: ${why}` }),
  })

const helloOf = ({ options, node }: Parts): Hello => ({
  versions: ownVersions,
  meshId: options.meshId,
  introduction: options.introduction,
  addresses: node === undefined ? [] : addressesOf(node),
  gossips: options.gossip,
})

const addressesOf = (node: Libp2p): readonly string[] => node.getMultiaddrs().map(bareAddress)

/** Whoever asks for this mesh on the local network is only somebody to try. */
const neighbourhood = ({ options, redial, counters }: Parts): Neighbourhood => ({
  tag: `_gv-${Buffer.from(options.meshId).toString('hex', 0, 8)}._udp.local`,
  found(id, addresses) {
    guarded(counters, () => {
      const peer = fromLibrary(id)
      const dialable = addresses.map(bareAddress).filter(isDialable)
      if (peer !== undefined && dialable.length > 0) redial.candidate(peer, dialable)
    })
  },
})
