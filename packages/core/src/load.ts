import { readBadge } from './badge.js'
import { badgeFault } from './badges.js'
import { asBytes, asCount, asList, asText, decode } from './codec.js'
import { Malformed, MeshError } from './errors.js'
import { readDay } from './days.js'
import { readForkProof } from './fork.js'
import { refreshReads, replaceUnsettled } from './heads.js'
import { forgetRelease, remember } from './history.js'
import {
  type Key,
  type PeerId,
  type ReleaseId,
  type ReplicaId,
  formatDot,
  sortedEntries,
  toHex,
  unknownId,
} from './ids.js'
import { recomputeLimits, renameForked } from './limit.js'
import { limits } from './limits.js'
import { type Mesh, incarnationBytes } from './mesh.js'
import { pairFromWire } from './message.js'
import { recordName } from './record.js'
import { compareStamps } from './stamp.js'
import { type Evidence, decodeEvidence, decodeStored, isSigned, vectorFromWire } from './release.js'
import { isStruck } from './revocation.js'
import { decodeStatement, isBrokenPair } from './statement.js'
import {
  type Logged,
  type State,
  type Tip,
  emptyState,
  logIn,
  raiseStamp,
  refreshFloor,
  rememberRequest,
  seqOf,
} from './state.js'
import { type Turn, beginTurn } from './turn.js'
import { bringBackVoided } from './voided.js'

export type Records = ReadonlyMap<string, Uint8Array>

/** What the records say, before the keys are put together. */
interface Loading {
  readonly state: State
  /** Told to nobody: a load changes nothing. */
  readonly turn: Turn
  /** What was signed when it was stored, and is the same now, is signed. */
  readonly areChecked: boolean
  readonly releases: Evidence[]
  readonly settled: Map<string, Settled>
}

interface Settled {
  readonly coldSince: number | undefined
  readonly live: ReadonlySet<string>
}

/**
 * Rebuilds the state from its records. Signatures are checked again, because disks lie too; unless
 * whoever stored them has just checked that these are the very bytes that were stored.
 */
export function loadState(
  mesh: Mesh,
  peer: PeerId,
  records: Records,
  areChecked: boolean = false,
): State {
  if (!records.has(recordName.self)) throw corrupt(recordName.self, 'it is missing')
  const state = emptyState(mesh, peer, new Uint8Array(incarnationBytes))
  const loading: Loading = {
    state,
    turn: beginTurn(0),
    areChecked,
    releases: [],
    settled: new Map(),
  }
  for (const [name, bytes] of sortedEntries(records)) {
    try {
      if (loadRecord(loading, name, bytes) !== name) throw new Malformed('it holds another record')
    } catch (error) {
      if (error instanceof Malformed) throw corrupt(name, error.message)
      throw error
    }
  }
  checkChains(state)
  checkStoredBadges(state, areChecked)
  loading.releases.sort((a, b) => compareStamps(a.release, b.release))
  for (const evidence of loading.releases) loadChanges(loading, evidence)
  for (const [key, { unsettled }] of sortedEntries(state.keys)) {
    replaceUnsettled(state, key, unsettled, loading.turn)
  }
  for (const [replica] of sortedEntries(state.clock)) refreshFloor(state, replica)
  refreshReads(state)
  recomputeLimits(state)
  renameForked(state)
  bringBackVoided(state, loading.turn)
  loadStruck(state, loading.turn)
  return state
}

/** Whose author was revoked before it counts for nothing, in history too. */
function loadStruck(state: State, turn: Turn): void {
  // order: each alone
  for (const logged of state.intended) {
    const { release, bytes } = logged
    logged.isStruck = isStruck(state, release)
    if (!logged.isStruck) continue
    state.bare.delete(logged)
    for (const { key } of decodeStored(state.mesh, bytes).changes) {
      forgetRelease(state, release, key, turn)
    }
  }
}

/** Takes one record, and returns the name under which its content belongs. */
function loadRecord(loading: Loading, name: string, bytes: Uint8Array): string {
  const { state, turn, releases, settled } = loading
  const [table, id = '', ...rest] = name.split('/')
  switch (table) {
    case 'self':
      loadSelf(state, bytes)
      return recordName.self
    case 'believed':
      state.believed = toHex<PeerId>(asBytes(bytes, 'peer', 32))
      return name
    case 'release': {
      const evidence = loadEvidence(loading, bytes)
      releases.push(evidence)
      return recordName.release(evidence.release.replica, evidence.release.seq)
    }
    case 'settled':
      settled.set(name, readSettled(bytes))
      return name
    case 'tip':
      return loadTip(loading, id as ReplicaId, bytes)
    case 'context': {
      const key = [id, ...rest].join('/') as Key
      turn.touch(state, key).context = vectorFromWire(decode(bytes))
      return name
    }
    case 'history': {
      const { release, changes } = loadEvidence(loading, bytes)
      const [change] = changes
      if (change === undefined || changes.length > 1) throw new Malformed('it is not one version')
      raiseStamp(state, release)
      remember(state, { release, change }, turn)
      state.archived.add(name)
      return recordName.history(release.replica, release.seq, change.key)
    }
    default:
      return loadWord(loading, name, bytes)
  }
}

