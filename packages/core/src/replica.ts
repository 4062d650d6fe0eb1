import { type BadgeChain, badgeOf } from './badge.js'
import { badgeAt } from './badges.js'
import { type Effect } from './effect.js'
import { invariant } from './errors.js'
import { type Hashes, hashesOf } from './hashes.js'
import { isPut, putHeads } from './heads.js'
import { type Rollback, planRollback } from './history.js'
import {
  type BadgeId,
  type Dot,
  type Key,
  type PeerId,
  type ReplicaId,
  sortedEntries,
  sortedValues,
} from './ids.js'
import { type Crypto, type MeshRules, incarnationBytes, openMesh } from './mesh.js'
import { type Place, newestReleases } from './newest.js'
import { type HeardPresence } from './presence.js'
import { type Receipt, receiptsOf } from './receipts.js'
import { isEarlyParked } from './parking.js'
import { settleParked } from './receive.js'
import { type Records, loadState } from './load.js'
import { recordSelf } from './record.js'
import { type Change, type Release, decodeEvidence } from './release.js'
import { isStruck, revokedIn } from './revocation.js'
import { struckOn } from './strike.js'
import { type Statement } from './statement.js'
import { type Held, type State, clockVector, emptyState, loggedAt } from './state.js'
import { beginTurn } from './turn.js'
import { type Value } from './value.js'
import { type VersionVector } from './version-vector.js'
import { type Input, handle } from './handle.js'

export interface Reading {
  readonly key: Key
  readonly value: Value
  /** Hand it back as `ifMatch`. It changes whenever a put head comes or goes. */
  readonly version: string
  readonly release: Release
  /** The other put heads, greatest stamp first; not empty: a conflict. */
  readonly others: readonly { readonly value: Value; readonly release: Release }[]
}

export interface Replica {
  readonly peer: PeerId
  /** Under which id this replica writes now. */
  id(): ReplicaId
  /**
   * The one door. Local inputs that cannot be carried out throw a MeshError before anything is
   * touched; bytes from outside never throw. The interpreter carries out the effects in their order.
   */
  handle(input: Input, now: number): readonly Effect[]

  get(key: string): Value | undefined
  read(key: string): Reading | undefined
  /** Keys that show a value, ascending. */
  keys(prefix?: string): readonly Key[]
  /** Keys that show a value or once did, as far as history goes, ascending. */
  knownKeys(prefix?: string): readonly Key[]
  conflicts(): readonly Reading[]
  /** Known versions of a key, newest last; without `put`: it was removed. */
  history(key: string): readonly Held[]
  /** A release with the changes of it that are known here. */
  release(dot: Dot): { readonly release: Release; readonly changes: readonly Change[] } | undefined
  /** What is in the log, newest first by stamp; `before`: only what is older than that. */
  releases(limit: number, before?: Place): readonly Release[]
  planRollback(dot: Dot): Rollback
  receipts(dot: Dot, now: number): readonly Receipt[]
  presences(): ReadonlyMap<PeerId, HeardPresence>
  members(): ReadonlySet<PeerId>
  statements(): readonly Statement[]
  /** A badge that a release here names, or that was shown lately. */
  badge(id: BadgeId): BadgeChain | undefined
  /** Why a badge does not hold any more, or undefined: a key that it goes through was revoked. */
  revocationFault(chain: BadgeChain): string | undefined
  /** Why a release changes nothing although it is held: its author was revoked before it. */
  struck(release: Release): string | undefined
  /** What was on a key by will of somebody who was revoked before it, oldest first. */
  struckOn(key: string): readonly Held[]
  clock(): VersionVector
  hashes(): Hashes
  status(): Status
}

/** Sizes and waiting lists: what to watch. */
export interface Status {
  readonly keys: number
  readonly unsettled: number
  readonly logged: number
  readonly cold: number
  readonly coldBytes: number
  readonly parkedBytes: number
  /** Parked for something they saw, with the dot that is missing; their own: a badge is. */
  readonly waiting: readonly { readonly release: Release; readonly missing: Dot }[]
  /** Parked for being stamped too far ahead. */
  readonly early: readonly Release[]
  readonly forked: readonly ReplicaId[]
  readonly limits: ReadonlyMap<ReplicaId, number>
}

export interface OpenOptions {
  readonly mesh: MeshRules
  readonly crypto: Crypto
  /** This peer's public key. */
  readonly peer: PeerId
  /** What the store holds; undefined: a new store. */
  readonly records?: Records | undefined
  /** The store has compared them with what it stored: their signatures are not checked again. */
  readonly areChecked?: boolean | undefined
}

