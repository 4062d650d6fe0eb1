import type { BadgeBook, Link } from './badge-book.js'
import type { Fact, Vector } from './oracle.js'
import type { Revocation, SaidOfMesh } from './said.js'

/** What follows from all statements that somebody holds, in whatever order they came. */
export interface Standing {
  /** No cut and no revocation goes below these. */
  readonly sealed: Vector
  /** Where replica ids end by what was said of them. */
  readonly cuts: Vector
  readonly revoked: readonly Revoked[]
}

interface Revoked extends Revocation {
  readonly marks: Vector
}

/**
 * A statement does not count where one of a higher rank revoked its issuer before it. Rank is how near
 * to the root its issuer stands, and then its key.
 */
export function standingOf(root: string, said: readonly SaidOfMesh[]): Standing {
  const chains = new Map<string, SaidOfMesh[]>()
  for (const one of said) chains.set(one.issuer, [...(chains.get(one.issuer) ?? []), one])
  const rankOf = (issuer: string): number => {
    if (issuer === root) return 0
    const depths = chains
      .get(issuer)!
      .flatMap(({ shown }) => (shown.length > 0 ? [shown.length] : []))
    return Math.min(Number.POSITIVE_INFINITY, ...depths)
  }
  const issuers = [...chains.keys()].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1) || 0)
  const cuts = new Map<string, number>()
  const revoked: Revoked[] = []
  for (const issuer of issuers) {
    const higher = issuer === root ? [] : [...revoked]
    for (const { kind, number, marks, shown, revocation } of chains.get(issuer)!) {
      const isVoid = higher.some(
        (one) =>
          number > (one.chains.get(issuer) ?? 0) &&
          isTouched(one, { holder: issuer, chain: shown }),
      )
      if (isVoid) continue
      if (revocation !== undefined) revoked.push({ ...revocation, marks })
      if (kind === 'seal') continue
      for (const [replica, seq] of marks) cuts.set(replica, Math.min(seq, cuts.get(replica) ?? seq))
    }
  }
  return { sealed: sealsOf(chains.get(root) ?? []), cuts, revoked }
}

function sealsOf(said: readonly SaidOfMesh[]): Vector {
  const sealed = new Map<string, number>()
  for (const { kind, marks } of said) {
    if (kind !== 'seal') continue
    for (const [replica, seq] of marks) {
      sealed.set(replica, Math.max(seq, sealed.get(replica) ?? 0))
    }
  }
  return sealed
}

/** Through the revoked key, and nothing below it was kept. */
function isTouched(
  { subject, kept }: Revocation,
  { holder, chain }: { readonly holder: string; readonly chain: readonly Link[] },
): boolean {
  if (holder === subject) return true
  const place = chain.findIndex((link) => link.subject === subject)
  return place >= 0 && !chain.slice(place + 1).some(({ id }) => kept.has(id))
}

interface Place {
  readonly replica: string
  readonly seq: number
}

const isBeyond = ({ sealed }: Standing, { replica, seq }: Place, marks: Vector): boolean =>
  seq > (marks.get(replica) ?? 0) && seq > (sealed.get(replica) ?? 0)

function voiding(
  standing: Standing,
  book: BadgeBook,
  badge: string | undefined,
  isVoidBy: (revoked: Revoked) => boolean,
): boolean {
  if (badge === undefined || standing.revoked.length === 0) return false
  const chain = book.chainOf(badge)
  if (chain === undefined) return false
  const holder = chain.at(-1)!.subject
  return standing.revoked.some((one) => isTouched(one, { holder, chain }) && isVoidBy(one))
}

/** Its peer was revoked before it; what it had numbered under an older badge counts up to where it was held. */
export const isRevoked = (standing: Standing, book: BadgeBook, fact: Fact): boolean =>
  voiding(
    standing,
    book,
    fact.badge,
    ({ marks, authored }) => isBeyond(standing, fact, marks) && isBeyond(standing, fact, authored),
  )

/** Its author was revoked before it: it keeps its place, and none of its changes counts. */
export const isStruck = (standing: Standing, book: BadgeBook, fact: Fact): boolean =>
  voiding(standing, book, fact.authorship?.badge, ({ authored }) =>
    isBeyond(standing, fact, authored),
  )
