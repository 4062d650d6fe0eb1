import type * as Core from '@grapevine/core'
import type { Connections } from './connections.js'
import { stubHash } from './crypto.js'
import type { Network } from './network.js'
import type { Frame } from '../observer.js'
import type { Peer } from './peer.js'
import type { Plan } from '../plan.js'
import type { Queue } from './queue.js'
import { createSeen } from './seen.js'
import type { Seen } from './seen.js'

/** Eager push over a mesh, as gossipsub does it: forward what is new and valid, once. */
export interface Gossip {
  publish(this: void, from: Peer, bytes: Uint8Array): void
  /** A frame arrived; true: its content is new to this peer. */
  hear(this: void, peer: Peer, frame: Frame): boolean
  /** The replica judged it: what others should have goes on to them. */
  judge(this: void, peer: Peer, frame: Frame, verdict: Core.Verdict['verdict']): void
  /** Its process ended, and with it what it remembers. */
  forget(this: void, peer: Peer): void
}

interface GossipOptions {
  readonly plan: Plan
  readonly queue: Queue
  readonly connections: Connections
  readonly network: Pick<Network, 'isBlocked'>
  readonly send: (frame: Frame) => void
  readonly onProbe: (name: string) => void
}

/** What a peer had, and of which other peers it knows that they have it. */
interface Memory {
  readonly had: Seen
  readonly known: Seen
}

const passOn: ReadonlySet<Core.Verdict['verdict']> = new Set(['applied', 'waiting', 'early'])

const peersMax = 65_536
const markOf = (id: number, { index }: Peer | Frame['from']): number => id * peersMax + index

export function createGossip(options: GossipOptions): Gossip {
  const { plan, queue, connections, network, send, onProbe } = options
  const { gossip: isOn, holdMs, floodPublish } = plan.overlay
  const idOf = createIds()
  const memories = new Map<Peer, Memory>()

  function memoryOf(peer: Peer): Memory {
    let memory = memories.get(peer)
    if (memory === undefined) {
      memories.set(peer, (memory = { had: createSeen(queue), known: createSeen(queue) }))
    }
    return memory
  }

  function push(from: Peer, to: readonly Peer[], bytes: Uint8Array, hops: number): void {
    const id = idOf(bytes)
    const { known } = memoryOf(from)
    for (const peer of to) {
      const mark = markOf(id, peer)
      if (known.has(mark)) continue
      known.add(mark)
      send({ from, to: peer, bytes, isGossip: true, hops })
    }
  }

  /** Tells the neighbours not to send it too. */
  function sayNoMore(peer: Peer, id: number): void {
    const delayMs = plan.weather.delayMinMs + plan.weather.delayMeanMs
    for (const other of connections.mesh(peer)) {
      if (network.isBlocked(peer.index, other.index)) continue
      other.after(delayMs, () => memoryOf(other).known.add(markOf(id, peer)))
    }
  }

  return {
    publish(from, bytes) {
      if (!isOn) return
      memoryOf(from).had.add(idOf(bytes))
      push(from, floodPublish ? connections.links(from) : connections.mesh(from), bytes, 1)
    },
    hear(peer, { from, bytes }) {
      const id = idOf(bytes)
      const { had, known } = memoryOf(peer)
      known.add(markOf(id, from))
      if (had.has(id)) return false
      had.add(id)
      if (holdMs > 0) sayNoMore(peer, id)
      return true
    },
    judge(peer, { bytes, hops }, verdict) {
      if (!isOn || !passOn.has(verdict)) return
      const goOn = (): void => push(peer, connections.mesh(peer), bytes, hops + 1)
      if (holdMs === 0) return goOn()
      onProbe('frame held before it went on')
      peer.after(holdMs, goOn)
    },
    forget: (peer) => void memories.delete(peer),
  }
}

/** The same content is the same message, however it came. */
function createIds(): (bytes: Uint8Array) => number {
  const byObject = new WeakMap<Uint8Array, number>()
  const byContent = new Map<string, number>()
  return (bytes) => {
    const known = byObject.get(bytes)
    if (known !== undefined) return known
    const content = Buffer.from(stubHash(bytes).buffer, 0, 16).toString('latin1')
    const id = byContent.get(content) ?? byContent.size + 1
    byContent.set(content, id)
    byObject.set(bytes, id)
    return id
  }
}