/** The same for what was said about the mesh, and what follows from it. */
function loadWord(loading: Loading, name: string, bytes: Uint8Array): string {
  const { state } = loading
  const [table, id] = name.split('/')
  switch (table) {
    case 'statement': {
      const statement = decodeStatement(state.mesh, bytes)
      const chain = state.chains.get(statement.issuer) ?? []
      chain.push(statement)
      state.chains.set(statement.issuer, chain)
      return recordName.statement(statement.issuer, statement.number)
    }
    case 'fork': {
      const proof = readForkProof(state.mesh, ...pairFromWire(decode(bytes)))
      state.forks.set(proof.limit.replica, proof)
      return recordName.fork(proof.limit.replica)
    }
    case 'stray': {
      const evidence = loadEvidence(loading, bytes)
      state.strays.set(evidence.release.replica, evidence)
      return recordName.stray(evidence.release.replica)
    }
    case 'void': {
      const { replica, seq } = loadEvidence(loading, bytes).release
      state.voided.set(formatDot({ replica, seq }), { dot: { replica, seq }, bytes })
      state.voidedBytes += bytes.length
      return recordName.voided(replica, seq)
    }
    case 'day': {
      const day = Number(id)
      state.days.set(day, readDay(bytes))
      return recordName.day(day)
    }
    case 'badge': {
      const link = readBadge(state.mesh, bytes)
      state.badges.set(link.id, link)
      return recordName.badge(link.id)
    }
    case 'broken': {
      const pair = pairFromWire(decode(bytes))
      const [a, b] = [decodeStatement(state.mesh, pair[0]), decodeStatement(state.mesh, pair[1])]
      if (!isBrokenPair(a, b)) throw new Malformed('the two statements do not prove a broken chain')
      state.brokenChains.set(a.issuer, { number: a.number, pair })
      return recordName.broken(a.issuer)
    }
    default:
      throw new Malformed('no record has such a name')
  }
}

function loadSelf(state: State, bytes: Uint8Array): void {
  const [incarnation, own] = asList(decode(bytes), 'self', 2)
  state.incarnation = asBytes(incarnation, 'incarnation', incarnationBytes)
  state.replica = state.mesh.writerOf(state.peer, state.incarnation).replica
  const ids = asList(own, 'own ids').map((id) => toHex<ReplicaId>(asBytes(id, 'own id', 16)))
  state.ownReplicas.clear()
  for (const id of ids) state.ownReplicas.add(id)
  if (!ids.includes(state.replica)) throw new Malformed('it belongs to another peer or mesh')
}

function loadTip(loading: Loading, replica: ReplicaId, bytes: Uint8Array): string {
  const { state } = loading
  const [seq, id, proof] = asList(decode(bytes), 'tip', 3)
  const tip = {
    seq: asCount(seq, 'tip seq'),
    id: toHex<ReleaseId>(asBytes(id, 'tip id', 32)),
  }
  advance(state, replica, tip)
  if (proof === null) return recordName.tip(replica)
  const evidence = loadEvidence(loading, asBytes(proof, 'tip proof'))
  const { release } = evidence
  const isTip = release.id === tip.id || tip.id === unknownId
  if (release.seq !== tip.seq || !isTip) throw new Malformed('its proof is of another release')
  raiseStamp(state, release)
  state.tipProofs.set(replica, evidence)
  return recordName.tip(release.replica)
}

function readSettled(bytes: Uint8Array): Settled {
  const [coldSince, live] = asList(decode(bytes), 'settled', 2)
  return {
    coldSince: coldSince === null ? undefined : asCount(coldSince, 'cold since'),
    live: new Set(asList(live, 'live').map((key) => asText(key, 'key', limits.keyBytesMax))),
  }
}

function loadEvidence({ state: { mesh }, areChecked }: Loading, bytes: Uint8Array): Evidence {
  if (areChecked) return decodeStored(mesh, bytes)
  const evidence = decodeEvidence(mesh, bytes)
  if (!isSigned(mesh, evidence)) throw new Malformed('its signature does not hold')
  return evidence
}

function advance(state: State, replica: ReplicaId, { seq, id }: Tip): void {
  if (seq > seqOf(state, replica)) state.clock.set(replica, { seq, id })
}

function checkStoredBadges(state: State, areChecked: boolean): void {
  const found = badgeFault(state, areChecked)
  if (found !== undefined) throw corrupt(recordName.badge(found.id), found.fault)
}

/** A chain of statements has no holes: what is missing would silently count for nothing. */
function checkChains(state: State): void {
  for (const [issuer, chain] of sortedEntries(state.chains)) {
    chain.sort((a, b) => a.number - b.number)
    const missing = chain.findIndex(
      ({ number, prev }, index) => number !== index + 1 || prev !== (chain[index - 1]?.id ?? null),
    )
    if (missing >= 0)
      throw corrupt(recordName.statement(issuer, missing + 1), 'it does not follow the one before')
  }
}

function loadChanges({ state, turn, settled }: Loading, evidence: Evidence): void {
  const { release, bytes, whole, changes } = evidence
  const { coldSince, live } = settled.get(recordName.settled(release.replica, release.seq)) ?? {}
  const isLive = (key: Key): boolean => live === undefined || live.has(key)
  const liveCount = changes.filter(({ key }) => isLive(key)).length
  const logged: Logged = { release, bytes, whole, live: liveCount, coldSince, isStruck: false }
  logIn(state, logged)
  advance(state, release.replica, release)
  raiseStamp(state, release)
  rememberRequest(state, release)
  for (const change of changes) {
    const held = { release, change }
    remember(state, held, turn)
    if (isLive(change.key)) turn.touch(state, change.key).unsettled.push(held)
  }
  if (coldSince !== undefined) {
    state.cold.add(logged)
    state.coldBytes += bytes.length
  } else if (liveCount === 0) {
    state.bare.add(logged)
  }
}

const corrupt = (record: string, why: string): MeshError =>
  new MeshError(
    'STORE_CORRUPT',
    `record ${record} cannot be read: ${why}; repair the store from another peer`,
    { record },
  )
