import { asBytes, asCount, asList, checkFormat, decode, encode } from './codec.js'
import { Malformed } from './errors.js'
import { type PeerId, type ReleaseId, type ReplicaId, compareText, fromHex, toHex } from './ids.js'
import { limits } from './limits.js'
import { type Mesh, incarnationBytes } from './mesh.js'

/** A place in a replica id's chain: everything up to it, and by its id exactly which everything. */
export interface Mark {
  readonly replica: ReplicaId
  readonly seq: number
  /** Null only at seq 0. */
  readonly id: ReleaseId | null
}

/**
 * A signed word about the mesh itself, outside the releases.
 *
 * - cut: nothing of these replica ids counts beyond the mark.
 * - seal: no cut of this issuer goes below the mark.
 * - close: the owner or an admin cuts a lost replica id at the last release that anybody holds.
 */
export interface Statement {
  readonly kind: 'cut' | 'seal' | 'close'
  readonly issuer: PeerId
  /** Each issuer numbers its own chain from 1; statements are taken in that order. */
  readonly number: number
  readonly prev: string | null
  readonly marks: readonly Mark[]
  /** With a close: the incarnation that shows the replica id to be the issuer's own. */
  readonly incarnation: Uint8Array | null
  readonly id: string
  readonly bytes: Uint8Array
}

export type StatementDraft = Omit<Statement, 'id' | 'bytes'>

const kinds = ['cut', 'seal', 'close'] as const
const formatVersion = 1

export function signStatement(mesh: Mesh, draft: StatementDraft): Statement {
  const marks = [...draft.marks].sort((a, b) => compareText(a.replica, b.replica))
  const body = encode([
    formatVersion,
    kinds.indexOf(draft.kind),
    fromHex(draft.issuer),
    draft.number,
    draft.prev === null ? null : fromHex(draft.prev),
    marks.map(markToWire),
    draft.incarnation,
  ])
  return decodeStatement(mesh, encode([body, mesh.sign(mesh.signedBytes('statement', body))]))
}

/** Form and signature; whether the issuer may say it is judged where it is taken. */
export function decodeStatement(mesh: Mesh, bytes: Uint8Array): Statement {
  const [bodyValue, signature] = asList(decode(bytes, limits.pageBytesMax), 'statement', 2)
  const body = asBytes(bodyValue, 'statement body')
  const fields = asList(decode(body), 'statement body', 7)
  checkFormat(fields[0], formatVersion)
  const issuer = toHex<PeerId>(asBytes(fields[2], 'issuer', 32))
  const number = asCount(fields[3], 'statement number')
  if (number === 0 || (number === 1) !== (fields[4] === null)) {
    throw new Malformed('statement number and prev disagree')
  }
  const marks = asList(fields[5], 'marks').map(markFromWire)
  if (marks.length === 0 || marks.length > limits.statementEntriesMax) {
    throw new Malformed(`a statement has 1 to ${limits.statementEntriesMax} marks`)
  }
  if (marks.some((mark, index) => index > 0 && marks[index - 1]!.replica >= mark.replica)) {
    throw new Malformed('the marks are not ascending')
  }
  const signed = mesh.signedBytes('statement', body)
  if (!mesh.verify(issuer, signed, asBytes(signature, 'signature', 64))) {
    throw new Malformed('the signature of a statement does not hold')
  }
  return {
    kind: kinds[asCount(fields[1], 'statement kind', kinds.length - 1)]!,
    issuer,
    number,
    prev: fields[4] === null ? null : toHex(asBytes(fields[4], 'prev', 32)),
    marks,
    incarnation: fields[6] === null ? null : asBytes(fields[6], 'incarnation', incarnationBytes),
    id: toHex(mesh.hash(signed)),
    bytes,
  }
}

/** Why the issuer may not say this, or undefined. */
export function statementFault(mesh: Mesh, statement: Statement): string | undefined {
  if (mesh.admins.has(statement.issuer)) return undefined
  const isOwner =
    statement.kind === 'close' &&
    statement.incarnation !== null &&
    statement.marks.length === 1 &&
    mesh.writerOf(statement.issuer, statement.incarnation).replica === statement.marks[0]!.replica
  return isOwner
    ? undefined
    : `its issuer ${statement.issuer.slice(0, 8)} may not issue a ${statement.kind}`
}

/** Two statements that one issuer cannot both have meant. */
export const isBrokenPair = (a: Statement, b: Statement): boolean =>
  a.issuer === b.issuer && a.number === b.number && a.id !== b.id

export const markToWire = (mark: Mark): unknown[] => [
  fromHex(mark.replica),
  mark.seq,
  mark.id === null ? null : fromHex(mark.id),
]

export function markFromWire(value: unknown): Mark {
  const [replica, seq, id] = asList(value, 'mark', 3)
  const mark = {
    replica: toHex<ReplicaId>(asBytes(replica, 'replica id', 16)),
    seq: asCount(seq, 'seq'),
    id: id === null ? null : toHex<ReleaseId>(asBytes(id, 'release id', 32)),
  }
  if ((mark.seq === 0) !== (mark.id === null))
    throw new Malformed('a mark has an id exactly above seq 0')
  return mark
}
