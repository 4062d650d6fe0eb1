import { apply } from './apply.js'
import { badgeAt, pullBadge } from './badges.js'
import { budgetFault } from './budget.js'
import { type Verdict } from './effect.js'
import { learnFork } from './fork.js'
import { type Dot, type PeerId, formatDot } from './ids.js'
import { reincarnate } from './incarnation.js'
import { type Need, park, parkedAt, takeAll, takeRipe, takeUnblocked } from './parking.js'
import { pullHoles } from './pull.js'
import { type Evidence, type Release, isSigned } from './release.js'
import { isRevoked } from './revocation.js'
import { rightFault } from './rights.js'
import { isEarly } from './stamp.js'
import { type State, clockCoversDot, idAt, limitOf, proofAt, seqOf } from './state.js'
import { type Turn } from './turn.js'

/** A verdict before anything is touched, with what acting on it needs. */
type Judgement =
  | Verdict
  | ({ readonly verdict: 'waiting' } & Need)
  | { readonly verdict: 'forked'; readonly other: Uint8Array | undefined }

/**
 * Decides purely, in this order: signature and right, limit, dot, stamp, readiness. (Form was
 * decided by the decoder.) A release that is already held needs no second look at its signature.
 */
function judge(state: State, evidence: Evidence, isVerified: boolean, now: number): Judgement {
  const { release } = evidence
  const { replica, seq, id } = release
  const known = clockCoversDot(state, release) ? idAt(state, replica, seq) : undefined
  if (known === id) return { verdict: 'duplicate' }
  if (!evidence.whole) return { verdict: 'refused', reason: 'it does not show all of its changes' }
  if (!isVerified && !isSigned(state.mesh, evidence))
    return { verdict: 'refused', reason: 'its signature does not hold' }
  const right = rightFault(state, release, evidence.changes, (badge) => badgeAt(state, badge))
  if (right !== undefined) {
    return 'fault' in right
      ? { verdict: 'refused', reason: right.fault }
      : { verdict: 'waiting', badge: right.missing }
  }
  if (isVoid(state, release)) return { verdict: 'void' }

  const held = seqOf(state, replica)
  if (seq <= held) {
    // An id that has left the log cannot be compared any more; it was sealed long ago.
    if (known === undefined) return { verdict: 'duplicate' }
    return { verdict: 'forked', other: proofAt(state, release) }
  }
  const waiting = parkedAt(state, release)
  if (waiting !== undefined && waiting.evidence.release.id !== id) {
    return { verdict: 'forked', other: waiting.evidence.bytes }
  }
  const tipId = idAt(state, replica, held)
  if (seq === held + 1 && tipId !== undefined && release.prev !== tipId) {
    return { verdict: 'forked', other: proofAt(state, { replica, seq: held }) }
  }
  if (isEarly(release.stamp, now)) return { verdict: 'early' }
  const missing = firstMissing(state, evidence)
  if (missing !== undefined) return { verdict: 'waiting', missing }
  const excess = budgetFault(state, evidence)
  return excess === undefined ? { verdict: 'applied' } : { verdict: 'refused', reason: excess }
}

/** Beyond the limit, or at the limit under another id: then it is on a branch that does not count. */
function isVoid(state: State, release: Release): boolean {
  const { replica, seq, id } = release
  const mark = state.limits.get(replica)
  if (isRevoked(state, release)) return true
  if (mark === undefined || seq < mark.seq) return false
  return seq > mark.seq || (mark.id !== null && id !== mark.id)
}

/** Ready = the next of its replica id, and the clock covers every `seen` in it. */
function firstMissing(state: State, { release, changes }: Evidence): Dot | undefined {
  const { replica, seq } = release
  if (seq > seqOf(state, replica) + 1) return { replica, seq: seq - 1 }
  const limit = limitOf(state)
  for (const { seen } of changes) {
    // order: any missing dot will do, and vectors are decoded in ascending order
    for (const [other, seenSeq] of seen) {
      const needed = Math.min(seenSeq, limit(other))
      if (seqOf(state, other) < needed) return { replica: other, seq: needed }
    }
  }
  return undefined
}

/** Judge, then act. What waited for this goes on when the parking is settled. */
export function receive(
  state: State,
  evidence: Evidence,
  from: PeerId | undefined,
  turn: Turn,
  isVerified = false,
): Verdict {
  const judgement = judge(state, evidence, isVerified, turn.now)
  const { verdict } = judgement
  const { release } = evidence
  const isNews = verdict === 'applied' || verdict === 'waiting' || verdict === 'early'
  if (isNews && release.replica === state.replica) {
    const text = `release ${formatDot(release)} was written by this replica id but not by this store: it was restored or copied`
    reincarnate(state, text, turn)
  }
  if (verdict === 'applied') {
    apply(state, evidence, turn)
  } else if (verdict === 'waiting' && 'missing' in judgement) {
    park(state, evidence, { missing: judgement.missing }, from, turn)
    if (from !== undefined) pullHoles(state, evidence, from, turn)
  } else if (verdict === 'waiting' && 'badge' in judgement && judgement.badge !== undefined) {
    park(state, evidence, { badge: judgement.badge }, from, turn)
    if (from !== undefined) pullBadge(state, judgement.badge, from, turn)
  } else if (verdict === 'early') {
    park(state, evidence, undefined, from, turn)
  } else if (verdict === 'forked' && 'other' in judgement && judgement.other !== undefined) {
    learnFork(state, judgement.other, evidence.bytes, turn)
  }
  return judgement
}

/** The clock or the limits moved: judge anew what waited for that, until nothing moves. */
export function settleParked(state: State, turn: Turn): void {
  for (;;) {
    const due = turn.moved.has('all') ? takeAll(state) : takeUnblocked(state, turn.moved)
    turn.moved.clear()
    for (const { evidence, from } of due) receive(state, evidence, from, turn, true)
    if (turn.moved.size === 0) return
  }
}

/** Time passed: what came too early may be in time now. */
export function reconsiderEarly(state: State, turn: Turn): void {
  for (const { evidence, from } of takeRipe(state, turn.now)) {
    receive(state, evidence, from, turn, true)
  }
}
