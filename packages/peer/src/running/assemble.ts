import { randomBytes } from 'node:crypto'
import { badgeOf } from '@grapevine/core'
import type { Records } from '@grapevine/core'
import { createPeer } from '../api/create-peer.js'
import { createArrivals } from './arrivals.js'
import type { Arrivals } from './arrivals.js'
import { createEvents } from '../api/events.js'
import type { Events } from '../api/events.js'
import { releaseInfo } from '../api/release-info.js'
import { isClosed, rulesOf, settleGenesis } from './genesis.js'
import type { Genesis } from './genesis.js'
import { keepHabits } from './habits.js'
import type { Habits } from './habits.js'
import { cryptoOf } from './identity.js'
import { createInterpreter } from './interpreter.js'
import type { Interpreter } from './interpreter.js'
import { createMembers } from './members.js'
import type { Members } from './members.js'
import type { Identity, Network, NetworkHooks, OpenNetwork } from '../network/network.js'
import type { Settings } from '../options.js'
import type { Outlets } from './outlets.js'
import type { Notice, Peer } from '../peer.js'
import { ensureAgeIdentity } from '../secrets/identity.js'
import type { AgeIdentity } from '../secrets/identity.js'
import { ageLabel } from '../trust/own-badge.js'
import { software } from './software.js'
import { pull, relay, tellAll } from './spreading.js'
import { startNetwork } from './start-network.js'
import type { OpenStore, Store, Transaction } from '../store/store.js'
import { linksOf } from '../trust/badge-text.js'
import { enterMesh } from '../trust/enter.js'
import type { Entry } from '../trust/enter.js'
import { createGuard } from '../trust/guard.js'
import type { Guard } from '../trust/guard.js'
import { checkLoopback } from '../trust/loopback.js'
import { openView } from '../reading/view.js'
import type { View } from '../reading/view.js'

interface Assembly {
  /** Called when the records are there, and can be seen to belong to somebody or to nobody yet. */
  readonly openIdentity: (hasRecords: boolean) => Promise<Identity>
  readonly settings: Settings
  readonly openStore: OpenStore
  readonly openNetwork: OpenNetwork
  /** Where a closed mesh keeps its keys: called before any of them is read or written. */
  readonly checkPlace?: (() => Promise<void>) | undefined
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
  readonly arrivals: Arrivals
  /** In a closed mesh. */
  readonly guard: Guard | undefined
  /** When a presence was last taken. */
  heardAt: number | undefined
}

/** Puts a peer together from its store. The network starts behind it, and nobody waits for that. */
export async function assemblePeer(assembly: Assembly): Promise<Peer> {
  const { openStore, signal } = assembly
  signal?.throwIfAborted()
  const store = await openStore()
  try {
    const stored = await store.load()
    await checkDoors(assembly, settleGenesis(stored, assembly.settings.genesis))
    const identity = await assembly.openIdentity(stored.size > 0)
    const noted: Transaction[] = []
    const age = ensureAgeIdentity(stored, (transaction) => noted.push(transaction))
    const { recipient } = age
    const entry = enterMesh({ records: stored, identity, settings: assembly.settings, recipient })
    signal?.throwIfAborted()
    const news: Transaction = new Map([...noted, entry.transaction].flatMap((one) => [...one]))
    // What others are shown by a badge, its holder must find again after it was killed.
    if (entry.badge !== undefined && news.size > 0) await store.append(news)
    const records = new Map([...stored, ...news]) as Records
    const settings = called(assembly.settings, entry)
    return assembleOn({ ...assembly, settings, store, records, identity, entry, age, news })
  } catch (error) {
    await store.close().catch(() => {})
    throw error
  }
}

/** Where everybody has a badge, it is called what that says: another name would be its own alone. */
function called(settings: Settings, { badge }: Entry): Settings {
  if (badge === undefined) return settings
  const { name } = badgeOf(badge)
  return { ...settings, name, labels: new Map([...settings.labels, ['name', name]]) }
}

