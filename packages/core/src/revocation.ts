import { type Badge, type BadgeChain } from './badge.js'
import { badgeAt } from './badges.js'
import { type BadgeId, type PeerId, type ReplicaId, compareText, sortedEntries } from './ids.js'
import { type Release } from './release.js'
import { type Revocation, type Statement } from './statement.js'
import { type State } from './state.js'

/** A revocation that counts: it is not itself void by another one. */
export interface Revoked extends Revocation {
  /** Of the statement that says it. */
  readonly id: string
  readonly marks: ReadonlyMap<ReplicaId, number>
}

/**
 * Which statements count. A revoked admin's do only as far as its revocation says; and where two
 * revoke each other, the word of whoever stands nearer to the root does: the root before all, then
 * the shorter badge, then the lesser key. A pure function of the statements held.
 */
export function standingStatements(state: State): {
  readonly statements: readonly Statement[]
  readonly revoked: readonly Revoked[]
} {
  const issuers = sortedEntries(state.chains)
    .map(([issuer, chain]) => ({ issuer, chain, rank: rankOf(state, issuer, chain) }))
    .sort((a, b) => a.rank - b.rank || compareText(a.issuer, b.issuer))
  const statements: Statement[] = []
  const revoked: Revoked[] = []
  for (const { issuer, chain, rank } of issuers) {
    const before = rank === 0 ? [] : [...revoked]
    const isVoid = ({ number, badge }: Statement): boolean =>
      before.some(
        (one) => isTouched(one, badge ?? [], issuer) && number > (one.chains.get(issuer) ?? 0),
      )
    for (const statement of chain) {
      if (isVoid(statement)) continue
      statements.push(statement)
      if (statement.revocation === null) continue
      const marks = new Map(statement.marks.map(({ replica, seq }) => [replica, seq]))
      revoked.push({ ...statement.revocation, id: statement.id, marks })
    }
  }
  return { statements, revoked }
}

/** How far from the root its issuer stands; who never showed a badge stands furthest. */
function rankOf({ mesh }: State, issuer: PeerId, chain: readonly Statement[]): number {
  if (mesh.admins.has(issuer)) return 0
  const depths = chain.flatMap(({ badge }) => badge?.length ?? [])
  return depths.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...depths)
}

/** Whether a badge goes through the revoked key, and nothing below it was kept. */
export function isTouched(
  { subject, kept }: Pick<Revocation, 'subject' | 'kept'>,
  chain: readonly Badge[],
  holder: PeerId | undefined = chain.at(-1)?.subject,
): boolean {
  if (holder === subject) return true
  const at = chain.findIndex((link) => link.subject === subject)
  return at >= 0 && !chain.slice(at + 1).some(({ id }) => kept.has(id))
}

/** By which revocations a badge does not hold any more. */
export const revokedIn = (state: State, chain: BadgeChain): readonly Revoked[] =>
  state.revoked.filter((one) => isTouched(one, chain))

/** The same for a badge that a release names; looked up once for each badge and set of statements. */
function revokedBy(state: State, id: BadgeId | undefined): readonly Revoked[] {
  if (id === undefined || state.revoked.length === 0) return []
  let found = state.revokedBy.get(id)
  if (found === undefined) {
    const chain = badgeAt(state, id)
    if (chain === undefined) return []
    state.revokedBy.set(id, (found = revokedIn(state, chain)))
  }
  return found
}

const isBeyond = (
  { sealed }: State,
  { replica, seq }: Pick<Release, 'replica' | 'seq'>,
  marks: ReadonlyMap<ReplicaId, number>,
): boolean => seq > Math.max(marks.get(replica) ?? 0, sealed.get(replica) ?? 0)

/** Its peer was revoked before it: it ends its chain there. */
export const isRevoked = (state: State, release: Release): boolean =>
  revokedBy(state, release.badge).some(
    ({ marks, authored }) => isBeyond(state, release, marks) && isBeyond(state, release, authored),
  )

/** Its author was revoked before it: it keeps its place in the chain of its peer, and changes nothing. */
export const isStruck = (state: State, release: Release): boolean =>
  revokedBy(state, release.authorship?.badge).some(({ authored }) =>
    isBeyond(state, release, authored),
  )
