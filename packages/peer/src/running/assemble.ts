import { randomBytes } from 'node:crypto'
import { limits } from '@grapevine/core'
import type { PeerId, Records } from '@grapevine/core'
import { createPeer } from '../api/create-peer.js'
import { createEvents } from '../api/events.js'
import type { Events } from '../api/events.js'
import { genesisRecord, rulesOf, settleGenesis } from './genesis.js'
import type { Genesis } from './genesis.js'
import { keepHabits } from './habits.js'
import type { Habits } from './habits.js'
import { cryptoOf } from './identity.js'
import { createInterpreter } from './interpreter.js'
import type { Interpreter } from './interpreter.js'
import { createMembers } from './members.js'
import type { Members } from './members.js'
import type { Contact, Identity, Network, NetworkHooks, OpenNetwork } from '../network/network.js'
import type { Settings } from '../options.js'
import type { Outlets } from './outlets.js'
import type { Peer } from '../peer.js'
import { faultText } from '../api/shown.js'
import { software } from './software.js'
import type { OpenStore, Store } from '../store/store.js'
import { openView } from '../reading/view.js'
import type { View } from '../reading/view.js'

interface Assembly {
  /** Called when the records are there, and can be seen to belong to somebody or to nobody yet. */
  readonly openIdentity: (hasRecords: boolean) => Promise<Identity>
  readonly settings: Settings
  readonly openStore: OpenStore
  readonly openNetwork: OpenNetwork
  readonly signal?: AbortSignal | undefined
}

/** The parts of a peer; each knows the others only by what is handed to it. */
interface Parts {
  readonly events: Events
  readonly interpreter: Interpreter
  readonly view: View
  readonly members: Members
  readonly network: Network
  readonly habits: Habits
  /** When a presence was last taken. */
  heardAt: number | undefined
}

/** Puts a peer together from its store. The network starts behind it, and nobody waits for that. */
export async function assemblePeer(assembly: Assembly): Promise<Peer> {
  const { openStore, signal } = assembly
  signal?.throwIfAborted()
  const store = await openStore()
  try {
    const records = await store.load()
    const identity = await assembly.openIdentity(records.size > 0)
    const genesis = settleGenesis(records, assembly.settings.genesis)
    signal?.throwIfAborted()
    return assembleOn({ ...assembly, store, records, identity, genesis })
  } catch (error) {
    await store.close().catch(() => {})
    throw error
  }
}

/** With what was found on disk. */
interface Found extends Assembly {
  readonly store: Store
  readonly records: Records
  readonly identity: Identity
  readonly genesis: Genesis
}

function assembleOn(found: Found): Peer {
  const { settings, identity, genesis } = found
  const parts = partsOf(found)
  const { view, events, interpreter, members, network, habits } = parts
  const stop = startNetwork(parts, settings)
  return createPeer({
    id: identity.peer,
    name: settings.name,
    mesh: genesis.name,
    labels: settings.labels,
    software,
    clock: settings.clock,
    view,
    events,
    interpreter,
    members,
    network,
    hasSeeds: settings.seeds.length > 0 || settings.mdns,
    moved: () => habits.moved(),
    syncAll: () => habits.syncAll(),
    heardAt: () => parts.heardAt,
    close: () => close(parts, stop),
  })
}

function partsOf({ store, records, identity, genesis, settings, ...found }: Found): Parts {
  const { clock } = settings
  const mesh = rulesOf(genesis)
  const events = createEvents()
  events.on('notice', settings.onNotice)
  const members = createMembers({
    self: identity.peer,
    records,
    now: clock.now,
    heard: () => interpreter.replica.presences(),
    note: (transaction) => interpreter.note(transaction),
    onChange(ids) {
      interpreter.handle({ type: 'members', members: ids })
      events.fire('presence', undefined)
    },
  })
  const network = found.openNetwork({
    identity,
    meshId: mesh.id,
    introduction: { name: settings.name, instance: randomBytes(8).toString('hex'), software },
    book: members,
    hooks: hooksOf(() => parts),
    listen: settings.listen,
    announce: settings.announce,
    seeds: settings.seeds,
    mdns: settings.mdns,
    gossip: settings.gossip,
  })
  // Nothing is carried out before the store has answered; by then all parts are there.
  const interpreter = createInterpreter({
    store,
    records,
    openStore: found.openStore,
    mesh,
    crypto: cryptoOf(identity),
    peer: identity.peer,
    clock,
    outlets: outletsOf(() => parts, settings),
  })
  interpreter.note(genesisRecord(genesis))
  interpreter.handle({ type: 'members', members: members.ids() })
  const habits = keepHabits({
    clock,
    random: Math.random,
    interpreter,
    members,
    links: () => network.links(),
    announce: () => interpreter.handle({ type: 'announce', labels: settings.labels, software }),
  })
  const view = openView(interpreter.replica)
  const parts: Parts = { events, interpreter, view, members, network, habits, heardAt: undefined }
  return parts
}