/** Opens a replica from its records, or a new one; carry out the effects before anything else. */
export function openReplica(options: OpenOptions): {
  readonly replica: Replica
  readonly effects: readonly Effect[]
} {
  const mesh = openMesh(options.mesh, options.crypto)
  invariant(mesh.id.length === 32, `a mesh id is 32 bytes, not ${mesh.id.length}`)
  if (options.records !== undefined && options.records.size > 0) {
    const { peer, records, areChecked } = options
    return { replica: replicaOf(loadState(mesh, peer, records, areChecked)), effects: [] }
  }
  const state = emptyState(mesh, options.peer, mesh.random(incarnationBytes))
  const turn = beginTurn(0)
  recordSelf(state, turn)
  return { replica: replicaOf(state), effects: turn.end(state) }
}

function replicaOf(state: State): Replica {
  return {
    peer: state.peer,
    id: () => state.replica,
    handle(input, now) {
      const turn = beginTurn(now)
      handle(state, input, turn)
      settleParked(state, turn)
      return turn.end(state)
    },
    get: (key) => state.keys.get(key as Key)?.shown?.change.put!.value,
    read: (key) => readingOf(state, key as Key),
    keys: (prefix = '') =>
      sortedEntries(state.keys)
        .filter(([key, { shown }]) => shown !== undefined && key.startsWith(prefix))
        .map(([key]) => key),
    knownKeys: (prefix = '') =>
      sortedEntries(state.history)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key]) => key),
    conflicts: () =>
      sortedEntries(state.keys)
        .filter(([, { heads }]) => heads.length > 1 && heads.filter(isPut).length > 1)
        .map(([key]) => readingOf(state, key)!),
    history: (key) => [...(state.history.get(key as Key) ?? [])],
    release: (dot) => releaseAt(state, dot),
    releases: (limit, before) => newestReleases(state, limit, before),
    planRollback: (dot) => planRollback(state, dot),
    receipts: (dot, now) => receiptsOf(state, dot, now),
    presences: () => new Map(sortedEntries(state.presences)),
    members: () => new Set(sortedValues(state.members)),
    badge: (id) => badgeAt(state, id),
    revocationFault: (chain) => revocationFault(state, chain),
    struck: (release) =>
      isStruck(state, release) ? `its author was revoked before it` : undefined,
    struckOn: (key) => struckOn(state, key),
    statements: () => sortedEntries(state.chains).flatMap(([, chain]) => chain),
    clock: () => clockVector(state),
    hashes: () => hashesOf(state),
    status: () => statusOf(state),
  }
}

function revocationFault(state: State, chain: BadgeChain): string | undefined {
  const [revoked] = revokedIn(state, chain)
  if (revoked === undefined) return undefined
  const { subject, name } = badgeOf(chain)
  const through = chain.find((link) => link.subject === revoked.subject)
  return revoked.subject === subject
    ? `${name} was revoked`
    : `${through?.name ?? 'a key that let it in'}, by which ${name} came in, was revoked`
}

function readingOf(state: State, key: Key): Reading | undefined {
  const held = state.keys.get(key)
  if (held?.shown === undefined) return undefined
  const [shown, ...others] = putHeads(held).map(({ release, change }) => ({
    value: change.put!.value,
    release,
  }))
  return { key, ...shown!, version: held.version!, others }
}

function releaseAt(state: State, dot: Dot): ReturnType<Replica['release']> {
  const logged = loggedAt(state, dot.replica, dot.seq)
  if (logged === undefined) return undefined
  const { release, changes } = decodeEvidence(state.mesh, logged.bytes)
  return { release, changes }
}

function statusOf(state: State): Status {
  const parked = [...state.parked.values()] // order: as received
  let unsettled = 0
  let logged = 0
  // order: sums
  for (const key of state.keys.values()) unsettled += key.unsettled.length
  // order: sums
  for (const log of state.log.values()) logged += log.size
  return {
    keys: state.keys.size,
    unsettled,
    logged,
    cold: state.cold.size,
    coldBytes: state.coldBytes,
    parkedBytes: state.parkedBytes,
    waiting: parked.flatMap((one) => {
      const { release } = one.evidence
      return isEarlyParked(one) ? [] : [{ release, missing: one.missing ?? release }]
    }),
    early: parked.filter(isEarlyParked).map(({ evidence }) => evidence.release),
    forked: sortedEntries(state.forks).map(([replica]) => replica),
    limits: new Map(sortedEntries(state.limits).map(([replica, { seq }]) => [replica, seq])),
  }
}
