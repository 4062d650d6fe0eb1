import * as dagCbor from '@ipld/dag-cbor'
import { type Fact } from './oracle.js'
import { hex, peerOf, sha256, text } from './stub-crypto.js'

// The oracle of trust: who was let in by whom, who was revoked, and what of a replica id counts no
// more. As naive as the other one: it reads the bytes itself, and holds nothing but the rules.

export interface OracleBadge {
  readonly id: string
  readonly parent: string | undefined
  readonly issuer: string
  readonly subject: string
  readonly grants: readonly { readonly prefix: string; readonly can: number }[]
  readonly notBefore: number
  readonly notAfter: number
  readonly isInvite: boolean
}

export interface OracleStatement {
  readonly kind: number
  readonly issuer: string
  readonly number: number
  /** The badges of its issuer, root first; none: it is the root. */
  readonly badges: readonly OracleBadge[]
  readonly marks: ReadonlyMap<string, number>
  readonly revocation: OracleRevocation | undefined
}

interface OracleRevocation {
  readonly subject: string
  readonly kept: ReadonlySet<string>
  readonly authored: ReadonlyMap<string, number>
  readonly chains: ReadonlyMap<string, number>
}

type Counts = readonly (readonly [Uint8Array, number])[]
type WireBadge = readonly [
  ...[format: number, parent: Uint8Array | null, issuer: Uint8Array, subject: Uint8Array],
  ...[name: string, labels: unknown, grants: readonly (readonly [string, number])[]],
  ...[notBefore: number, notAfter: number, invite: unknown],
]

export function readOracleBadge(mesh: Uint8Array, bytes: Uint8Array): OracleBadge {
  const [body] = dagCbor.decode<[Uint8Array]>(bytes)
  const [, parent, issuer, subject, , , grants, notBefore, notAfter, invite] =
    dagCbor.decode<WireBadge>(body)
  return {
    id: hex(sha256(text.encode('grapevine/badge/1\n'), mesh, body)),
    parent: parent === null ? undefined : hex(parent),
    issuer: hex(issuer),
    subject: hex(subject),
    grants: grants.map(([prefix, can]) => ({ prefix, can })),
    notBefore,
    notAfter,
    isInvite: invite !== null,
  }
}

/** As it is in a closed mesh. */
function readOracleStatement(mesh: Uint8Array, bytes: Uint8Array): OracleStatement {
  const [body, , links = []] = dagCbor.decode<[Uint8Array, Uint8Array, Uint8Array[]?]>(bytes)
  const [, kind, issuer, number, , marks, , , revocation] = dagCbor.decode<WireStatement>(body)
  return {
    kind,
    issuer: hex(issuer),
    number,
    badges: links.map((link) => readOracleBadge(mesh, link)),
    marks: counts(marks),
    revocation: revocation && readRevocation(revocation),
  }
}

type WireStatement = readonly [
  ...[format: number, kind: number, issuer: Uint8Array, number: number, prev: Uint8Array | null],
  ...[marks: Counts, incarnation: Uint8Array | null, badge: Uint8Array | null],
  ...([] | [WireRevocation]),
]
type WireRevocation = readonly [
  ...[subject: Uint8Array, atMs: number, kept: readonly Uint8Array[]],
  ...[authored: Counts, chains: Counts],
]

const readRevocation = ([subject, , kept, authored, chains]: WireRevocation): OracleRevocation => ({
  subject: hex(subject),
  kept: new Set(kept.map(hex)),
  authored: counts(authored),
  chains: counts(chains),
})

const counts = (entries: Counts): ReadonlyMap<string, number> =>
  new Map(entries.map(([id, count]) => [hex(id), count]))

/** What the mesh says of trust at one replica: its statements, and every badge that anybody knows. */
export interface OracleTrust {
  readonly root: string
  readonly statements: readonly OracleStatement[]
  readonly badges: ReadonlyMap<string, OracleBadge>
}

/** What a disk says of it. */
export const trustOn = (
  mesh: Uint8Array,
  disk: ReadonlyMap<string, Uint8Array>,
  badges: OracleTrust['badges'],
): OracleTrust => ({
  root: peerOf('root'),
  statements: [...disk]
    .filter(([record]) => record.startsWith('statement/'))
    .map(([, bytes]) => readOracleStatement(mesh, bytes))
    .sort((a, b) => a.number - b.number),
  badges,
})

