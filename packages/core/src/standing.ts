import { compareText, sortedEntries, sortedValues } from './ids.js'
import { limits } from './limits.js'
import { type Pair, type Standing } from './message.js'
import { type State } from './state.js'

const entryBytes = 80
const entriesMax = Math.floor(limits.pageBytesMax / entryBytes)

/** Which statements and proofs are held, in bounded pages, each for a stretch of issuers and ids. */
export function standingPages(state: State): readonly Standing[] {
  const pages: Standing[] = []
  for (let from: string | null = null; ;) {
    const page = standingWithin(state, from, null)
    pages.push(page)
    if (page.to === null) return pages
    from = page.to
  }
}

/** What is held in a stretch; where that is too much for a page, in the first part of it. */
export function standingWithin(state: State, from: string | null, to: string | null): Standing {
  const ids = new Set<string>([
    ...state.chains.keys(),
    ...state.forks.keys(),
    ...state.brokenChains.keys(),
  ])
  const within = sortedValues(ids).filter((id) => isWithin(id, from, to))
  const end = within[entriesMax] ?? to
  const isShown = ([id]: readonly [string, unknown]): boolean => isWithin(id, from, end)
  return {
    from,
    to: end,
    chains: sortedEntries(state.chains)
      .filter(isShown)
      .map(([issuer, chain]) => ({ issuer, number: chain.length, id: chain.at(-1)!.id })),
    forks: sortedEntries(state.forks)
      .filter(isShown)
      .map(([replica, { limit }]) => ({ replica, seq: limit.seq })),
    broken: sortedEntries(state.brokenChains)
      .filter(isShown)
      .map(([issuer, { number }]) => ({ issuer, number })),
  }
}

const isWithin = (id: string, from: string | null, to: string | null): boolean =>
  (from === null || compareText(id, from) >= 0) && (to === null || compareText(id, to) < 0)

/** What a replica of this standing lacks of its stretch, as much as fits a page. */
export function statementsFor(
  state: State,
  other: Standing,
): { readonly statements: readonly Uint8Array[]; readonly pairs: readonly Pair[] } {
  const lacking = [...lackingStatements(state, other), ...lackingPairs(state, other)]
  const statements: Uint8Array[] = []
  const pairs: Pair[] = []
  let room: number = limits.pageBytesMax
  for (const one of lacking) {
    room -= one instanceof Uint8Array ? one.length : one[0].length + one[1].length
    if (room < 0 && statements.length + pairs.length > 0) break
    if (one instanceof Uint8Array) statements.push(one)
    else pairs.push(one)
  }
  return { statements, pairs }
}

function lackingStatements(state: State, other: Standing): readonly Uint8Array[] {
  return sortedEntries(state.chains).flatMap(([issuer, chain]) => {
    if (!isWithin(issuer, other.from, other.to)) return []
    const theirs = other.chains.find((one) => one.issuer === issuer)
    const bytes = chain.map((statement) => statement.bytes)
    if (theirs === undefined) return bytes
    const same = chain[theirs.number - 1]
    if (same === undefined) return []
    // On another line, ours with their number is the other half of the proof.
    return same.id === theirs.id ? bytes.slice(theirs.number) : [same.bytes]
  })
}

function lackingPairs(state: State, other: Standing): readonly Pair[] {
  const forks = sortedEntries(state.forks).filter(([replica, { limit }]) => {
    const theirs = other.forks.find((fork) => fork.replica === replica)
    return (
      isWithin(replica, other.from, other.to) && (theirs === undefined || theirs.seq > limit.seq)
    )
  })
  const broken = sortedEntries(state.brokenChains).filter(([issuer, { number }]) => {
    const theirs = other.broken.find((one) => one.issuer === issuer)
    return (
      isWithin(issuer, other.from, other.to) && (theirs === undefined || theirs.number > number)
    )
  })
  return [...forks, ...broken].map(([, { pair }]) => pair)
}
