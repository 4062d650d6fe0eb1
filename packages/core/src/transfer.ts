import { equals } from 'uint8arrays/equals'
import { hashesOf } from './hashes.js'
import { type PeerId } from './ids.js'
import { limits } from './limits.js'
import { votesFor } from './presence.js'
import { type Of, closeSession, openSession, send } from './send.js'
import { openSnapshot, snapshotPage } from './snapshot.js'
import { mergeSnapshot } from './snapshot-merge.js'
import { type State } from './state.js'
import { type Turn } from './turn.js'

/** A snapshot on its way here, or kept back until a second member vouches for it. */
export interface PendingSnapshot {
  readonly from: PeerId
  readonly startedAt: number
  /** When it last went on. */
  movedAt: number
  id: Uint8Array | undefined
  readonly items: Uint8Array[]
  nextPage: number
  bytes: number
  isComplete: boolean
  /** What a member must have stated to vouch for it; known once it was kept back. */
  word: string | undefined
}

/** Asks for a snapshot, unless one is on its way: only a peer that was asked is listened to. */
export function wantSnapshot(state: State, from: PeerId, turn: Turn): void {
  const { now } = turn
  const pending = state.pendingSnapshot
  const isMoving = pending !== undefined && now - pending.movedAt < limits.snapshotStallMs
  // However slowly it drips, it must end some day.
  if (isMoving && now - pending.startedAt < limits.snapshotOpenMs) return
  state.pendingSnapshot = {
    from,
    startedAt: now,
    movedAt: now,
    id: undefined,
    items: [],
    nextPage: 0,
    bytes: 0,
    isComplete: false,
    word: undefined,
  }
  send(turn, from, { type: 'snapshot-want', id: null, page: 0 })
}

export function onSnapshotWant(
  state: State,
  from: PeerId,
  message: Of<'snapshot-want'>,
  turn: Turn,
): void {
  const id = message.id ?? openSnapshot(state, turn.now)
  const page = snapshotPage(state, id, message.page)
  if (page !== undefined) send(turn, from, { type: 'snapshot', id, page: message.page, ...page })
}

/** Pages are asked for one by one; the last one merges them all, or none of them. */
export function onSnapshot(state: State, from: PeerId, message: Of<'snapshot'>, turn: Turn): void {
  const pending = state.pendingSnapshot
  if (pending === undefined || pending.from !== from || pending.isComplete) return
  if (pending.nextPage !== message.page) return
  if (pending.id !== undefined && !equals(pending.id, message.id)) return
  pending.id = message.id
  pending.items.push(...message.items)
  pending.nextPage += 1
  pending.movedAt = turn.now
  pending.bytes += message.items.reduce((sum, item) => sum + item.length, 0)
  if (message.items.length === 0 || pending.bytes > limits.snapshotBytesMax) {
    state.pendingSnapshot = undefined
    return
  }
  if (!message.isLast) {
    return send(turn, from, { type: 'snapshot-want', id: message.id, page: pending.nextPage })
  }
  pending.isComplete = true
  mergePending(state, pending, turn)
}

/** Somebody stated something: perhaps the very state that a kept-back snapshot shows. */
export function retryPending(state: State, turn: Turn): void {
  const { pendingSnapshot: pending } = state
  const { word } = pending ?? {}
  if (pending === undefined || word === undefined) return
  if (votesFor(state, word, pending.from) > 0) mergePending(state, pending, turn)
}

function mergePending(state: State, pending: PendingSnapshot, turn: Turn): void {
  state.pendingSnapshot = undefined
  const before = hashesOf(state)
  const { unvouched, word } = mergeSnapshot(state, pending, turn)
  if (unvouched.length === 0) {
    const isMoved = !equals(before.clock, hashesOf(state).clock)
    return (isMoved ? openSession : closeSession)(state, pending.from, turn)
  }
  pending.word = word
  state.pendingSnapshot = pending
  const named = unvouched.slice(0, 3).join(', ') + (unvouched.length > 3 ? ', …' : '')
  const text = `a snapshot of ${pending.from.slice(0, 8)} lacks ${unvouched.length} keys that are held here (${named}), and no other member vouches for it: it is kept back; where it is right, write or remove those keys there`
  turn.tell({ type: 'notice', notice: 'unvouched', text })
}
