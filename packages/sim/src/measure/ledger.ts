import type * as Core from '@grapevine/core'
import type { Figures } from './figures.js'
import type { Node } from '../observer.js'
import type { Holdings, Taker } from './holdings.js'
import type { Roster } from './roster.js'
import { frameTypeOf } from './traffic.js'
import type { HopCounts } from './traffic.js'
import { isHeldBy, isLive, mark } from './update.js'
import type { Update } from './update.js'

/** Every release of an honest peer, from the moment it is written. */
export interface Ledger {
  updates(): readonly Update[]
  /** A record of a release was stored by a peer: its own, if nobody had it before. True: written. */
  stored(node: Node, record: string, bytes: number, at: number): boolean
  /** What was just written goes out in this frame. */
  told(bytes: Uint8Array): void
  arrived(peer: number, bytes: Uint8Array, hops: number): void
  acknowledged(release: Core.Dot): void
  /** What a peer holds is what its clock says. What a limit took is void for everybody. */
  compare(node: Node, at: number, taker?: Taker): void
  /** A peer leaves, and its disk with it. */
  forget(peer: number, at: number): void
  lackedBy(peer: number): readonly Update[]
  counts(): Figures['updates']
}

export function createLedger(
  roster: Roster,
  { hold, drop, annul }: Holdings,
  hops: HopCounts,
): Ledger {
  const updates: Update[] = []
  const byRecord = new Map<string, Update>()
  /** A frame is forwarded as it is, so that its bytes are the very same object everywhere. */
  const byFrame = new WeakMap<Uint8Array, Update>()
  const untold: Update[] = []

  return {
    updates: () => updates,
    stored(node, record, bytes, at) {
      const isOwn = record.startsWith(node.replica.id(), recordPrefix.length)
      const known = byRecord.get(record)
      if (known !== undefined && (!isOwn || isHeldBy(known, node.index))) {
        hold(known, node.index, at)
        return false
      }
      // What a hostile peer made is nobody's update.
      if (!isOwn) return false
      const written = draft(node.index, roster, { ...dotOf(record), at, bytes })
      updates.push(written)
      byRecord.set(record, written)
      untold.push(written)
      hold(written, node.index, at)
      // Written a second time while somebody holds the first: a fork, and neither half counts.
      if (known !== undefined && known.holders > 0) {
        for (const half of [known, written]) annul(half, at)
      }
      return true
    },
    told(bytes) {
      if (untold.length === 0) return
      const type = frameTypeOf(bytes)
      if (type !== 'release' && type !== 'announce') return
      const update = untold.shift()!
      if (type === 'release') byFrame.set(bytes, update)
    },
    arrived(peer, bytes, count) {
      const update = byFrame.get(bytes)
      if (update !== undefined && hear(update, peer)) hops.add(count)
    },
    acknowledged({ replica, seq }) {
      const update = byRecord.get(`${recordPrefix}${replica}/${seq}`)
      if (update !== undefined) update.isAcknowledged = true
    },
    compare(node, at, taker) {
      if (updates.length === 0) return
      const clock = node.replica.clock()
      // Where a dot was written anew after a loss, the clock means the later one.
      for (const update of byRecord.values()) {
        if (update.seq <= (clock.get(update.replica) ?? 0)) hold(update, node.index, at)
        else drop(update, node.index, at, taker)
      }
    },
    forget(peer, at) {
      for (const update of updates) drop(update, peer, at, 'disk')
    },
    lackedBy: (peer) => updates.filter((update) => isLive(update) && !isHeldBy(update, peer)),
    counts: () => countsOf(updates),
  }
}

/** True: by gossip, for the first time, and nothing else had brought it. */
function hear(update: Update, peer: number): boolean {
  update.copies += 1
  if ((update.marks[peer]! & mark.heard) !== 0 || peer === update.writer) return false
  update.marks[peer]! |= mark.heard
  return Number.isNaN(update.heldAfterMs[peer]!)
}

/** So the replica calls what it stores of a release: `release/<replica id>/<seq>`. */
export const recordPrefix = 'release/'

function dotOf(record: string): Core.Dot {
  const [, replica, seq] = record.split('/')
  return { replica: replica as Core.ReplicaId, seq: Number(seq) }
}

function countsOf(updates: readonly Update[]): Figures['updates'] {
  const promised = updates.filter(
    ({ isAcknowledged, isVoid, holders }) => isAcknowledged && !isVoid && holders === 0,
  )
  const gone = promised.filter(({ isGone }) => isGone).length
  return {
    written: updates.length,
    voided: updates.filter(({ isVoid }) => isVoid).length,
    lost: promised.length - gone,
    gone,
  }
}

function draft(
  writer: number,
  roster: Roster,
  written: Pick<Update, 'replica' | 'seq' | 'at' | 'bytes'>,
): Update {
  const marks = new Uint8Array(roster.size)
  let audience = 0
  for (let peer = 0; peer < roster.size; peer++) {
    if (peer === writer || !roster.isUp(peer)) continue
    marks[peer] = mark.audience
    audience += 1
  }
  const heldAfterMs = new Float32Array(roster.size).fill(Number.NaN)
  return {
    ...written,
    writer,
    audience,
    marks,
    heldAfterMs,
    holders: 0,
    copies: 0,
    isVoid: false,
    isAcknowledged: false,
    isGone: false,
  }
}
