import { type BadgeChain, badgeOf, isAdminOfAll, memberFault, readChain } from './badge.js'
import { asBytes, asCount, asList, checkFormat, decode, encode } from './codec.js'
import { Malformed } from './errors.js'
import {
  type BadgeId,
  type PeerId,
  type ReleaseId,
  type ReplicaId,
  compareText,
  fromHex,
  sortedEntries,
  sortedValues,
  toHex,
} from './ids.js'
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
 * - revoke: a key, and whoever it let in, counts no further than was held by then.
 */
export interface Statement {
  readonly kind: 'cut' | 'seal' | 'close' | 'revoke'
  readonly issuer: PeerId
  /** Each issuer numbers its own chain from 1; statements are taken in that order. */
  readonly number: number
  readonly prev: string | null
  readonly marks: readonly Mark[]
  /** With a close: the incarnation that shows the replica id to be the issuer's own. */
  readonly incarnation: Uint8Array | null
  /** In a closed mesh: by what its issuer may say this; undefined: it is the root. */
  readonly badge: BadgeChain | undefined
  /** With a revoke. */
  readonly revocation: Revocation | null
  readonly id: string
  readonly bytes: Uint8Array
}

/** What a revocation says beside its marks: those end the replica ids of the key itself. */
export interface Revocation {
  /** A peer, a person, or an invite. */
  readonly subject: PeerId
  readonly atMs: number
  /** Badges further down that stay good, with those below them. */
  readonly kept: ReadonlySet<BadgeId>
  /** Up to where counts what it wanted and other peers numbered, or what was numbered by its badges. */
  readonly authored: ReadonlyMap<ReplicaId, number>
  /** Up to where the key's own statements count, and those of whom it let in. */
  readonly chains: ReadonlyMap<PeerId, number>
}

export type StatementDraft = Omit<Statement, 'id' | 'bytes' | 'badge' | 'revocation'> &
  Partial<Pick<Statement, 'badge' | 'revocation'>>

const kinds = ['cut', 'seal', 'close', 'revoke'] as const
const formatVersion = 1

export function signStatement(
  mesh: Mesh,
  draft: StatementDraft,
  sign: (bytes: Uint8Array) => Uint8Array = mesh.sign,
): Statement {
  const { badge, revocation = null } = draft
  const marks = [...draft.marks].sort((a, b) => compareText(a.replica, b.replica))
  const body = encode([
    formatVersion,
    kinds.indexOf(draft.kind),
    fromHex(draft.issuer),
    draft.number,
    draft.prev === null ? null : fromHex(draft.prev),
    marks.map(markToWire),
    draft.incarnation,
    ...(mesh.closed === true ? [badge === undefined ? null : fromHex(badgeOf(badge).id)] : []),
    ...(revocation === null ? [] : [revocationToWire(revocation)]),
  ])
  const signed = [body, sign(mesh.signedBytes('statement', body))]
  const links = badge?.map(({ bytes }) => bytes)
  return decodeStatement(mesh, encode(links === undefined ? signed : [...signed, links]))
}

/** Form and signature; whether the issuer may say it is judged where it is taken. */
export function decodeStatement(mesh: Mesh, bytes: Uint8Array): Statement {
  const [bodyValue, signature, ...more] = asList(
    decode(bytes, limits.statementBytesMax),
    'statement',
  )
  const body = asBytes(bodyValue, 'statement body')
  const fields = asList(decode(body), 'statement body')
  checkFormat(fields[0], formatVersion)
  const kind = kinds[asCount(fields[1], 'statement kind', kinds.length - 1)]!
  const fieldCount = 7 + (mesh.closed === true ? 1 : 0)
  asList(fields, 'statement body', fieldCount + (kind === 'revoke' ? 1 : 0))
  const named = mesh.closed === true ? (fields[7] ?? null) : null
  asList(more, 'what follows a statement', named === null ? 0 : 1)
  const issuer = toHex<PeerId>(asBytes(fields[2], 'issuer', 32))
  const number = asCount(fields[3], 'statement number')
  if (number === 0 || (number === 1) !== (fields[4] === null)) {
    throw new Malformed('statement number and prev disagree')
  }
  const marks = entriesOf(fields[5], 'marks', markFromWire, ({ replica }) => replica)
  if (marks.length === 0 && kind !== 'revoke') throw new Malformed('a statement has no marks')
  const signed = mesh.signedBytes('statement', body)
  if (!mesh.verify(issuer, signed, asBytes(signature, 'signature', 64))) {
    throw new Malformed('the signature of a statement does not hold')
  }
  return {
    kind,
    issuer,
    number,
    prev: fields[4] === null ? null : toHex(asBytes(fields[4], 'prev', 32)),
    marks,
    incarnation: fields[6] === null ? null : asBytes(fields[6], 'incarnation', incarnationBytes),
    badge: named === null ? undefined : namedBadge(mesh, named, more[0]),
    revocation: kind === 'revoke' ? revocationFromWire(fields[fieldCount]) : null,
    id: toHex(mesh.hash(signed)),
    bytes,
  }
}

