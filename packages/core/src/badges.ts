import { type Badge, type BadgeChain, badgeOf, readChain } from './badge.js'
import { Malformed } from './errors.js'
import { type BadgeId, type PeerId, sortedEntries } from './ids.js'
import { limits } from './limits.js'
import { type Message, encodeMessage } from './message.js'
import { recordName } from './record.js'
import { type Release } from './release.js'
import { type BadgeLookup } from './rights.js'
import { type Of, send } from './send.js'
import { type Logged, type State, loggedAt } from './state.js'
import { type Turn } from './turn.js'

/*
 * A release names the badges it stands on by their hashes, so that its right is the same wherever it
 * arrives. A badge travels once, before the first release that names it, or when it is asked for. It is
 * kept where a release that is held names it, for as long as the mesh lives; what was only shown (at a
 * door, or ahead of a release) lies in a bounded place beside.
 */

/** A badge, as far as it is known here. */
export function badgeAt(state: State, id: BadgeId): BadgeChain | undefined {
  const { ownBadge } = state
  if (ownBadge !== undefined && badgeOf(ownBadge).id === id) return ownBadge
  const shown = state.shownBadges.get(id)
  if (shown !== undefined) return shown
  const links: Badge[] = []
  for (let at: BadgeId | null = id; at !== null;) {
    const link: Badge | undefined = state.badges.get(at)
    if (link === undefined) return undefined
    links.unshift(link)
    at = link.parent
  }
  return links as unknown as BadgeChain
}

export const linksOf = (chain: BadgeChain): readonly Uint8Array[] => chain.map(({ bytes }) => bytes)

/** Reads and remembers a badge for a while; throws `Malformed` where a link does not hold. */
export function showBadge(state: State, links: readonly Uint8Array[], turn: Turn): BadgeChain {
  const { shownBadges, badges } = state
  const known = (id: BadgeId): Badge | undefined => {
    const shown = shownBadges.get(id)
    return badges.get(id) ?? (shown && badgeOf(shown))
  }
  const chain = readChain(state.mesh, links, known)
  const { id } = badgeOf(chain)
  shownBadges.delete(id)
  shownBadges.set(id, chain)
  // order: as shown, so the oldest goes
  const [oldest] = shownBadges.keys()
  if (shownBadges.size > limits.badgesShownMax) shownBadges.delete(oldest!)
  turn.moved.add(badgeNeed(id))
  return chain
}

/** What waits for a badge waits under this name. */
export const badgeNeed = (id: BadgeId): string => `badge/${id}`

/** A release that names it is held from now on. */
export function holdBadges(
  state: State,
  release: Release,
  turn: Turn,
  lookup: BadgeLookup = (id) => badgeAt(state, id),
): void {
  for (const id of badgesOf(release)) {
    if (state.badges.has(id)) continue
    for (const link of lookup(id) ?? []) {
      if (state.badges.has(link.id)) continue
      state.badges.set(link.id, link)
      turn.record(recordName.badge(link.id), link.bytes)
    }
  }
}

/** By what its peer is a member, and by what its author may write. */
export const badgesOf = ({ badge, authorship }: Release): readonly BadgeId[] => [
  // order: as the release names them
  ...new Set([badge, authorship?.badge].filter((id) => id !== undefined)),
]

/** Asks whoever showed a release for what it stands on; for each badge only once in a while. */
export function pullBadge(state: State, id: BadgeId, from: PeerId, turn: Turn): void {
  const askedAt = state.badgesAsked.get(id)
  if (askedAt !== undefined && turn.now - askedAt < limits.pullAgainMs) return
  // Anybody can name badges without end; to forget what was asked only costs asking again.
  if (state.badgesAsked.size >= limits.parkedReleasesMax) state.badgesAsked.clear()
  state.badgesAsked.set(id, turn.now)
  turn.tell({ type: 'pull', from, bytes: encodeMessage({ type: 'badges-want', ids: [id] }) })
}

export function onBadgesWant(
  state: State,
  from: PeerId,
  { ids }: Of<'badges-want'>,
  turn: Turn,
): void {
  sendBadges(state, from, ids.slice(0, limits.badgesAskedMax), turn)
}

export function onBadges(state: State, from: PeerId, { chains }: Of<'badges'>, turn: Turn): void {
  const known = new Set([...state.shownBadges.keys(), ...state.badges.keys()]) // order: a set
  const ids = chains.map((links) => badgeOf(showBadge(state, links, turn)).id)
  const isNews = ids.some((id) => !known.has(id))
  turn.tell({ type: 'verdict', from, verdict: isNews ? 'applied' : 'duplicate' })
}

export function sendBadges(state: State, to: PeerId, ids: readonly BadgeId[], turn: Turn): void {
  for (const message of badgeMessages(state, ids)) send(turn, to, message)
}

/** Badges in bounded messages. */
function badgeMessages(state: State, ids: readonly BadgeId[]): readonly Message[] {
  const messages: Message[] = []
  let chains: (readonly Uint8Array[])[] = []
  let room: number = limits.pageBytesMax
  for (const id of ids) {
    const chain = badgeAt(state, id)
    if (chain === undefined) continue
    const links = linksOf(chain)
    room -= links.reduce((sum, { length }) => sum + length, 0)
    if (room < 0 && chains.length > 0) {
      messages.push({ type: 'badges', chains })
      chains = []
      room = limits.pageBytesMax
    }
    chains.push(links)
  }
  return chains.length === 0 ? messages : [...messages, { type: 'badges', chains }]
}

/** Whoever gets these releases has those before them, and with them their badges. */
export function introduceBadges(
  state: State,
  to: PeerId,
  releases: readonly Logged[],
  turn: Turn,
): void {
  const news = new Set<BadgeId>()
  for (const { release } of releases) {
    const before = loggedAt(state, release.replica, release.seq - 1)?.release
    const known = before === undefined ? [] : badgesOf(before)
    for (const id of badgesOf(release)) if (!known.includes(id)) news.add(id)
  }
  sendBadges(state, to, [...news], turn) // order: as named
}

/** What this peer writes is judged by its badge: it goes to everybody before the first such release. */
export function tellBadges(state: State, ids: readonly BadgeId[], turn: Turn): void {
  const news = ids.filter((id) => !state.badges.has(id))
  for (const message of badgeMessages(state, news)) {
    turn.tell({ type: 'gossip', bytes: encodeMessage(message) })
  }
}

/** The first stored link that does not hold on to the others, and why; checked from the root down. */
export function badgeFault(
  state: State,
  areChecked: boolean,
): { readonly id: BadgeId; readonly fault: string } | undefined {
  const chains = sortedEntries(state.badges).map(([id]) => ({ id, chain: badgeAt(state, id) }))
  const checked = new Map<BadgeId, Badge>()
  chains.sort((a, b) => (a.chain?.length ?? 0) - (b.chain?.length ?? 0))
  for (const { id, chain } of chains) {
    if (chain === undefined) return { id, fault: 'the badge that it stands on is missing' }
    try {
      if (!areChecked) readChain(state.mesh, linksOf(chain), (known) => checked.get(known))
    } catch (error) {
      if (error instanceof Malformed) return { id, fault: error.message }
      throw error
    }
    checked.set(id, badgeOf(chain))
  }
  return undefined
}
