import { isPut, replaceUnsettled } from './heads.js'
import { archive, trimHistory } from './history.js'
import { type Dot, type Key, type PeerId, compareText, sortedValues } from './ids.js'
import { dropLogged } from './limit.js'
import { limits } from './limits.js'
import { quorumOf } from './presence.js'
import { recordContext, recordSettled, recordTip } from './record.js'
import { decodeEvidence, showOnly } from './release.js'
import { type Held, type Logged, type State, clockVector, loggedAt, seqOf } from './state.js'
import { type Turn } from './turn.js'
import {
  type VersionVector,
  covers,
  coversDot,
  emptyVector,
  join,
  meet,
  withDot,
} from './version-vector.js'

/**
 * Lets go of what can never matter again: superseded changes and remove heads that a quorum holds
 * and an admin has sealed, release bodies with nothing left unsettled, old versions.
 */
export function collect(state: State, turn: Turn): void {
  const quorum = quorumOf(state, turn.now)
  if (quorum !== undefined) {
    const stable = stableVector(state, quorum)
    const shrunk = new Set<Logged>()
    for (const key of sortedValues(state.settling)) {
      for (const { release } of settle(state, key, stable, turn)) depart(state, release, shrunk)
    }
    // order: each release alone
    for (const logged of shrunk) recordSettled(state, logged, turn)
    chill(state, stable, turn)
  }
  trimHistory(state, turn.now, turn)
  discardCold(state, turn)
}

const stableVector = (state: State, quorum: readonly PeerId[]): VersionVector =>
  meet(
    quorum.map((member) =>
      member === state.peer
        ? clockVector(state)
        : (state.presences.get(member)?.clock ?? emptyVector),
    ),
  )

/** No cut can take it away any more. */
export const isSealed = (state: State, { release }: Held, now: number): boolean =>
  state.mesh.revocable
    ? coversDot(state.sealed, release)
    : release.stamp.ms <= now - limits.sealAgeMs

/** Settles one key, and tells which changes have left it. */
function settle(state: State, name: Key, stable: VersionVector, turn: Turn): readonly Held[] {
  const key = state.keys.get(name)!
  const isStable = ({ release, change }: Held): boolean =>
    coversDot(stable, release) && covers(stable, change.seen)
  const isFinal = (held: Held): boolean => isStable(held) && isSealed(state, held, turn.now)

  const final = key.unsettled.filter(isFinal)
  const removes = final.filter((held) => !isPut(held) && key.heads.includes(held))
  // What a final change covers leaves, and what a leaving change covers leaves with it.
  const superseding = join(final.map(({ change }) => change.seen))
  const leaves = (held: Held): boolean =>
    removes.includes(held) || (coversDot(superseding, held.release) && isStable(held))
  const leaving = closeDownwards(state, key.unsettled, key.unsettled.filter(leaves))
  if (leaving.size === 0) return []

  if (removes.length > 0) {
    const seen = removes.map(({ release, change }) => withDot(change.seen, release))
    turn.touch(state, name).context = join([key.context, ...seen])
    recordContext(name, key.context, turn)
  }
  const kept = key.unsettled.filter((held) => !leaving.has(held))
  replaceUnsettled(state, name, kept, turn)
  return [...leaving] // order: each change alone
}

/**
 * With what leaves goes what it covers, step by step: where a limit was low for a while, who saw the
 * one need not have seen the other. But what itself has seen something that is not held now, and may
 * come back, stays where something that stays covers it.
 */
function closeDownwards(
  state: State,
  unsettled: readonly Held[],
  leaving: readonly Held[],
): ReadonlySet<Held> {
  const closed = new Set(leaving)
  for (let size = 0; size < closed.size;) {
    size = closed.size
    const seen = seenBy([...closed]) // order: a join
    for (const held of unsettled) if (coversDot(seen, held.release)) closed.add(held)
  }
  const seen = seenBy(unsettled.filter((held) => !closed.has(held)))
  // order: each change alone
  for (const held of closed) {
    const isOpen = !isHeld(state, held.change.seen) && !leaving.includes(held)
    if (isOpen && coversDot(seen, held.release)) closed.delete(held)
  }
  return closed
}

const seenBy = (changes: readonly Held[]): VersionVector =>
  join(changes.map(({ change }) => change.seen))

function isHeld(state: State, seen: VersionVector): boolean {
  // order: a conjunction over all entries
  for (const [replica, seq] of seen) if (seqOf(state, replica) < seq) return false
  return true
}

/** One change of a release has left. */
function depart(state: State, { replica, seq }: Dot, shrunk: Set<Logged>): void {
  const logged = loggedAt(state, replica, seq)
  if (logged === undefined) return
  logged.live -= 1
  shrunk.add(logged)
  if (logged.live === 0) state.bare.add(logged)
}

/** A body with nothing unsettled left is kept cold for a while, as signed evidence. */
function chill(state: State, stable: VersionVector, turn: Turn): void {
  for (const logged of [...state.bare].sort(byRelease)) {
    // What was struck may yet count again.
    if (logged.isStruck || !coversDot(stable, logged.release)) continue
    state.bare.delete(logged)
    logged.coldSince = turn.now
    state.cold.add(logged)
    state.coldBytes += logged.bytes.length
    recordSettled(state, logged, turn)
  }
}

/** The oldest evidence goes first, for its age or for want of room. */
function discardCold(state: State, turn: Turn): void {
  for (const logged of [...state.cold].sort(
    (a, b) => a.coldSince! - b.coldSince! || byRelease(a, b),
  )) {
    const isOld = turn.now - logged.coldSince! > limits.coldAgeMs
    if (!isOld && state.coldBytes <= limits.coldBytesMax) return
    archive(state, logged, turn)
    const { replica, seq } = logged.release
    dropLogged(state, logged, turn)
    state.floors.set(replica, Math.max(seq, state.floors.get(replica) ?? 0))
    if (state.clock.get(replica)?.seq !== seq) continue
    const bare = showOnly(state.mesh, logged.bytes, () => false)
    state.tipProofs.set(replica, decodeEvidence(state.mesh, bare))
    recordTip(state, replica, turn)
  }
}

const byRelease = (a: Logged, b: Logged): number =>
  compareText(a.release.replica, b.release.replica) || a.release.seq - b.release.seq
