import { collect } from './collect.js'
import { type Effect } from './effect.js'
import { Malformed, MeshError, invariant } from './errors.js'
import { type Hashes, hashesOf } from './hashes.js'
import { isPut, putHeads } from './heads.js'
import { type Rollback, planRollback } from './history.js'
import {
  type Dot,
  type Key,
  type PeerId,
  type ReplicaId,
  sortedEntries,
  sortedValues,
} from './ids.js'
import { reincarnate } from './incarnation.js'
import { clipText } from './key.js'
import { limits } from './limits.js'
import { type Crypto, type MeshRules, incarnationBytes, openMesh } from './mesh.js'
import { type Message, decodeMessage, encodeMessage } from './message.js'
import {
  type Announcement,
  type HeardPresence,
  decodePresence,
  hearPresence,
  signPresence,
} from './presence.js'
import { type Receipt, receiptsOf } from './receipts.js'
import { reconsiderEarly, settleParked } from './receive.js'
import { type Records, loadState } from './load.js'
import { recordSelf } from './record.js'
import { type Change, type Release, decodeEvidence } from './release.js'
import { openSession } from './send.js'
import { type StatementRequest, issue } from './issue.js'
import { type Statement } from './statement.js'
import { type Held, type State, clockVector, emptyState, loggedAt } from './state.js'
import {
  onAnnounce,
  onClock,
  onDelta,
  onEvidence,
  onRelease,
  onStanding,
  onStatements,
  onSummary,
  onWant,
} from './sync.js'
import { onSnapshot, onSnapshotWant, retryPending } from './transfer.js'
import { type Turn, beginTurn } from './turn.js'
import { type Value } from './value.js'
import { type VersionVector } from './version-vector.js'
import { type Write, write } from './write.js'

/** Everything that can happen to a replica. */
export type Input =
  | ({ readonly type: 'write' } & Write)
  /** Undo a release: its keys return to what its writer had seen, where they still show it. */
  | {
      readonly type: 'rollback'
      readonly dot: Dot
      readonly message?: string
      readonly requestId?: string
    }
  /** A frame from another peer, whatever it holds. */
  | { readonly type: 'received'; readonly from: PeerId; readonly bytes: Uint8Array }
  /** Open a session with a connected peer: anti-entropy, on which every promise rests. */
  | { readonly type: 'sync'; readonly with: PeerId }
  /** Say where this replica stands. */
  | ({ readonly type: 'announce' } & Announcement)
  /** Time has passed: look again at what came too early. */
  | { readonly type: 'tick' }
  /** Let go of what can never matter again. */
  | { readonly type: 'collect' }
  /** Who belongs to the mesh; self is always added. */
  | { readonly type: 'members'; readonly members: Iterable<PeerId> }
  /** The code on this peer cannot take the value that a key shows (undefined: it can again). */
  | { readonly type: 'refuse'; readonly key: Key; readonly reason: string | undefined }
  /** Say something about the mesh itself: cut, seal or close. */
  | { readonly type: 'issue'; readonly statement: StatementRequest }
  /** The store is new, lost, restored or copied: write under a new replica id from now on. */
  | { readonly type: 'reincarnate'; readonly why: string }

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
  conflicts(): readonly Reading[]
  /** Known versions of a key, newest last; without `put`: it was removed. */
  history(key: string): readonly Held[]
  /** A release with the changes of it that are known here. */
  release(dot: Dot): { readonly release: Release; readonly changes: readonly Change[] } | undefined
  planRollback(dot: Dot): Rollback
  receipts(dot: Dot, now: number): readonly Receipt[]
  presences(): ReadonlyMap<PeerId, HeardPresence>
  members(): ReadonlySet<PeerId>
  statements(): readonly Statement[]
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
  /** Parked for something they saw, with the dot that is missing. */
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
}

/** Opens a replica from its records, or a new one; carry out the effects before anything else. */
export function openReplica(options: OpenOptions): {
  readonly replica: Replica
  readonly effects: readonly Effect[]
} {
  const mesh = openMesh(options.mesh, options.crypto)
  invariant(mesh.id.length === 32, `a mesh id is 32 bytes, not ${mesh.id.length}`)
  if (options.records !== undefined && options.records.size > 0) {
    return { replica: replicaOf(loadState(mesh, options.peer, options.records)), effects: [] }
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
    conflicts: () =>
      sortedEntries(state.keys)
        .filter(([, { heads }]) => heads.length > 1 && heads.filter(isPut).length > 1)
        .map(([key]) => readingOf(state, key)!),
    history: (key) => [...(state.history.get(key as Key) ?? [])],
    release: (dot) => releaseAt(state, dot),
    planRollback: (dot) => planRollback(state, dot),
    receipts: (dot, now) => receiptsOf(state, dot, now),
    presences: () => new Map(sortedEntries(state.presences)),
    members: () => new Set(sortedValues(state.members)),
    statements: () => sortedEntries(state.chains).flatMap(([, chain]) => chain),
    clock: () => clockVector(state),
    hashes: () => hashesOf(state),
    status: () => statusOf(state),
  }
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
    waiting: parked.flatMap(({ evidence, missing }) =>
      missing ? [{ release: evidence.release, missing }] : [],
    ),
    early: parked.flatMap(({ evidence, missing }) => (missing ? [] : [evidence.release])),
    forked: sortedEntries(state.forks).map(([replica]) => replica),
    limits: new Map(sortedEntries(state.limits).map(([replica, { seq }]) => [replica, seq])),
  }
}

