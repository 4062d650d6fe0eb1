import { type Badge, type BadgeChain } from './badge.js'
import { type Change, type Evidence, type Release } from './release.js'
import {
  type BadgeId,
  type Dot,
  type Key,
  type PeerId,
  type ReleaseId,
  type ReplicaId,
  unknownId,
} from './ids.js'
import { limits } from './limits.js'
import { type DayNote } from './days.js'
import { type Mesh } from './mesh.js'
import { type Pair } from './message.js'
import { type ForkProof } from './fork.js'
import { type Revoked } from './revocation.js'
import { type HeardPresence, type Refusal } from './presence.js'
import { type OpenSnapshot } from './snapshot.js'
import { type PendingSnapshot } from './transfer.js'
import { type Mark, type Statement } from './statement.js'
import { type Stamp, compareClocks, zeroStamp } from './stamp.js'
import { type StateHash, createStateHash } from './state-hash.js'
import { type Voided } from './voided.js'
import { type VersionVector, emptyVector } from './version-vector.js'

/** A change as it is held: what, and by which release. */
export interface Held {
  readonly release: Release
  readonly change: Change
}

export interface KeyState {
  /** The changes that may still count: superseded ones stay until their superseder is sealed. */
  unsettled: Held[]
  /** Members of `unsettled` that no other member has seen. Derived, kept for reads. */
  heads: Held[]
  /** The put head with the greatest stamp. Derived, kept for reads. */
  shown: Held | undefined
  /** The ids of the put heads; null: none. What a reader hands back with a conditional write. */
  version: string | null
  /** Everything that its unsettled changes have seen together. */
  seen: VersionVector
  /** What was ever seen on this key by changes that have left. */
  context: VersionVector
}

/** A release in the log. */
export interface Logged {
  readonly release: Release
  readonly bytes: Uint8Array
  /** Partial evidence, taken from a snapshot, cannot be served as a release. */
  readonly whole: boolean
  /** How many of its changes are unsettled. */
  live: number
  /** Since when it is kept only as evidence. */
  coldSince: number | undefined
  /** Its author was revoked before it: none of its changes counts. */
  isStruck: boolean
}

/** Where a replica id's chain stands here. */
export interface Tip {
  readonly seq: number
  readonly id: ReleaseId
}

export interface Parked {
  readonly evidence: Evidence
  readonly from: PeerId | undefined
  /** The first dot that the clock must cover before this can be judged again; none: too early. */
  readonly missing: Dot | undefined
  /** The badge without which its right cannot be judged. */
  readonly badge: BadgeId | undefined
}

export interface State {
  readonly mesh: Mesh
  readonly peer: PeerId
  /** Under which replica id this store writes now, and under which it ever wrote. */
  incarnation: Uint8Array
  replica: ReplicaId
  readonly ownReplicas: Set<ReplicaId>
  /** The greatest stamp held. */
  stamp: Stamp

  /** Everything held without a hole. It grows with the data, in the same step, or not at all. */
  readonly clock: Map<ReplicaId, Tip>
  readonly keys: Map<Key, KeyState>
  readonly hash: StateHash
  /** Keys whose heads changed in this turn, and whose reads do not show it yet. */
  readonly stale: Set<Key>
  readonly log: Map<ReplicaId, Map<number, Logged>>
  /** Up to this seq the log of a replica id has holes: whoever wants more needs a snapshot. */
  readonly floors: Map<ReplicaId, number>
  /** Signed proof of tips that are no longer in the log. */
  readonly tipProofs: Map<ReplicaId, Evidence>
  readonly history: Map<Key, Held[]>
  /** Records of old versions whose releases have left the log. */
  readonly archived: Set<string>
  readonly requests: Map<string, Release>

  readonly parked: Map<string, Parked>
  parkedBytes: number
  /** Dot → the parked releases for which it is the first that is missing. */
  readonly blocked: Map<string, Set<string>>
  readonly asked: Map<ReplicaId, { readonly seq: number; readonly at: number }>

