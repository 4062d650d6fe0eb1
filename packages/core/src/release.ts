import {
  asBytes,
  asCount,
  asList,
  asText,
  checkFormat,
  decode,
  decodeAgain,
  encode,
} from './codec.js'
import { Malformed } from './errors.js'
import {
  type Dot,
  type Key,
  type PeerId,
  type ReleaseId,
  type ReplicaId,
  fromHex,
  sortedEntries,
  toHex,
} from './ids.js'
import { keyFault } from './key.js'
import { limits } from './limits.js'
import { type Mesh, incarnationBytes } from './mesh.js'
import { type Stamp } from './stamp.js'
import { asTree, growTree, isWhole, leavesOf, prune, rootOf } from './tree.js'
import { type Value, checkValue, checkValueSize, deepFreeze } from './value.js'
import { type VersionVector, coversDot, emptyVector } from './version-vector.js'

/** One key in a release: `put` a value or, without one, `remove` it. */
export interface Change {
  readonly key: Key
  /** Everything on this key that its writer knew, and that it therefore supersedes. */
  readonly seen: VersionVector
  readonly put?: { readonly value: Value }
}

/** A signed header: who wrote, in which place of its own chain, when. */
export interface Release extends Dot {
  readonly id: ReleaseId
  readonly peer: PeerId
  readonly incarnation: Uint8Array
  /** Id of the same replica's release seq-1; null at seq 1. */
  readonly prev: ReleaseId | null
  readonly stamp: Stamp
  readonly message: string | undefined
  readonly requestId: string | undefined
}

/** A release as it travels: header, signature, and as many of its changes as are shown. */
export interface Evidence {
  readonly release: Release
  readonly changes: readonly Change[]
  /** Whether all changes are shown. Only a whole release can be applied. */
  readonly whole: boolean
  /** The exact bytes that travel and are stored. */
  readonly bytes: Uint8Array
  /** What the signature is over: domain, mesh, header, root of the changes. */
  readonly signedBytes: Uint8Array
  readonly signature: Uint8Array
}

interface Draft {
  readonly peer: PeerId
  readonly incarnation: Uint8Array
  readonly seq: number
  readonly prev: ReleaseId | null
  readonly stamp: Stamp
  readonly message?: string | undefined
  readonly requestId?: string | undefined
  readonly changes: readonly Change[]
}

const formatVersion = 1

export function signRelease(mesh: Mesh, draft: Draft): Uint8Array {
  const header = encode([
    formatVersion,
    fromHex(draft.peer),
    draft.incarnation,
    draft.seq,
    draft.prev === null ? null : fromHex(draft.prev),
    draft.stamp.ms,
    draft.stamp.counter,
    draft.message ?? null,
    draft.requestId ?? null,
  ])
  const tree = growTree(draft.changes.map((change) => encode(changeToWire(change))))
  const signed = mesh.signedBytes('release', header, rootOf(tree, mesh.hash))
  return encode([header, mesh.sign(signed), tree])
}

/** Checks the form only: the signature is the caller's to verify, after it has looked for the id. */
export const decodeEvidence = (mesh: Mesh, bytes: Uint8Array): Evidence =>
  readEvidence(mesh, bytes, decode)

/** What this replica stored after it had passed all checks, and what is known to be the same still. */
export const decodeStored = (mesh: Mesh, bytes: Uint8Array): Evidence =>
  readEvidence(mesh, bytes, decodeAgain)

type Decode = (bytes: Uint8Array, bytesMax?: number) => unknown

function readEvidence(mesh: Mesh, bytes: Uint8Array, read: Decode): Evidence {
  const [headerBytes, signature, treeValue] = asList(
    read(bytes, limits.releaseBytesMax),
    'release',
    3,
  )
  const header = asBytes(headerBytes, 'header')
  const tree = asTree(treeValue)
  const signed = mesh.signedBytes('release', header, rootOf(tree, mesh.hash))
  const release = readHeader(mesh, read(header), toHex<ReleaseId>(mesh.hash(signed)))
  const changes = leavesOf(tree).map((leaf) => changeFromWire(leaf, read))
  checkChanges(release, changes)
  return {
    release,
    changes,
    whole: isWhole(tree),
    bytes,
    signedBytes: signed,
    signature: asBytes(signature, 'signature', 64),
  }
}

export const isSigned = (mesh: Mesh, evidence: Evidence): boolean =>
  mesh.verify(evidence.release.peer, evidence.signedBytes, evidence.signature)