function handle(state: State, input: Input, turn: Turn): void {
  switch (input.type) {
    case 'write':
      return turn.tell({ type: 'written', release: write(state, input, turn) })
    case 'rollback':
      return turn.tell({ type: 'written', release: rollback(state, input, turn) })
    case 'received':
      return received(state, input.from, input.bytes, turn)
    case 'sync':
      return openSession(state, input.with, turn)
    case 'announce':
      return announce(state, input, turn)
    case 'tick':
      return reconsiderEarly(state, turn)
    case 'collect':
      return collect(state, turn)
    case 'members':
      return setMembers(state, input.members)
    case 'refuse':
      return refuse(state, input.key, input.reason)
    case 'issue':
      return void issue(state, input.statement, turn)
    case 'reincarnate':
      return reincarnate(state, input.why, turn)
    default:
      return unreachable(input)
  }
}

function rollback(
  state: State,
  { dot, message, requestId }: Extract<Input, { type: 'rollback' }>,
  turn: Turn,
): Release | undefined {
  const plan = planRollback(state, dot)
  const asked = {
    put: plan.put,
    remove: plan.remove,
    confirmRemoves: plan.remove.length,
    message,
    requestId,
  }
  return write(state, asked, turn)
}

function announce(state: State, announcement: Announcement, turn: Turn): void {
  const bytes = signPresence(state, announcement, turn)
  turn.tell({ type: 'gossip', bytes: encodeMessage({ type: 'presence', bytes }) })
}

function refuse(state: State, key: Key, reason: string | undefined): void {
  const shown = state.keys.get(key)?.shown?.release
  state.refusals.delete(key)
  if (shown === undefined || reason === undefined) return
  if (state.refusals.size >= limits.refusalsMax) {
    throw new MeshError('NOT_ALLOWED', `${limits.refusalsMax} keys are refused here already`, {
      key,
    })
  }
  const { replica, seq } = shown
  state.refusals.set(key, { replica, seq, key, reason: clipText(reason, limits.reasonBytesMax) })
}

/** Hostile until proven otherwise: what cannot be read is told, and nothing is thrown. */
function received(state: State, from: PeerId, bytes: Uint8Array, turn: Turn): void {
  try {
    onMessage(state, from, decodeMessage(bytes), turn)
    settleParked(state, turn)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    turn.tell({ type: 'verdict', from, verdict: 'refused', reason: error.message })
  }
}

function onMessage(state: State, from: PeerId, message: Message, turn: Turn): void {
  switch (message.type) {
    case 'release':
      return void onRelease(state, from, message.bytes, turn)
    case 'announce':
      return onAnnounce(state, from, message, turn)
    case 'summary':
      return onSummary(state, from, message, turn)
    case 'standing':
      return onStanding(state, from, message, turn)
    case 'statements':
      return onStatements(state, from, message, turn)
    case 'clock':
      return onClock(state, from, message, turn)
    case 'want':
      return onWant(state, from, message, turn)
    case 'delta':
      return onDelta(state, from, message, turn)
    case 'evidence':
      return onEvidence(state, message, turn)
    case 'snapshot-want':
      return onSnapshotWant(state, from, message, turn)
    case 'snapshot':
      return onSnapshot(state, from, message, turn)
    case 'presence':
      return onPresence(state, from, message.bytes, turn)
    default:
      return unreachable(message)
  }
}

function onPresence(state: State, from: PeerId, bytes: Uint8Array, turn: Turn): void {
  const isNews = hearPresence(state, decodePresence(state.mesh, bytes), turn.now)
  turn.tell({ type: 'verdict', from, verdict: isNews ? 'applied' : 'duplicate' })
  if (isNews) retryPending(state, turn)
}

/** Who has left is heard no more, and neither are its old words. */
function setMembers(state: State, members: Iterable<PeerId>): void {
  state.members = new Set([...members, state.peer])
  for (const peer of sortedValues(new Set([...state.presences.keys(), ...state.stated.keys()]))) {
    if (state.members.has(peer)) continue
    state.presences.delete(peer)
    state.stated.delete(peer)
  }
}

function unreachable(never: never): never {
  throw new Error(`no such case: ${JSON.stringify(never)}`)
}
