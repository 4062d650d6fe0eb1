import type * as Core from '@grapevine/core'
import type { Calendar } from './clock.js'
import { createConnections } from './connections.js'
import type { Connections } from './connections.js'
import type { Signatures } from './crypto.js'
import { createGossip } from './gossip.js'
import type { Gossip } from './gossip.js'
import type { Hands, Hostile } from '../hostile/hostile.js'
import { createNetwork } from './network.js'
import type { Network } from './network.js'
import type { Frame, Library, Loss, Node } from '../observer.js'
import type { Peer } from './peer.js'
import type { Plan } from '../plan.js'
import type { Queue } from './queue.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'
import type { Tell } from './tell.js'
import type { Trust } from './trust.js'

/** What every peer stands on. */
export interface Ground {
  readonly library: Library
  readonly plan: Plan
  readonly rules: Core.MeshRules
  readonly trust: Trust
  readonly signatures: Signatures
  readonly queue: Queue
  readonly calendar: Calendar
  readonly tell: Tell
  probe(this: void, name: string): void
  /** Who belongs to the mesh now. */
  members(this: void): ReadonlySet<Core.PeerId>
  /** Whom to open a session with. */
  partnerOf(this: void, peer: Peer, random: Random): Core.PeerId | undefined
  post(this: void, from: Peer, to: Core.PeerId, bytes: Uint8Array): void
  /** As `post`, but whoever is connected can answer. */
  ask(this: void, from: Peer, to: Core.PeerId, bytes: Uint8Array): void
  publish(this: void, from: Peer, bytes: Uint8Array): void
  judged(this: void, peer: Peer, cause: Frame, verdict: Core.Verdict): void
  /** Its process ended: it does not remember what passed. */
  forget(this: void, peer: Peer): void
}

/** Who is there, under which names. */
export interface People {
  readonly peers: Peer[]
  readonly byId: Map<Core.PeerId, Peer[]>
  readonly hostiles: Map<Peer, Hostile>
  members: ReadonlySet<Core.PeerId>
}

type Base = Pick<
  Ground,
  'library' | 'plan' | 'rules' | 'trust' | 'signatures' | 'queue' | 'calendar' | 'tell'
>

interface Air {
  readonly network: Network
  readonly connections: Connections
  readonly ground: Ground
  handsOf(this: void, node: Peer): Hands
}

/** All that carries frames from peer to peer; what hostile peers send passes through their hands. */
export function createAir(base: Base, people: People): Air {
  const { plan, queue, tell } = base
  const { peers, byId, hostiles } = people
  const probe = (name: string): void => tell('probe', name)
  const onLost = (frame: Frame, why: Loss): void => tell('lost', frame, why, queue.now())
  const network = createNetwork({ plan, queue, deliver, onLost, onProbe: probe })
  const connections = createConnections(plan, peers)
  const gossip = createGossip({ plan, queue, connections, network, send, onProbe: probe })

  function send(frame: Frame): void {
    tell('sent', frame, queue.now())
    network.send(frame)
  }

  function sendTo(from: Peer, to: Node, bytes: Uint8Array, afterMs = 0): void {
    const frame: Frame = { from, to, bytes, isGossip: false, hops: 1 }
    if (afterMs === 0) send(frame)
    else from.after(afterMs, () => send(frame))
  }

  function deliver(frame: Frame): void {
    const peer = peers[frame.to.index]!
    peer.whenAwake(() => {
      if (!peer.isUp) return onLost(frame, 'down')
      tell('arrived', frame, queue.now())
      if (hostiles.get(peer)?.hears(frame) === true) return
      if (frame.isGossip && !gossip.hear(peer, frame)) return
      peer.handle({ type: 'received', from: frame.from.peer, bytes: frame.bytes }, frame)
    })
  }

  function post(from: Peer, id: Core.PeerId, bytes: Uint8Array): void {
    // Copies of one store have one id: whoever is called so hears it.
    for (const to of byId.get(id) ?? []) {
      if (to === from) continue
      for (const piece of piecesOf(hostiles.get(from), to, bytes)) {
        sendTo(from, to, piece.bytes, piece.afterMs)
      }
    }
  }

  const ground: Ground = {
    ...base,
    probe,
    members: () => people.members,
    partnerOf: (peer, random) => connections.partner(peer, random)?.peer,
    post,
    ask(from, id, bytes) {
      const isThere = byId.get(id)?.some(({ isUp }) => isUp) ?? false
      const other = isThere ? id : connections.links(from)[0]?.peer
      if (other !== undefined) post(from, other, bytes)
    },
    publish(from, bytes) {
      for (const piece of piecesOf(hostiles.get(from), undefined, bytes)) {
        if (piece.afterMs === 0) gossip.publish(from, piece.bytes)
        else from.after(piece.afterMs, () => gossip.publish(from, piece.bytes))
      }
    },
    judged: (peer, cause, { verdict }) => {
      if (cause.isGossip) gossip.judge(peer, cause, verdict)
    },
    forget: gossip.forget,
  }
  const handsOf = (node: Peer): Hands => createHands(base, { connections, gossip, sendTo }, node)
  return { network, connections, ground, handsOf }
}

interface Reach {
  readonly connections: Connections
  readonly gossip: Gossip
  readonly sendTo: (from: Peer, to: Node, bytes: Uint8Array, afterMs?: number) => void
}

/** What a hostile peer can do by itself, beside what its replica wants. */
const createHands = (
  { plan, rules, trust, signatures }: Base,
  reach: Reach,
  node: Peer,
): Hands => ({
  node,
  meshId: rules.id,
  hash: signatures.hash,
  random: randomOf(plan.seed, 'hostile', node.index),
  sign: (bytes) => signatures.signAs(node.peer, bytes),
  now: () => node.wall(),
  badges: () => trust.badgeOf(node.peer),
  others: () => reach.connections.links(node),
  send: (to, bytes, afterMs) => reach.sendTo(node, to, bytes, afterMs),
  gossip: (bytes) => reach.gossip.publish(node, bytes),
})

/** What leaves an honest peer leaves at once, as it is. */
const piecesOf = (
  hostile: Hostile | undefined,
  to: Peer | undefined,
  bytes: Uint8Array,
): ReturnType<Hostile['leaves']> => hostile?.leaves(to, bytes) ?? [{ bytes, afterMs: 0 }]