  readonly chains: Map<PeerId, Statement[]>
  readonly forks: Map<ReplicaId, ForkProof>
  /** Issuers that signed two different statements with one number: their chain ends before it. */
  readonly brokenChains: Map<PeerId, { readonly number: number; readonly pair: Pair }>
  /** Derived from chains and forks: beyond the mark a replica id's releases are void. */
  limits: ReadonlyMap<ReplicaId, Mark>
  sealed: VersionVector
  /** Derived, too: who counts no further. */
  revoked: readonly Revoked[]
  /** Which of them a badge goes through; looked up once, until statements move. */
  readonly revokedBy: Map<BadgeId, readonly Revoked[]>
  /** The first release of a replica id that no revocation named, though it is its subject's. */
  readonly strays: Map<ReplicaId, Evidence>
  /** By dot, what became void and may yet count again. */
  readonly voided: Map<string, Voided>
  voidedBytes: number

  /** Links of the badges that releases held here stand on. */
  readonly badges: Map<BadgeId, Badge>
  /** Badges that were only shown, oldest first. */
  readonly shownBadges: Map<BadgeId, BadgeChain>
  readonly badgesAsked: Map<BadgeId, number>
  /** By what this peer is a member. */
  ownBadge: BadgeChain | undefined
  /** Day → what was held on it, for as long as a seal may ask for it. */
  readonly days: Map<number, DayNote>
  /** Releases in the log that are somebody else's will than their peer's. */
  readonly intended: Set<Logged>

  /** Keys with something to settle, and releases with nothing unsettled left. */
  readonly settling: Set<Key>
  readonly bare: Set<Logged>
  readonly cold: Set<Logged>
  coldBytes: number

  members: ReadonlySet<PeerId>
  readonly presences: Map<PeerId, HeardPresence>
  /** State hashes that members stated lately: what a snapshot can be vouched by. */
  readonly stated: Map<PeerId, readonly string[]>
  /** Whose snapshot a newcomer took on its word alone, until another member states the same state. */
  believed: PeerId | undefined
  readonly refusals: Map<Key, Refusal>
  presenceAt: number
  /** The clock that was last said in full, and how often it was left out since. */
  saidClock: { readonly hash: Uint8Array; briefs: number } | undefined

  readonly snapshots: Map<string, OpenSnapshot>
  pendingSnapshot: PendingSnapshot | undefined
  /** The last alarm: another state at an equal clock, and whether a third member agreed with it. */
  divergence: { readonly word: string; readonly agreed: boolean; readonly at: number } | undefined

  /** Cached hashes; undefined after a change. */
  clockHash: Uint8Array | undefined
  statementsHash: Uint8Array | undefined
}

export function emptyState(mesh: Mesh, peer: PeerId, incarnation: Uint8Array): State {
  const replica = mesh.writerOf(peer, incarnation).replica
  return {
    mesh,
    peer,
    incarnation,
    replica,
    ownReplicas: new Set([replica]),
    stamp: zeroStamp,
    clock: new Map(),
    keys: new Map(),
    hash: createStateHash(mesh.hash),
    stale: new Set(),
    log: new Map(),
    floors: new Map(),
    tipProofs: new Map(),
    history: new Map(),
    archived: new Set(),
    requests: new Map(),
    parked: new Map(),
    parkedBytes: 0,
    blocked: new Map(),
    asked: new Map(),
    chains: new Map(),
    forks: new Map(),
    brokenChains: new Map(),
    limits: new Map(),
    sealed: emptyVector,
    revoked: [],
    revokedBy: new Map(),
    strays: new Map(),
    voided: new Map(),
    voidedBytes: 0,
    badges: new Map(),
    shownBadges: new Map(),
    badgesAsked: new Map(),
    ownBadge: undefined,
    intended: new Set(),
    days: new Map(),
    settling: new Set(),
    bare: new Set(),
    cold: new Set(),
    coldBytes: 0,
    members: new Set(),
    presences: new Map(),
    stated: new Map(),
    believed: undefined,
    refusals: new Map(),
    presenceAt: 0,
    saidClock: undefined,
    snapshots: new Map(),
    pendingSnapshot: undefined,
    divergence: undefined,
    clockHash: undefined,
    statementsHash: undefined,
  }
}

export const seqOf = (state: State, replica: ReplicaId): number =>
  state.clock.get(replica)?.seq ?? 0

export const limitOf =
  (state: State) =>
  (replica: ReplicaId): number =>
    state.limits.get(replica)?.seq ?? Number.POSITIVE_INFINITY

/** What the log holds of a replica id, oldest first. */
export function sortedLog(state: State, replica: ReplicaId): readonly Logged[] {
  const log = [...(state.log.get(replica)?.values() ?? [])] // order: sorted by seq
  return log.sort((a, b) => a.release.seq - b.release.seq)
}