/** Lists are bounded, and have one order. */
function entriesOf<T>(
  value: unknown,
  what: string,
  read: (entry: unknown) => T,
  nameOf: (entry: T) => string,
): readonly T[] {
  const entries = asList(value, what).map(read)
  if (entries.length > limits.statementEntriesMax) {
    throw new Malformed(`a statement has at most ${limits.statementEntriesMax} ${what}`)
  }
  if (entries.some((entry, index) => index > 0 && nameOf(entries[index - 1]!) >= nameOf(entry))) {
    throw new Malformed(`the ${what} are not ascending`)
  }
  return entries
}

const revocationToWire = ({ subject, atMs, kept, authored, chains }: Revocation): unknown[] => [
  fromHex(subject),
  atMs,
  sortedValues(kept).map(fromHex),
  sortedEntries(authored).map(([replica, seq]) => [fromHex(replica), seq]),
  sortedEntries(chains).map(([issuer, number]) => [fromHex(issuer), number]),
]

/** The links travel beside; which badge they must make is signed. */
function namedBadge(mesh: Mesh, named: unknown, links: unknown): BadgeChain {
  const chain = readChain(
    mesh,
    asList(links, 'badge').map((link) => asBytes(link, 'link')),
  )
  if (badgeOf(chain).id === toHex(asBytes(named, 'badge', 32))) return chain
  throw new Malformed('a statement shows another badge than it names')
}

function revocationFromWire(value: unknown): Revocation {
  const [subject, atMs, kept, authored, chains] = asList(value, 'revocation', 5)
  const counted =
    <Id extends string>(what: string, bytes: number) =>
    (entry: unknown): readonly [Id, number] => {
      const [id, count] = asList(entry, what, 2)
      return [toHex<Id>(asBytes(id, what, bytes)), asCount(count, what)]
    }
  const asBadgeId = (entry: unknown): BadgeId => toHex<BadgeId>(asBytes(entry, 'badge', 32))
  return {
    subject: toHex<PeerId>(asBytes(subject, 'subject', 32)),
    atMs: asCount(atMs, 'revocation time'),
    kept: new Set(entriesOf(kept, 'kept badges', asBadgeId, (id) => id)),
    authored: new Map(
      entriesOf(authored, 'authored', counted<ReplicaId>('replica id', 16), ([id]) => id),
    ),
    chains: new Map(entriesOf(chains, 'chains', counted<PeerId>('issuer', 32), ([id]) => id)),
  }
}

/** Why the issuer may not say this, or undefined. */
export function statementFault(mesh: Mesh, statement: Statement): string | undefined {
  if (statement.revocation !== null) return revokeFault(mesh, statement, statement.revocation)
  if (mesh.admins.has(statement.issuer)) return undefined
  const member = badgeFault(mesh, statement)
  if (member !== undefined) return member
  const isOwner =
    statement.kind === 'close' &&
    statement.incarnation !== null &&
    statement.marks.length === 1 &&
    mesh.writerOf(statement.issuer, statement.incarnation).replica === statement.marks[0]!.replica
  return isOwner
    ? undefined
    : `its issuer ${statement.issuer.slice(0, 8)} may not issue a ${statement.kind}`
}

/** The root may revoke any key but its own, and so may whom it made an admin of everything. */
function revokeFault(
  mesh: Mesh,
  statement: Statement,
  { subject, atMs }: Revocation,
): string | undefined {
  const { issuer, badge } = statement
  if (mesh.closed !== true) return 'in an open mesh there is no badge to revoke'
  if (mesh.admins.has(subject)) return 'the root of a mesh cannot be revoked'
  if (mesh.admins.has(issuer)) return undefined
  const fault = badgeFault(mesh, statement)
  if (fault !== undefined || badge === undefined) return fault
  return isAdminOfAll(badge)
    ? memberFault(badge, atMs)
    : `its issuer ${issuer.slice(0, 8)} is no admin of everything`
}

/** Only members of a closed mesh say anything about it. */
function badgeFault({ closed }: Mesh, { issuer, badge }: Statement): string | undefined {
  if (closed !== true || (badge !== undefined && badgeOf(badge).subject === issuer))
    return undefined
  return `its issuer ${issuer.slice(0, 8)} shows no badge of its own`
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