/** A closed mesh has keys to keep; an open one has no doors, and so keeps to this machine. */
async function checkDoors({ settings, checkPlace }: Assembly, genesis: Genesis): Promise<void> {
  if (isClosed(genesis)) await checkPlace?.()
  else checkLoopback(settings.listen)
}

/** With what was found on disk. */
interface Found extends Assembly {
  readonly store: Store
  readonly records: Records
  readonly identity: Identity
  readonly entry: Entry
  readonly age: AgeIdentity
  /** Records that it began with now. */
  readonly news: Transaction
}

function assembleOn(found: Found): Peer {
  const { settings, identity, entry } = found
  const parts = partsOf(found)
  const { view, events, interpreter, members, network, habits, guard } = parts
  const failed = (text: string): void => events.fire('notice', { notice: 'network', text })
  const { listening, stop } = startNetwork(network, { clock: settings.clock, failed })
  return createPeer({
    id: identity.peer,
    name: settings.name,
    mesh: entry.genesis.name,
    labels: settings.labels,
    software,
    age: found.age,
    clock: settings.clock,
    view,
    events,
    interpreter,
    members,
    network,
    guard,
    listening,
    hasSeeds: settings.seeds.length + entry.seeds.length > 0 || settings.mdns,
    moved: () => habits.moved(),
    syncAll: () => habits.syncAll(),
    heardAt: () => parts.heardAt,
    close: () => close(parts, stop),
  })
}

function partsOf(found: Found): Parts {
  const { store, records, identity, entry, settings } = found
  const { clock } = settings
  const mesh = rulesOf(entry.genesis)
  const events = createEvents()
  events.on('notice', settings.onNotice)
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
    standing: entry.badge && [{ type: 'badge', links: linksOf(entry.badge) }],
  })
  if (entry.badge === undefined && found.news.size > 0) interpreter.note(found.news)
  const guard = guardOf(found, { interpreter, events, parts: () => parts })
  const members = createMembers({
    self: identity.peer,
    records,
    now: clock.now,
    heard: () => interpreter.replica.presences(),
    note: (transaction) => interpreter.note(transaction),
    memberBy: guard?.memberBy,
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
    seeds: [...new Set([...settings.seeds, ...entry.seeds])],
    mdns: settings.mdns,
    gossip: settings.gossip,
    trust: guard?.trust,
  })
  interpreter.handle({ type: 'members', members: members.ids() })
  // Signed by its own key: a badge that somebody else made up for it says another.
  const said = guard === undefined ? [] : [[ageLabel, found.age.recipient] as const]
  const labels = new Map([...settings.labels, ...said])
  const habits = keepHabits({
    clock,
    random: Math.random,
    interpreter,
    members,
    links: () => network.links(),
    announce: () => interpreter.handle({ type: 'announce', labels, software }),
    look: () => guard?.look(false),
  })
  const arrivals = createArrivals((release, from) =>
    events.fire('received', { release: releaseInfo(release, interpreter.replica), from }),
  )
  const view = openView(interpreter.replica)
  const heardAt = undefined
  const own = { events, interpreter, view, members, network, habits, arrivals, guard }
  const parts: Parts = { ...own, heardAt }
  return parts
}

function guardOf(
  { entry, identity, records, settings, age }: Found,
  { interpreter, events, parts }: Pick<Parts, 'interpreter' | 'events'> & { parts: () => Parts },
): Guard | undefined {
  const { genesis, badge, renew } = entry
  if (badge === undefined || !isClosed(genesis)) return undefined
  const { name, clock } = settings
  const notice = (told: Notice): void => events.fire('notice', told)
  return createGuard({
    genesis,
    identity,
    name,
    badge,
    recipient: age.recipient,
    records,
    clock,
    interpreter,
    parts,
    notice,
    renew,
  })
}

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
    judged: (release, from, verdict) => parts().arrivals.judged(release, from, verdict),
    moved() {
      parts().arrivals.settle(parts().interpreter.replica)
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
    revoked: () => parts().guard?.look(true),
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