export const loggedAt = (state: State, replica: ReplicaId, seq: number): Logged | undefined =>
  state.log.get(replica)?.get(seq)

/**
 * Moves where a replica id's chain stands. At the limit of a fork nobody can tell for sure on which
 * branch the release there was, so it has no id: else clocks that agree on all that counts could
 * differ for ever. Should the branches differ there, the state hashes will say so.
 */
export function setTip(state: State, replica: ReplicaId, { seq, id }: Tip): void {
  const mark = state.limits.get(replica)
  const isNameless = mark?.seq === seq && mark.id === null
  // Inserted anew, so that the map's order tells which replica ids moved last.
  state.clock.delete(replica)
  if (seq > 0) state.clock.set(replica, { seq, id: isNameless ? unknownId : id })
  state.clockHash = undefined
}

/** The id of a release that the clock covers, where it is still known: by itself or as a parent. */
export function idAt(state: State, replica: ReplicaId, seq: number): ReleaseId | undefined {
  const known =
    loggedAt(state, replica, seq)?.release ??
    loggedAt(state, replica, seq + 1)?.release ??
    state.tipProofs.get(replica)?.release
  if (known?.seq === seq) return known.id
  if (known?.seq === seq + 1) return known.prev ?? undefined
  const tip = state.clock.get(replica)
  return tip?.seq === seq && tip.id !== unknownId ? tip.id : undefined
}

/** Signed bytes that prove a release held here, or, where only its id is known, its successor. */
export function proofAt(state: State, { replica, seq }: Dot): Uint8Array | undefined {
  const tip = state.clock.get(replica)?.seq
  for (const at of [seq, seq + 1]) {
    const bytes = loggedAt(state, replica, at)?.bytes
    if (bytes !== undefined) return bytes
    if (tip === at) return state.tipProofs.get(replica)?.bytes
  }
  return undefined
}

export function vectorOf(clock: ReadonlyMap<ReplicaId, Tip>): VersionVector {
  const vector = new Map<ReplicaId, number>()
  // order: a map to a map
  for (const [replica, tip] of clock) vector.set(replica, tip.seq)
  return vector
}

export const clockVector = (state: State): VersionVector => vectorOf(state.clock)

export const clockCoversDot = (state: State, dot: Dot): boolean =>
  seqOf(state, dot.replica) >= dot.seq

/** Takes a release into the log, as it is held. */
export function logIn(state: State, logged: Logged): void {
  const { replica, seq, authorship } = logged.release
  const log = logOf(state, replica)
  const before = log.get(seq)
  if (before !== undefined) state.intended.delete(before)
  log.set(seq, logged)
  if (authorship !== undefined) state.intended.add(logged)
}

function logOf(state: State, replica: ReplicaId): Map<number, Logged> {
  let log = state.log.get(replica)
  if (log === undefined) state.log.set(replica, (log = new Map<number, Logged>()))
  return log
}

/** What is held is below whatever is written next. */
export function raiseStamp(state: State, { stamp }: Release): void {
  if (compareClocks(stamp, state.stamp) > 0) state.stamp = stamp
}

/** The clock or the log of a replica id changed by other means than the next release. */
export function refreshFloor(state: State, replica: ReplicaId): void {
  let seq = seqOf(state, replica)
  while (seq > 0 && loggedAt(state, replica, seq)?.whole === true) seq--
  if (seq > 0) state.floors.set(replica, seq)
  else state.floors.delete(replica)
}

/** It counts again, or is replaced: it waits for its removal no longer. */
export function warm(state: State, logged: Logged): void {
  state.bare.delete(logged)
  if (state.cold.delete(logged)) state.coldBytes -= logged.bytes.length
  logged.coldSince = undefined
}

/** Each author has request ids of its own. */
export const requestName = (author: PeerId, requestId: string): string => `${author}/${requestId}`

/** A retry under the same request id is answered with what it wrote the first time. */
export function rememberRequest(state: State, release: Release): void {
  if (release.requestId === undefined || release.peer !== state.peer) return
  state.requests.set(requestName(release.author, release.requestId), release)
  // order: as written, so the oldest goes
  const [oldest] = state.requests.keys()
  if (state.requests.size > limits.requestIdsMax) state.requests.delete(oldest!)
}
