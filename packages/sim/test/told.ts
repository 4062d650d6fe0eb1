import type * as Core from '@grapevine/core'
import { createMeasure } from '../src/measure/measure.js'
import type { Measure } from '../src/measure/measure.js'
import type { Frame, Loss, Node, Opening } from '../src/observer.js'
import type { Deed, Plan } from '../src/plan.js'

/** Four peers, all to all, on links of 30 ms, with sessions each second and nothing going wrong. */
export const calm: Plan = {
  seed: 1,
  peers: 4,
  admins: 1,
  hostile: 0,
  revocable: false,
  signatures: 'stub',
  overlay: {
    gossip: true,
    links: 3,
    degree: 3,
    holdMs: 0,
    floodPublish: false,
    topology: 'random',
    regions: 1,
    regionDelayMs: 0,
  },
  weather: {
    delayMinMs: 10,
    delayMeanMs: 20,
    lossShare: 0,
    duplicateShare: 0,
    duplicateLaterMs: 0,
    reorderShare: 0,
    truncateShare: 0,
    clogShare: 0,
    clogMs: 0,
    bytesPerSecond: 0,
  },
  disk: { syncMs: 0 },
  habits: { sessionMs: 1000, presenceMs: 0, tickMs: 0, collectMs: 0, clockStepMs: 1 },
  safetyMs: 9600,
  livenessMs: 10_000,
  events: [],
}

/** A peer of the telling: it does nothing, and says what it is told to hold. */
export interface Teller {
  readonly node: Node
  id: string
  isUp: boolean
  readonly clock: Map<string, number>
  conflicts: readonly unknown[]
}

export interface Written {
  readonly replica: string
  readonly seq: number
  readonly record: string
  readonly frame: Uint8Array
}

/** Tells a measure what happens in a mesh, one sentence at a time. */
export interface Telling {
  readonly measure: Measure
  readonly peers: readonly Teller[]
  up(peer: number, how: Opening, at: number): void
  down(peer: number, at: number): void
  write(peer: number, at: number): Written
  /** A gossiped frame comes; the first one is applied. */
  gossip(peer: number, written: Written, hops: number, at: number): void
  /** A session brings releases, as a delta of so many bytes. */
  session(peer: number, written: readonly Written[], at: number, bytes?: number): void
  /** Its clock jumps over releases, as it does with a snapshot. */
  snapshot(peer: number, written: readonly Written[], at: number): void
  /** A limit takes a release from it. */
  voided(peer: number, written: Written, at: number): void
  frame(from: number, to: number, type: number, bytes: number, at: number): void
  lost(why: Loss, at: number): void
  plan(who: number, deed: Deed, at: number): void
}

const releaseType = 0
const deltaType = 7
const snapshotType = 10

export const bytesOf = (type: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  bytes.set([0x82, type])
  return bytes
}

/** Where nobody says otherwise, all planned peers are up from the beginning. */
export function tell(plan: Plan = calm, count: number = plan.peers): Telling {
  const measure = createMeasure(plan)
  const peers = Array.from({ length: count }, (_, index) =>
    tellerOf(index, index < plan.peers - plan.hostile || index >= plan.peers),
  )
  const input = (type: number, bytes = 100): Core.Input => ({
    type: 'received',
    from: peers[0]!.node.peer,
    bytes: bytesOf(type, bytes),
  })
  const arrive = (peer: number, bytes: Uint8Array, hops: number, at: number): void => {
    const frame: Frame = {
      from: peers[0]!.node,
      to: peers[peer]!.node,
      bytes,
      isGossip: true,
      hops,
    }
    measure.arrived!(frame, at)
  }
  const hold = (peer: number, { replica, seq }: Written): void => {
    const { clock } = peers[peer]!
    clock.set(replica, Math.max(seq, clock.get(replica) ?? 0))
  }
  const handled = (peer: number, what: Core.Input, at: number, ...effects: Core.Effect[]): void =>
    measure.handled!(peers[peer]!.node, what, effects, at)
  const up = (peer: number, how: Opening, at: number): void => {
    peers[peer]!.isUp = true
    measure.opened!(peers[peer]!.node, how, at)
  }

  for (let peer = 0; peer < plan.peers; peer++) up(peer, 'first', 0)
  return {
    measure,
    peers,
    up,
    down(peer, at) {
      peers[peer]!.isUp = false
      measure.stopped!(peers[peer]!.node, at)
    },
    write(peer, at) {
      const { id, clock, node } = peers[peer]!
      const seq = (clock.get(id) ?? 0) + 1
      const record = `release/${id}/${seq}`
      const written = { replica: id, seq, record, frame: bytesOf(releaseType, 220) }
      hold(peer, written)
      const release = { replica: id, seq } as Core.Release
      handled(
        peer,
        { type: 'write' },
        at,
        persist([record]),
        { type: 'written', release },
        { type: 'gossip', bytes: written.frame },
      )
      measure.acknowledged!(node, release, at)
      return written
    },
    gossip(peer, written, hops, at) {
      arrive(peer, written.frame, hops, at)
      const isNews = (peers[peer]!.clock.get(written.replica) ?? 0) < written.seq
      hold(peer, written)
      handled(peer, input(releaseType), at, ...(isNews ? [persist([written.record])] : []))
    },
    session(peer, written, at, bytes = 400) {
      arrive(peer, bytesOf(deltaType, bytes), 1, at)
      for (const each of written) hold(peer, each)
      handled(peer, input(deltaType), at, persist(written.map(({ record }) => record)))
    },
    snapshot(peer, written, at) {
      for (const each of written) hold(peer, each)
      handled(peer, input(snapshotType), at, persist([`tip/${written[0]!.replica}`]))
    },
    voided(peer, { replica, seq, record }, at) {
      peers[peer]!.clock.set(replica, seq - 1)
      const gone: Core.Effect = { type: 'persist', records: new Map([[record, null]]) }
      handled(peer, input(4), at, gone, { type: 'notice', notice: 'void', text: 'one is void' })
    },
    frame(from, to, type, bytes, at) {
      const ends = { from: peers[from]!.node, to: peers[to]!.node }
      const frame = { ...ends, bytes: bytesOf(type, bytes), isGossip: false, hops: 1 }
      measure.sent!(frame, at)
      measure.arrived!(frame, at)
    },
    lost: (why, at) =>
      measure.lost!(
        { from: peers[0]!.node, to: peers[1]!.node, bytes: bytesOf(0, 9), isGossip: true, hops: 1 },
        why,
        at,
      ),
    plan: (who, deed, at) => measure.planned!({ at, who, ...deed }, at),
  }
}

const persist = (records: readonly string[]): Core.Effect => ({
  type: 'persist',
  records: new Map(records.map((name) => [name, new Uint8Array(200)])),
})

function tellerOf(index: number, isHonest: boolean): Teller {
  const clock = new Map<string, number>()
  const teller: Teller = {
    id: index.toString(16).padStart(32, '0'),
    isUp: false,
    clock,
    conflicts: [],
    node: {
      index,
      name: `peer-${index}`,
      peer: index.toString(16).padStart(64, '0') as Core.PeerId,
      isHonest,
      isAdmin: false,
      replica: {
        id: () => teller.id,
        clock: () => clock,
        conflicts: () => teller.conflicts,
      } as unknown as Core.Replica,
      get isUp() {
        return teller.isUp
      },
      synced: new Map(),
      wall: () => 0,
    },
  }
  return teller
}
