import { isSealed } from './collect.js'
import { learnFork } from './fork.js'
import { hashesOf, stateWord } from './hashes.js'
import { headsOf, isPut } from './heads.js'
import { type Key, type PeerId, fromHex, sortedEntries, sortedValues } from './ids.js'
import { limitsMoved } from './limit.js'
import { votesFor } from './presence.js'
import { recordName } from './record.js'
import { isRevoked, isStruck } from './revocation.js'
import { adopt } from './snapshot-adopt.js'
import { type Snapshot, byKey, checkSnapshot, readSnapshot } from './snapshot-read.js'
import { takeStrays, withoutRevoked } from './snapshot-trust.js'
import {
  type Held,
  type State,
  clockCoversDot,
  idAt,
  limitOf,
  proofAt,
  seqOf,
  vectorOf,
} from './state.js'
import { takeStatements } from './statements.js'
import { type Turn } from './turn.js'
import { type VersionVector, cap, coversDot, emptyVector, join } from './version-vector.js'

interface Merge {
  /** Keys whose heads would have gone on one member's word alone; if any, nothing was merged. */
  readonly unvouched: readonly Key[]
  readonly word: string
}

/**
 * Merges a complete snapshot in one step. Statements first; both sides capped; per key a change
 * stays if both have it, or if one has it and the other's clock does not cover its dot; the clock
 * becomes the maximum.
 */
export function mergeSnapshot(
  state: State,
  { from, items }: { readonly from: PeerId; readonly items: readonly Uint8Array[] },
  turn: Turn,
): Merge {
  const whole = readSnapshot(state, items)
  takeStatements(state, whole.statements, whole.pairs, turn)
  takeStrays(state, whole, turn)
  checkSnapshot(state, whole, turn.now)
  const snapshot = withoutRevoked(state, whole, turn)
  const word = stateWord(snapshot.hashes)
  if (learnForks(state, snapshot, turn)) return { unvouched: [], word }

  const limit = limitOf(state)
  // It may have been read before its sender knew of a revocation.
  const theirs = byKey(
    snapshot.changes,
    (release) =>
      release.seq <= limit(release.replica) &&
      !isRevoked(state, release) &&
      !isStruck(state, release),
  )
  const isRepair =
    stateWord({ ...hashesOf(state), state: snapshot.hashes.state }) === stateWord(snapshot.hashes)
  const isVouched = votesFor(state, word, from) > 0
  const theirClock = cap(vectorOf(snapshot.clock), limit)
  const merged = new Map<Key, readonly Held[]>()
  const unvouched: Key[] = []
  for (const key of sortedValues(new Set([...theirs.keys(), ...state.keys.keys()]))) {
    const mine = state.keys.get(key)?.unsettled ?? []
    const their = theirs.get(key) ?? []
    // Equal clocks and other heads: one of us is damaged, and two members say that it is this one.
    const isReplaced = isRepair && isVouched
    const joined = isReplaced ? sameOr(mine, their) : mergeKey(state, mine, their, theirClock)
    const context = snapshot.contexts.get(key) ?? emptyVector
    const kept = [...joined, ...stillOpen(state, mine, { their, joined, context }, turn.now)]
    if (!isVouched && !isEvident(mine, their, kept)) unvouched.push(key)
    if (kept.length !== mine.length || kept.some((held) => !mine.includes(held)))
      merged.set(key, kept)
  }
  if (unvouched.length === 0) {
    if (state.clock.size === 0 && !isVouched) believe(state, from, turn)
    adopt(state, snapshot, merged, turn)
    if (state.revoked.length > 0) limitsMoved(state, turn)
  }
  return { unvouched, word }
}

/** A newcomer takes one member's word for everything; it does not pass it on as its own. */
function believe(state: State, from: PeerId, turn: Turn): void {
  state.believed = from
  turn.record(recordName.believed, fromHex(from))
}

/** Theirs, but what is held here already as it is held here: then only what differs is a difference. */
const sameOr = (mine: readonly Held[], theirs: readonly Held[]): readonly Held[] =>
  theirs.map((held) => mine.find(({ release }) => release.id === held.release.id) ?? held)

function mergeKey(
  state: State,
  mine: readonly Held[],
  theirs: readonly Held[],
  theirClock: VersionVector,
): readonly Held[] {
  const both = new Set(theirs.map(({ release }) => release.id))
  const own = new Set(mine.map(({ release }) => release.id))
  return [
    ...mine.filter(({ release }) => both.has(release.id) || !coversDot(theirClock, release)),
    ...theirs.filter(
      ({ release }) => !own.has(release.id) && seqOf(state, release.replica) < release.seq,
    ),
  ]
}

/**
 * What was replaced here, what the snapshot lacks, and what a cut may still bring back: no hash covers
 * it, so nobody can vouch for its absence. It leaves when what replaced it is sealed or itself goes, and
 * when it is sealed and a remove that is collected there had seen it.
 */
function stillOpen(
  state: State,
  mine: readonly Held[],
  shown: {
    readonly their: readonly Held[]
    readonly joined: readonly Held[]
    readonly context: VersionVector
  },
  now: number,
): readonly Held[] {
  const gone = mine.filter((held) => !shown.joined.includes(held))
  if (gone.length === 0) return gone
  const sealed = [...mine, ...shown.their].filter((held) => isSealed(state, held, now))
  const settled = join(sealed.map(({ change }) => change.seen))
  const replaced = join(shown.joined.map(({ change }) => change.seen))
  return gone.filter(
    (held) =>
      coversDot(replaced, held.release) &&
      !coversDot(settled, held.release) &&
      !(coversDot(shown.context, held.release) && isSealed(state, held, now)),
  )
}

/**
 * Whether every head that goes is covered by a signed change. A remove head also goes where
 * nothing that stays was covered by it: then nobody can read the difference.
 */
function isEvident(mine: readonly Held[], theirs: readonly Held[], kept: readonly Held[]): boolean {
  const gone = headsOf(mine).filter((head) => !kept.includes(head))
  if (gone.length === 0) return true
  const seen = join([...mine, ...theirs].map(({ change }) => change.seen))
  return gone.every(
    (head) =>
      coversDot(seen, head.release) ||
      (!isPut(head) && !kept.some(({ release }) => coversDot(head.change.seen, release))),
  )
}

/** Where both hold a dot under two ids, the pair is worth more than the merge. */
function learnForks(state: State, snapshot: Snapshot, turn: Turn): boolean {
  const tips = sortedEntries(snapshot.tipProofs).map(([, evidence]) => evidence)
  let isForked = false
  for (const { release, bytes } of [...tips, ...snapshot.changes]) {
    const { replica, seq, id } = release
    const own = clockCoversDot(state, release) ? idAt(state, replica, seq) : undefined
    if (own === undefined || own === id) continue
    const held = proofAt(state, release)
    if (held === undefined) continue
    learnFork(state, held, bytes, turn)
    isForked = true
  }
  return isForked
}
