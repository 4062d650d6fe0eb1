import { holdBadges } from './badges.js'
import { isPut, replaceUnsettled } from './heads.js'
import { remember } from './history.js'
import { type Key, sortedEntries, unknownId } from './ids.js'
import { reincarnate } from './incarnation.js'
import {
  liveKeys,
  recordContext,
  recordName,
  recordSettled,
  recordTip,
  shownKeys,
} from './record.js'
import { type Evidence, type Release } from './release.js'
import { isRevoked, isStruck } from './revocation.js'
import { type Snapshot } from './snapshot-read.js'
import {
  type Held,
  type State,
  clockCoversDot,
  limitOf,
  logIn,
  loggedAt,
  raiseStamp,
  refreshFloor,
  seqOf,
  setTip,
  warm,
} from './state.js'
import { type Turn } from './turn.js'
import { cap, join, withDot } from './version-vector.js'

/** All of it in one step: keys, log, contexts, clock. */
export function adopt(
  state: State,
  snapshot: Snapshot,
  merged: ReadonlyMap<Key, readonly Held[]>,
  turn: Turn,
): void {
  if ((snapshot.clock.get(state.replica)?.seq ?? 0) > seqOf(state, state.replica)) {
    reincarnate(state, 'a snapshot holds releases of it that this store does not', turn)
  }
  const touched = new Set<Release>()
  for (const [key, kept] of sortedEntries(merged)) {
    for (const release of adoptKey(state, key, kept, turn)) touched.add(release)
  }
  for (const [key, theirs] of sortedEntries(snapshot.contexts)) {
    const held = turn.touch(state, key)
    held.context = join([held.context, cap(theirs, limitOf(state))])
    recordContext(key, held.context, turn)
  }
  for (const evidence of snapshot.changes) {
    if (!logShown(state, evidence, turn)) continue
    touched.add(evidence.release)
    holdBadges(state, evidence.release, turn, (id) => snapshot.badges.get(id))
  }
  for (const evidence of snapshot.struck) logStruck(state, evidence, snapshot, turn)
  recount(state, touched, turn)
  advanceClock(state, snapshot, turn)
}

/** Puts one key as merged, and tells which releases have a part in the difference. */
function adoptKey(state: State, key: Key, kept: readonly Held[], turn: Turn): readonly Release[] {
  const held = turn.touch(state, key)
  const before = held.unsettled
  const removes = before.filter((change) => !kept.includes(change) && !isPut(change))
  const dropped = removes.map(({ release, change }) => withDot(change.seen, release))
  held.context = join([held.context, ...dropped])
  recordContext(key, held.context, turn)
  for (const change of kept) {
    if (!before.includes(change)) remember(state, change, turn)
  }
  replaceUnsettled(state, key, kept, turn)
  return [...kept, ...before].map(({ release }) => release)
}

/**
 * A shown release is logged if a change of it is unsettled now, and what is logged does not show
 * that change already. What the merge did not take must not come back with the next restart.
 */
function logShown(state: State, evidence: Evidence, turn: Turn): boolean {
  const { release, bytes, whole } = evidence
  const live = liveKeys(state, evidence)
  const logged = loggedAt(state, release.replica, release.seq)
  const isShown = (key: Key): boolean =>
    logged !== undefined && shownKeys(state, logged).includes(key)
  if (live.length === 0 || logged?.whole === true || live.every(isShown)) return false
  if (logged !== undefined) warm(state, logged)
  // What is struck has no change that is unsettled.
  logIn(state, {
    release,
    bytes,
    whole,
    live: live.length,
    coldSince: undefined,
    isStruck: false,
  })
  turn.record(recordName.release(release.replica, release.seq), bytes)
  raiseStamp(state, release)
  return true
}

/** What counts for nothing is kept all the same: its author's revocation may itself be void one day. */
function logStruck(state: State, evidence: Evidence, { badges }: Snapshot, turn: Turn): void {
  const { release, bytes, whole } = evidence
  const isBeyond = release.seq > limitOf(state)(release.replica) || isRevoked(state, release)
  if (isBeyond || clockCoversDot(state, release) || release.authorship === undefined) return
  holdBadges(state, release, turn, (id) => badges.get(id))
  if (!isStruck(state, release)) return
  const logged = { release, bytes, whole, live: 0, coldSince: undefined, isStruck: true }
  logIn(state, logged)
  turn.record(recordName.release(release.replica, release.seq), bytes)
  recordSettled(state, logged, turn)
  raiseStamp(state, release)
}

function recount(state: State, touched: ReadonlySet<Release>, turn: Turn): void {
  // order: each release alone
  for (const { replica, seq } of touched) {
    const logged = loggedAt(state, replica, seq)
    if (logged === undefined) continue
    logged.live = liveKeys(state, logged).length
    if (logged.live > 0) warm(state, logged)
    else if (logged.coldSince === undefined) state.bare.add(logged)
    recordSettled(state, logged, turn)
  }
}

function advanceClock(state: State, snapshot: Snapshot, turn: Turn): void {
  for (const [replica, tip] of sortedEntries(snapshot.clock)) {
    const mark = state.limits.get(replica)
    const isBeyond = mark !== undefined && tip.seq > mark.seq
    const { seq, id } = isBeyond ? { seq: mark.seq, id: mark.id ?? unknownId } : tip
    if (seq <= seqOf(state, replica)) continue
    setTip(state, replica, { seq, id })
    const proof = isBeyond ? undefined : snapshot.tipProofs.get(replica)
    if (proof === undefined) state.tipProofs.delete(replica)
    else {
      state.tipProofs.set(replica, proof)
      holdBadges(state, proof.release, turn, (badge) => snapshot.badges.get(badge))
      raiseStamp(state, proof.release)
    }
    refreshFloor(state, replica)
    recordTip(state, replica, turn)
  }
  turn.moved.add('all')
}
