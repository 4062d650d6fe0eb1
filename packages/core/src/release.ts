import {
  asBytes,
  asCount,
  asList,
  asOptionalText,
  asText,
  checkFormat,
  decode,
  decodeAgain,
  encode,
} from './codec.js'
import { Malformed } from './errors.js'
import {
  type BadgeId,
  type Dot,
  type Key,
  type PeerId,
  type ReleaseId,
  type ReplicaId,
  fromHex,
  sortedEntries,
  toHex,
} from './ids.js'
import {
  type Authorship,
  authorshipFromWire,
  authorshipToWire,
  intentLeaf,
  isIntended,
} from './intent.js'
import { keyFault } from './key.js'
import { limits } from './limits.js'
import { type Mesh, incarnationBytes } from './mesh.js'
import { type Stamp } from './stamp.js'
import { asTree, authorsRootOf, growTree, isWhole, leavesOf, prune, rootOf } from './tree.js'
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
  /** In a closed mesh: by what its peer is a member. */
  readonly badge: BadgeId | undefined
  /** Whose will it is, and whose right: another key's, by its intent, or that of the peer itself. */
  readonly author: PeerId
  readonly authorship: Authorship | undefined
  /** In a closed mesh: how much of its replica id's budget is spent after it. */
  readonly spentBytes: number
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
  /** What its author's signature is over, as far as changes go; only with an intent. */
  readonly authorsRoot: Uint8Array | undefined
  /** How much its shown changes take. */
  readonly changesBytes: number
}

interface Draft {
  readonly peer: PeerId
  readonly incarnation: Uint8Array
  readonly seq: number
  readonly prev: ReleaseId | null
  readonly stamp: Stamp
  readonly message?: string | undefined
  readonly requestId?: string | undefined
  readonly badge?: BadgeId | undefined
  readonly authorship?: Authorship | undefined
  readonly spentBytes?: number | undefined
  readonly changes: readonly Change[]
}

/** In a closed mesh each release names what it stands on; in an open one there is nothing to name. */
const formatOf = ({ closed }: Mesh): number => (closed === true ? 2 : 1)
const headerFields = { 1: 9, 2: 12 } as Readonly<Record<number, number>>

export const leafOf = (change: Change): Uint8Array => encode(changeToWire(change))

export function signRelease(mesh: Mesh, draft: Draft): Uint8Array {
  const { badge, authorship, spentBytes } = draft
  const trust = [
    badge === undefined ? null : fromHex(badge),
    authorship === undefined ? null : authorshipToWire(authorship),
    spentBytes ?? 0,
  ]
  const header = encode([
    formatOf(mesh),
    fromHex(draft.peer),
    draft.incarnation,
    draft.seq,
    draft.prev === null ? null : fromHex(draft.prev),
    draft.stamp.ms,
    draft.stamp.counter,
    draft.message ?? null,
    draft.requestId ?? null,
    ...(mesh.closed === true ? trust : []),
  ])
  const tree = growTree(draft.changes.map(leafOf))
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
  const fields = readFields(mesh, read(header))
  const authorship = readAuthorship(fields)
  const tree = asTree(treeValue, authorship === undefined ? 1 : 2)
  const signed = mesh.signedBytes('release', header, rootOf(tree, mesh.hash))
  const id = toHex<ReleaseId>(mesh.hash(signed))
  const release = readHeader(mesh, fields, { id, authorship })
  const leaves = leavesOf(tree)
  const changes = leaves.map((leaf) => changeFromWire(leaf, read))
  checkChanges(release, changes)
  return {
    release,
    changes,
    whole: isWhole(tree),
    bytes,
    signedBytes: signed,
    signature: asBytes(signature, 'signature', 64),
    authorsRoot:
      authorship === undefined ? undefined : authorsRootOf(tree, mesh.hash, authorsPart(read)),
    changesBytes: leaves.reduce((sum, { length }) => sum + length, 0),
  }
}

const authorsPart =
  (read: Decode) =>
  (leaf: Uint8Array): Uint8Array =>
    intentLeaf(changeFromWire(leaf, read))

/** By its peer, and where it is not its own author, by that one as well. */
export function isSigned(mesh: Mesh, evidence: Evidence): boolean {
  const { release, signedBytes, signature, authorsRoot } = evidence
  if (!mesh.verify(release.peer, signedBytes, signature)) return false
  const { authorship } = release
  return authorship === undefined || isIntended(mesh, authorship, release, authorsRoot!)
}

/** The same release showing only the changes of some keys; of none: the bare proof that it exists. */
export function showOnly(mesh: Mesh, bytes: Uint8Array, shows: (key: Key) => boolean): Uint8Array {
  const [header, signature, tree] = asList(decode(bytes), 'release', 3)
  const keeps = (leaf: Uint8Array): boolean => shows(changeFromWire(leaf, decode).key)
  const fields = readFields(mesh, decode(asBytes(header, 'header')))
  const isOwn = readAuthorship(fields) === undefined
  const partOf = isOwn ? undefined : authorsPart(decode)
  return encode([header, signature, prune(asTree(tree, isOwn ? 1 : 2), keeps, mesh.hash, partOf)])
}

function readFields(mesh: Mesh, value: unknown): readonly unknown[] {
  const fields = asList(value, 'header')
  const format = formatOf(mesh)
  checkFormat(fields[0], format)
  return asList(fields, 'header', headerFields[format])
}

const readAuthorship = ([, , , , , , , , , , authorship]: readonly unknown[]):
  | Authorship
  | undefined =>
  authorship === undefined || authorship === null ? undefined : authorshipFromWire(authorship)

function readHeader(
  mesh: Mesh,
  fields: readonly unknown[],
  { id, authorship }: Pick<Release, 'id' | 'authorship'>,
): Release {
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
    message: asOptionalText(fields[7], 'message', limits.releaseMessageBytesMax),
    requestId: asOptionalText(fields[8], 'request id', limits.requestIdBytesMax),
    badge: mesh.closed === true ? toHex<BadgeId>(asBytes(fields[9], 'badge', 32)) : undefined,
    author: authorship?.author ?? peer,
    authorship,
    spentBytes: mesh.closed === true ? asCount(fields[11], 'spent') : 0,
  }
}

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