/** Root first; what is not known whole is nothing. */
export function chainOf({ badges }: Pick<OracleTrust, 'badges'>, id: string): OracleBadge[] {
  const badge = badges.get(id)
  if (badge === undefined) return []
  return badge.parent === undefined ? [badge] : [...chainOf({ badges }, badge.parent), badge]
}

const goesThrough = (
  { subject, kept }: OracleRevocation,
  chain: readonly OracleBadge[],
  holder: string,
): boolean => {
  if (holder === subject) return true
  const below = chain.slice(chain.findIndex((badge) => badge.subject === subject) + 1)
  return chain.some((badge) => badge.subject === subject) && !below.some(({ id }) => kept.has(id))
}

/** The revocations that count, and the marks of each: the word of whoever stands nearer the root. */
function standing({ root, statements }: OracleTrust): readonly OracleStatement[] {
  const depthOf = (issuer: string): number => {
    if (issuer === root) return 0
    const own = statements.filter((one) => one.issuer === issuer)
    return Math.min(...own.map(({ badges }) => badges.length || Infinity))
  }
  const issuers = [...new Set(statements.map(({ issuer }) => issuer))].sort((a, b) =>
    depthOf(a) === depthOf(b) ? (a < b ? -1 : 1) : depthOf(a) - depthOf(b),
  )
  const counting: OracleStatement[] = []
  for (const issuer of issuers) {
    const above = issuer === root ? [] : counting.flatMap(({ revocation }) => revocation ?? [])
    const isVoid = ({ number, badges }: OracleStatement): boolean =>
      above.some(
        (one) => goesThrough(one, badges, issuer) && number > (one.chains.get(issuer) ?? 0),
      )
    counting.push(...statements.filter((one) => one.issuer === issuer && !isVoid(one)))
  }
  return counting.filter(({ revocation }) => revocation !== undefined)
}

const kindOfSeal = 1

function sealedAt({ root, statements }: OracleTrust, replica: string): number {
  const seals = statements.filter(({ kind, issuer }) => kind === kindOfSeal && issuer === root)
  return Math.max(0, ...seals.map(({ marks }) => marks.get(replica) ?? 0))
}

/** Which releases a replica with these statements must not have, and which count for nothing there. */
export function judgeTrust(trust: OracleTrust): {
  readonly isRevoked: (fact: Fact) => boolean
  readonly isStruck: (fact: Fact) => boolean
} {
  const revoking = standing(trust)
  const isBeyond = (
    { replica, seq }: Fact,
    badge: string,
    countsTo: (statement: OracleStatement, replica: string) => number,
  ): boolean => {
    const chain = chainOf(trust, badge)
    const holder = chain.at(-1)?.subject ?? ''
    return revoking.some(
      (statement) =>
        goesThrough(statement.revocation!, chain, holder) &&
        seq > Math.max(countsTo(statement, replica), sealedAt(trust, replica)),
    )
  }
  return {
    isRevoked: (fact) =>
      fact.trust !== undefined &&
      isBeyond(fact, fact.trust.badge, ({ marks, revocation }, replica) =>
        Math.max(marks.get(replica) ?? 0, revocation!.authored.get(replica) ?? 0),
      ),
    isStruck: (fact) =>
      fact.trust?.author !== undefined &&
      isBeyond(
        fact,
        fact.trust.author.badge,
        ({ revocation }, replica) => revocation!.authored.get(replica) ?? 0,
      ),
  }
}

const canWrite = 0
const canAdminister = 2

/** Why nobody may hold this release, whatever its signatures say; undefined: it is right. */
export function wrongIn(trust: OracleTrust, fact: Fact): string | undefined {
  if (fact.trust === undefined) return 'it names no badge'
  const own = { key: fact.peer, badge: fact.trust.badge }
  const { author = own } = fact.trust
  for (const { key, badge } of [own, author]) {
    const chain = chainOf(trust, badge)
    const last = chain.at(-1)
    if (last?.subject !== key || last.isInvite) return 'it stands on no badge of its own'
    if (chain[0]!.issuer !== trust.root) return 'its badge does not begin at the root'
    if (fact.ms < last.notBefore || fact.ms > last.notAfter) return 'its badge was not good then'
  }
  for (const { key } of fact.changes) {
    // Each link narrows, so each must cover the key.
    for (const { grants } of chainOf(trust, author.badge)) {
      const isGiven = grants.some(
        ({ prefix, can }) =>
          (can === canWrite || can === canAdminister) &&
          `/${key}/`.startsWith(prefix === '' ? '/' : `/${prefix}/`),
      )
      if (!isGiven) return `nobody let its author write ${key}`
    }
  }
  return undefined
}