/** Whatever fails, say so and try again: the peer works without others for the time being. */
function startNetwork({ network, events }: Parts, { clock }: Settings): () => void {
  let cancel = (): void => {}
  let told: string | undefined
  let isStopped = false
  const start = (): void => {
    network.start().catch((error: unknown) => {
      if (isStopped) return
      const text = faultText(error)
      if (text !== told) events.fire('notice', { notice: 'network', text })
      told = text
      cancel = clock.after(networkAgainMs, start)
    })
  }
  start()
  return () => {
    isStopped = true
    cancel()
  }
}

const networkAgainMs = 5_000

/** First nothing comes in any more, then what came in is stored. */
async function close({ habits, network, interpreter }: Parts, stop: () => void): Promise<void> {
  stop()
  habits.stop()
  try {
    await network.close()
  } finally {
    await interpreter.close()
  }
}

function outletsOf(parts: () => Parts, { gossip, clock }: Settings): Outlets {
  return {
    changed(changes) {
      const { events, view, interpreter } = parts()
      events.fire('change', { changes: view.apply(changes, interpreter.replica) })
    },
    gossip(bytes, isPresence) {
      if (isPresence) tellAll(parts(), bytes, clock.now())
      // Without gossip releases go by sessions alone.
      else if (gossip) parts().network.publish(bytes)
    },
    send: (to, bytes) => void parts().network.send(to, bytes),
    pull: (from, bytes) => pull(parts().network, from, bytes),
    synced(peer) {
      parts().habits.synced(peer)
      parts().events.fire('synced', { peer })
    },
    moved() {
      parts().habits.moved()
      parts().events.fire('presence', undefined)
    },
    heardPresence(bytes) {
      const { events, members, network } = parts()
      parts().heardAt = clock.now()
      events.fire('presence', undefined)
      const isRelay =
        !gossip && bytes !== undefined && members.ids().size > network.links().length + 1
      if (isRelay) relay(network, bytes)
    },
    notice: (notice) => parts().events.fire('notice', notice),
    reopened(replica) {
      const { events, view, habits } = parts()
      const changes = view.replace(replica)
      if (changes.length > 0) events.fire('change', { changes })
      // Whatever came meanwhile was dropped, and sessions that were under way will never end.
      habits.syncAll()
    },
    failed: (error, where) => parts().events.failed(error, where),
  }
}

/**
 * Where all who are alive are linked, a presence goes to each of them once, and nobody passes it on:
 * there are more of them than of anything else.
 */
function tellAll({ network, members }: Parts, bytes: Uint8Array, now: number): void {
  const linked = new Set(network.links().map(({ peer }) => peer))
  const isReached = ({ peer, seenAt }: Contact): boolean =>
    linked.has(peer) || now - seenAt > limits.memberAbsentMs
  if (!members.contacts().every(isReached)) return network.publish(bytes)
  for (const peer of linked) network.send(peer, bytes)
}

/** So many pass on what is new to them, and nearly everybody hears of it; the next one says it again. */
const relaysMax = 4

/** Without gossip presences go from link to link, beginning anywhere. */
function relay(network: Network, bytes: Uint8Array): void {
  const links = network.links()
  const first = Math.floor(Math.random() * links.length)
  const turned = [...links.slice(first), ...links.slice(0, first)]
  for (const { peer } of turned.slice(0, relaysMax)) network.send(peer, bytes)
}

/** Any member can answer a pull, if the one who showed what is missing has gone. */
function pull(network: Network, from: PeerId, bytes: Uint8Array): void {
  if (network.send(from, bytes)) return
  for (const { peer } of network.links()) if (network.send(peer, bytes)) return
}

function hooksOf(parts: () => Parts): NetworkHooks {
  return {
    received: (from, bytes) => parts().interpreter.received(from, bytes),
    heard: (from, bytes) => parts().interpreter.heard(from, bytes),
    linked(link) {
      parts().events.fire('linked', link)
      parts().habits.linked(link.peer)
      // Whoever is new hears of us at once, and not with the next heartbeat.
      parts().habits.moved()
    },
    unlinked(peer, why) {
      parts().habits.unlinked(peer)
      parts().events.fire('unlinked', { peer, why })
    },
    notice: (notice) => parts().events.fire('notice', notice),
  }
}
