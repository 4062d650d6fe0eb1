import { MeshError, badgeOf, limits } from '@grapevine/core'
import type { BadgeChain, BadgeId, PeerId } from '@grapevine/core'
import type { Inside } from '../api/parts.js'
import { shown } from '../api/shown.js'
import { isPeerId } from '../running/genesis.js'
import type { Guard } from './guard.js'

/** Somebody with a key: a peer, a person, an invite. */
interface Subject {
  readonly key: PeerId
  readonly name: string
  /** Its own badges, newest last; none: only its key is known. */
  readonly badges: readonly BadgeChain[]
}

type Sources = Pick<Inside, 'interpreter'>

/** Whom a caller means: by a name on a badge, by a key, or by how a key begins. */
export function subjectMeant(sources: Sources, guard: Guard, who: unknown): Subject {
  if (typeof who !== 'string' || who === '') throw notMember(who, 'write a name, or a peer id')
  const found = meant(knownBadges(sources, guard), who)
  if (found !== undefined) return found
  if (isPeerId(who)) return { key: who, name: who.slice(0, shortLength), badges: [] }
  throw notMember(who, 'no badge with that name is known here; write the id of its key')
}

const shortLength = 8

function meant(chains: readonly BadgeChain[], who: string): Subject | undefined {
  const isShort = /^[0-9a-f]{8,64}$/.test(who)
  const named = chains.filter((chain) => {
    const { name, subject } = badgeOf(chain)
    return name === who || subject === who || (isShort && subject.startsWith(who))
  })
  // An invite is often called like the one it was made for.
  const members = named.filter((chain) => badgeOf(chain).invite === null)
  const badges = members.length > 0 ? members : named
  const keys = [...new Set(badges.map((chain) => badgeOf(chain).subject))]
  const [key, another] = keys
  if (key === undefined) return undefined
  if (another !== undefined) {
    throw new MeshError(
      'OPTION_INVALID',
      `${shown(who)} can mean ${keys.map((one) => one.slice(0, shortLength)).join(' or ')}: write the id of the key`,
      { who, keys },
    )
  }
  const own = badges.sort((a, b) => badgeOf(a).notBefore - badgeOf(b).notBefore)
  return { key, name: badgeOf(own.at(-1)!).name, badges: own }
}

/** Who was let in by one key, as far as it is known here: the badges that stand right on its own. */
export function letInBy(sources: Sources, guard: Guard, key: PeerId): readonly BadgeId[] {
  const below = knownBadges(sources, guard).flatMap((chain) =>
    chain.flatMap(({ subject }, at) => (subject === key ? (chain[at + 1]?.id ?? []) : [])),
  )
  return [...new Set(below)]
}

/** Of members, of invites, and of whoever wrote anything, who need be no member; and by whom they came. */
const knownBadges = (sources: Sources, guard: Guard): readonly BadgeChain[] =>
  withParents([...guard.chains(), ...guard.invites.chains(), ...badgesOfAuthors(sources)])

function badgesOfAuthors({ interpreter: { replica } }: Sources): readonly BadgeChain[] {
  const ids = new Set<BadgeId>()
  for (const key of replica.knownKeys()) {
    for (const { release } of replica.history(key)) {
      for (const id of [release.badge, release.authorship?.badge]) if (id) ids.add(id)
    }
  }
  return [...ids].map((id) => replica.badge(id)).filter((chain) => chain !== undefined)
}

/** Whoever gave a badge had one, too. */
function withParents(chains: readonly BadgeChain[]): readonly BadgeChain[] {
  const all = new Map<BadgeId, BadgeChain>()
  for (const chain of chains) {
    for (const [at, { id }] of chain.entries()) {
      all.set(id, chain.slice(0, at + 1) as unknown as BadgeChain)
    }
  }
  return [...all.values()]
}

/** Nobody's name is as long as a token: whoever mistook it for one must not find it in a log. */
function notMember(who: unknown, why: string): MeshError {
  const isName = typeof who !== 'string' || who.length <= limits.labelBytesMax
  const text = isName ? shown(who) : 'what was given'
  return new MeshError('NOT_A_MEMBER', `${text} is nobody this peer knows: ${why}`)
}