/** Why its author may not write this, or undefined: the same wherever and however it arrives. */
export function rightFault(
  mesh: Mesh,
  { peer, stamp }: Release,
  changes: readonly Change[],
): string | undefined {
  const { writeFault } = mesh
  if (writeFault === undefined) return undefined
  for (const { key } of changes) {
    const fault = writeFault(peer, key, stamp.ms)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** The same release showing only the changes of some keys; of none: the bare proof that it exists. */
export function showOnly(mesh: Mesh, bytes: Uint8Array, shows: (key: Key) => boolean): Uint8Array {
  const [header, signature, tree] = asList(decode(bytes), 'release', 3)
  const keeps = (leaf: Uint8Array): boolean => shows(changeFromWire(leaf, decode).key)
  return encode([header, signature, prune(asTree(tree), keeps, mesh.hash)])
}

function readHeader(mesh: Mesh, value: unknown, id: ReleaseId): Release {
  const fields = asList(value, 'header', 9)
  checkFormat(fields[0], formatVersion)
  const { peer, incarnation, replica } = mesh.writerOf(
    toHex<PeerId>(asBytes(fields[1], 'peer', 32)),
    asBytes(fields[2], 'incarnation', incarnationBytes),
  )
  const seq = asCount(fields[3], 'seq')
  if (seq === 0 || (seq === 1) !== (fields[4] === null))
    throw new Malformed('seq and prev disagree')
  return {
    id,
    peer,
    incarnation,
    replica,
    seq,
    prev: fields[4] === null ? null : toHex(asBytes(fields[4], 'prev', 32)),
    stamp: {
      ms: asCount(fields[5], 'stamp'),
      counter: asCount(fields[6], 'stamp counter', limits.stampCounterMax),
    },
    message: optionalText(fields[7], 'message', limits.releaseMessageBytesMax),
    requestId: optionalText(fields[8], 'request id', limits.requestIdBytesMax),
  }
}

const optionalText = (value: unknown, what: string, bytesMax: number): string | undefined =>
  value === null ? undefined : asText(value, what, bytesMax)

function checkChanges(release: Release, changes: readonly Change[]): void {
  if (changes.length > limits.releaseChangesMax) {
    throw new Malformed(
      `it has ${changes.length} changes, the limit is ${limits.releaseChangesMax}`,
    )
  }
  if (changes.some(({ seen }) => coversDot(seen, release))) {
    throw new Malformed('a change has seen its own release')
  }
  for (let index = 1; index < changes.length; index++) {
    if (changes[index - 1]!.key >= changes[index]!.key) {
      throw new Malformed('its keys are not in ascending order, each once')
    }
  }
}

const changeToWire = (change: Change): unknown[] => {
  const wire: unknown[] = [change.key, vectorToWire(change.seen)]
  if (change.put) wire.push(change.put.value)
  return wire
}

function changeFromWire(leaf: Uint8Array, read: Decode): Change {
  const parts = asList(read(leaf), 'change')
  if (parts.length < 2 || parts.length > 3) throw new Malformed('a change has 2 or 3 parts')
  const key = asText(parts[0], 'key', limits.keyBytesMax)
  const fault = keyFault(key)
  if (fault !== undefined) throw new Malformed(`a key cannot be used: ${fault}`)
  const seen = vectorFromWire(parts[1])
  if (parts.length === 2) return { key: key as Key, seen }
  const value = parts[2]
  checkValue(value)
  if (leaf.length > limits.valueBytesMax) checkValueSize(encode(value).length)
  return { key: key as Key, seen, put: { value: deepFreeze(value) } }
}

/** A vector travels as replica ids and seqs in turn, ascending: one meaning, one encoding. */
export const vectorToWire = (vector: VersionVector): unknown[] =>
  sortedEntries(vector).flatMap(([replica, seq]) => [fromHex(replica), seq])

export function vectorFromWire(value: unknown): VersionVector {
  const parts = asList(value, 'vector')
  if (parts.length === 0) return emptyVector
  if (parts.length % 2 !== 0) throw new Malformed('a vector has an id without a seq')
  const vector = new Map<ReplicaId, number>()
  let last = ''
  for (let index = 0; index < parts.length; index += 2) {
    const replica = toHex<ReplicaId>(asBytes(parts[index], 'replica id', 16))
    const seq = asCount(parts[index + 1], 'seq')
    if (replica <= last || seq === 0) throw new Malformed('a vector is not ascending')
    vector.set(replica, seq)
    last = replica
  }
  return vector
}
