import type * as Core from '@grapevine/core'
import { createAir } from './air.js'
import type { Ground, People } from './air.js'
import type { Calendar } from './clock.js'
import { signaturesOf } from './crypto.js'
import type { Signatures } from './crypto.js'
import { createHostile } from '../hostile/hostile.js'
import type { Hostile } from '../hostile/hostile.js'
import { nameOf } from './names.js'
import type { Network } from './network.js'
import type { Library, Observer } from '../observer.js'
import { createPeer } from './peer.js'
import type { Peer } from './peer.js'
import type { Plan } from '../plan.js'
import { createQueue } from './queue.js'
import { meshRules } from './rules.js'
import { createTell } from './tell.js'
import { createTrust } from './trust.js'

/** All peers, and what lies between them. */
export interface World extends Pick<Ground, 'plan' | 'queue' | 'calendar' | 'tell' | 'trust'> {
  readonly network: Network
  readonly peers: readonly Peer[]
  hostile(peer: Peer): Hostile | undefined
  /** Those with whom a peer believes to be connected. */
  linksOf(this: void, peer: Peer): readonly Peer[]
  clone(peer: Peer): void
  /** Tells everybody who the members are. */
  meet(): void
}

export function createWorld(
  library: Library,
  plan: Plan,
  observersOf: (rules: Core.MeshRules, signatures: Signatures) => readonly Observer[],
): World {
  const signatures = signaturesOf(plan.signatures)
  const names = Array.from({ length: plan.peers }, (_, index) =>
    nameOf(index, plan.peers, plan.hostile),
  )
  const ids = names.map((name) => signatures.peerOf(name))
  const meshId = signatures.hash(new TextEncoder().encode('the mesh of the simulation'))
  const trust = createTrust(plan, { signatures, meshId, ids })
  const admins = new Set(ids.slice(0, plan.admins))
  const rules = meshRules({
    id: meshId,
    admins,
    revocable: plan.revocable,
    root: plan.closed === undefined ? undefined : trust.root,
  })
  const queue = createQueue()
  const calendar: Calendar = { now: queue.now, skippedMs: 0 }
  const tell = createTell(observersOf(rules, signatures))
  const people: People = { peers: [], byId: new Map(), hostiles: new Map(), members: new Set() }
  const base = { library, plan, rules, trust, signatures, queue, calendar, tell }
  const { network, connections, ground, handsOf } = createAir(base, people)

  function add(name: string, id: Core.PeerId, isHonest: boolean): Peer {
    const index = people.peers.length
    const isAdmin = admins.has(id)
    const peer = createPeer(ground, { index, name, peer: id, isHonest, isAdmin })
    people.peers.push(peer)
    people.byId.set(id, [...(people.byId.get(id) ?? []), peer])
    if (!isHonest) people.hostiles.set(peer, createHostile(handsOf(peer)))
    return peer
  }

  const late = latecomersOf(plan)
  for (const [index, id] of ids.entries()) {
    const isHonest = index < plan.peers - plan.hostile
    add(names[index]!, id, isHonest).hasLeft = late.has(index)
  }
  people.members = membersOf(people)
  for (const peer of people.peers) if (!peer.hasLeft) peer.start('first')

  return {
    ...base,
    network,
    peers: people.peers,
    hostile: (peer) => people.hostiles.get(peer),
    linksOf: connections.links,
    clone(peer) {
      const alike = people.byId.get(peer.peer)!
      const copy = add(alike[0]!.name + `'`.repeat(alike.length), peer.peer, peer.isHonest)
      copy.disk.replace(peer.disk.synced)
      copy.start('cloned')
    },
    meet() {
      people.members = membersOf(people)
      for (const peer of people.peers) peer.handle({ type: 'members', members: people.members })
    },
  }
}

const membersOf = ({ peers }: People): ReadonlySet<Core.PeerId> =>
  new Set(peers.filter(({ hasLeft }) => !hasLeft).map(({ peer }) => peer))

/** Whose first coming or going is a coming. */
function latecomersOf({ events }: Plan): ReadonlySet<number> {
  const first = new Map<number, 'join' | 'leave'>()
  for (const { who, do: kind } of events) {
    if ((kind === 'join' || kind === 'leave') && !first.has(who)) first.set(who, kind)
  }
  return new Set([...first.keys()].filter((who) => first.get(who) === 'join'))
}
