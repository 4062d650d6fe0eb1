import type { BadgeBook, Foundation, Link } from './badge-book.js'
import { createBadgeBook, isGoodAt, mayWrite } from './badge-book.js'
import type { Fact, ReadFact } from './oracle.js'
import type { ReadSaid, SaidOfMesh } from './said.js'
import { createSaidReader } from './said.js'
import type { Standing } from './standing.js'
import { isRevoked, isStruck, standingOf } from './standing.js'

/** One record of badges, statements or the ends of the revoked. */
export interface StoredTrust {
  readonly name: string
  readonly link?: Link
  readonly said?: SaidOfMesh
  readonly stray?: Fact
  /** What counts may be something else now. */
  readonly isMoving: boolean
}

/** What one store holds of what was said of the mesh, and what follows from it. */
export interface TrustView {
  /** From all records of a store. */
  fill(records: ReadonlyMap<string, Uint8Array>): void
  /** From one record; undefined: it says nothing of this. */
  take(name: string, bytes: Uint8Array | null): StoredTrust | undefined
  isStruck(fact: Fact): boolean
  isRevoked(fact: Fact): boolean
  /** Keys that were revoked, by what counts; ascending, each once. */
  revoked(): readonly string[]
  /** Where a replica id ends; forks aside, which follow from releases. */
  limitOf(replica: string): number
  /** Replica ids of which anything says where they end. */
  limited(): ReadonlySet<string>
  /** How many ends of the revoked it keeps. */
  strays(): ReadonlyMap<string, Fact>
}

/** What all stores of a closed mesh share. */
export interface TrustOracle {
  /** Releases that were struck at anybody, at any time. */
  readonly everStruck: ReadonlySet<string>
  view(): TrustView
  /** Why the author may not write these keys by that stamp, or undefined. */
  rightFault(fact: Fact): string | undefined
  /** Why a badge that is shown, link by link, would be believed by nobody. */
  shownFault(links: readonly Uint8Array[]): string | undefined
}

/** A relay's clock may be behind that of whoever signed. */
const earlyMsMax = 60_000

export function createTrustOracle(foundation: Foundation, readFact: ReadFact): TrustOracle {
  const book = createBadgeBook(foundation)
  const readSaid = createSaidReader(foundation, book)
  const everStruck = new Set<string>()
  return {
    everStruck,
    view: () => createTrustView(foundation.root, { book, readSaid, readFact, everStruck }),
    rightFault: (fact) => rightFault(foundation, book, fact),
    shownFault(links) {
      const shown = links.map(book.learn)
      const broken = shown.find(({ isSigned }) => !isSigned)
      if (broken !== undefined) return `the signature under ${broken.name} does not hold`
      return book.faultOf(shown.at(-1)!.id)
    },
  }
}

interface Readers {
  readonly book: BadgeBook
  readonly readSaid: ReadSaid
  readonly readFact: ReadFact
  readonly everStruck: Set<string>
}

function createTrustView(
  root: string,
  { book, readSaid, readFact, everStruck }: Readers,
): TrustView {
  const said = new Map<string, SaidOfMesh>()
  const strays = new Map<string, Fact>()
  let standing: Standing | undefined
  const now = (): Standing => (standing ??= standingOf(root, inOrder(said)))

  function take(name: string, bytes: Uint8Array | null): StoredTrust | undefined {
    const table = name.slice(0, name.indexOf('/'))
    if (table === 'badge') {
      return bytes === null ? undefined : { name, link: book.learn(bytes), isMoving: false }
    }
    if (table === 'statement') {
      standing = undefined
      if (bytes === null) said.delete(name)
      else said.set(name, readSaid(bytes))
      return { name, isMoving: true, ...(bytes === null ? {} : { said: said.get(name)! }) }
    }
    if (table !== 'stray' || bytes === null) return undefined
    const stray = readFact(bytes)
    strays.set(stray.replica, stray)
    return { name, stray, isMoving: true }
  }

  return {
    take,
    fill(records) {
      said.clear()
      strays.clear()
      standing = undefined
      for (const [name, bytes] of records) take(name, bytes)
    },
    isStruck(fact) {
      const found = fact.authorship !== undefined && isStruck(now(), book, fact)
      if (found) everStruck.add(fact.id)
      return found
    },
    isRevoked: (fact) => isRevoked(now(), book, fact),
    revoked: () => [...new Set(now().revoked.map(({ subject }) => subject))].sort(),
    limitOf(replica) {
      const stray = strays.get(replica)
      const end = stray !== undefined && isRevoked(now(), book, stray) ? stray.seq - 1 : Infinity
      const cut = Math.min(now().cuts.get(replica) ?? Infinity, end)
      return Math.max(cut, now().sealed.get(replica) ?? 0)
    },
    limited: () => new Set([...now().cuts.keys(), ...strays.keys()]),
    strays: () => strays,
  }
}

/** Of each issuer in the order of their numbers. */
const inOrder = (said: ReadonlyMap<string, SaidOfMesh>): readonly SaidOfMesh[] =>
  [...said.values()].sort((a, b) =>
    a.issuer === b.issuer ? a.number - b.number : a.issuer < b.issuer ? -1 : 1,
  )

function rightFault(
  { verify }: Foundation,
  book: BadgeBook,
  { peer, ms, badge, authorship, changes }: Fact,
): string | undefined {
  if (badge === undefined) return 'it names no badge'
  const fault = book.faultOf(badge)
  if (fault !== undefined) return fault
  const chain = book.chainOf(badge)!
  if (chain.at(-1)!.subject !== peer) return 'it stands on the badge of somebody else'
  if (!isGoodAt(chain, ms)) return 'its badge is of another time'
  if (authorship === undefined) return keysFault(chain, changes)
  const { author, atMs, untilMs } = authorship
  if (!verify(author, authorship.signed, authorship.signature)) return 'its author did not sign it'
  if (ms < atMs - earlyMsMax || ms > untilMs) return 'its author wanted it at another time'
  const wrong = book.faultOf(authorship.badge)
  if (wrong !== undefined) return wrong
  const authors = book.chainOf(authorship.badge)!
  if (authors.at(-1)!.subject !== author) return 'its author shows the badge of somebody else'
  if (!isGoodAt(authors, ms)) return 'the badge of its author is of another time'
  return keysFault(authors, changes)
}

function keysFault(chain: readonly Link[], changes: Fact['changes']): string | undefined {
  const beyond = changes.find(({ key }) => !mayWrite(chain, key))
  return beyond && `${chain.at(-1)!.name} may not write ${beyond.key}`
}
