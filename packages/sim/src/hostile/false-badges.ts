import { type BadgeFields, forgeBadge, foreverMs, linkIdOf } from './forge-badge.js'
import {
  type Means,
  newChain,
  noise,
  someChanges,
  standingOf,
  tell,
  tipsHeld,
  writeNext,
} from './means.js'
import { takeMood } from './mood.js'
import { decode, encode, frameOf, hexOf, releaseFrame } from './wire.js'
import { kindOf } from '../frames.js'
import type { Node } from '../observer.js'

type Links = readonly Uint8Array[]

/** Badges that nobody who may give them ever gave, and a release that stands on one. */
export function falseBadge(means: Means): void {
  const links = means.hands.random.pick(fakes)(means)
  const badge = hexOf(linkIdOf(means.hands, links.at(-1)!))
  const trust = standingOf(means, { badge })
  const { bytes } = writeNext(means, newChain(means), someChanges(means), { trust })
  const frames = [frameOf('badges', [links]), releaseFrame(bytes)]
  tell(means, means.hands.random.chance(0.7) ? frames : frames.toReversed())
}

/** Signed by itself for itself, and as wide as can be. */
function link(means: Means, above: Links, change: Partial<BadgeFields> = {}): Uint8Array {
  const { hands } = means
  const { peer } = hands.node
  const parent = above.at(-1)
  return forgeBadge(hands, {
    parent: parent === undefined ? null : linkIdOf(hands, parent),
    issuer: peer,
    subject: peer,
    name: `mallory ${hands.random.below(1_000)}`,
    grants: [{ prefix: '', can: hands.random.pick(['write', 'admin']) }],
    notBefore: 0,
    notAfter: foreverMs,
    ...change,
  })
}

const fakes: readonly ((means: Means) => Links)[] = [
  selfMade,
  wide,
  wide,
  deep,
  expired,
  ofAnotherMesh,
  underAnother,
  underAnother,
  withoutItsRoot,
]

function selfMade(means: Means): Links {
  return [link(means, [])]
}

/** Under its own badge, which mostly gives less, or may give nothing. */
function wide(means: Means): Links {
  const own = means.hands.badges()
  return [...own, link(means, own)]
}

function deep(means: Means): Links {
  let links = means.hands.badges()
  while (links.length < 6) links = [...links, link(means, links, { grants: [] })]
  return links
}

function expired(means: Means): Links {
  const own = means.hands.badges()
  const notAfter = means.hands.now() - means.hands.random.pick([1, 60_000, 3_600_000])
  return [...own, link(means, own, { notAfter, grants: [] })]
}

function ofAnotherMesh(means: Means): Links {
  const tools = { ...means.hands, meshId: noise(means, 32) }
  return [link({ ...means, hands: tools }, [])]
}

/** Under the badge of somebody who never signed it. */
function underAnother(means: Means): Links {
  const above = chainOfSomebody(means, ({ isAdmin }) => isAdmin)
  const [body] = above === undefined ? [] : (decode(above.at(-1)!) as readonly [Uint8Array])
  if (above === undefined || body === undefined) return selfMade(means)
  const issuer = hexOf((decode(body) as readonly Uint8Array[])[3]!)
  const grants = [{ prefix: '', can: 'write' }]
  return [...above, link(means, above, { issuer, grants })]
}

function withoutItsRoot(means: Means): Links {
  const own = means.hands.badges()
  return own.length > 1 ? own.slice(1) : selfMade(means)
}

/** The badge of whoever wrote something that it holds; of the right kind, where there is one. */
function chainOfSomebody(
  means: Means,
  isRight: (node: Node) => boolean = () => true,
): Links | undefined {
  const { replica } = means.hands.node
  const right = new Set<string>(
    means.hands
      .others()
      .filter(isRight)
      .map(({ peer }) => peer),
  )
  const tips = tipsHeld(means)
  const among = tips.filter(({ peer }) => right.has(peer))
  const named = (among.length > 0 ? among : tips).flatMap(({ badge, authorship }) => [
    badge,
    authorship?.badge,
  ])
  const chains = named.flatMap((id) => {
    const chain = id === undefined ? undefined : replica.badge(id)
    return chain === undefined ? [] : [chain.map(({ bytes }) => bytes)]
  })
  return chains.length === 0 ? undefined : means.hands.random.pick(chains)
}

/** A badge that is good but for a signature: whoever keeps it can show it to nobody. */
export function poisonBadge(means: Means): void {
  const { random } = means.hands
  const own = means.hands.badges()
  const good = random.pick([
    chainOfSomebody(means) ?? own,
    [...own, link(means, own, { grants: [] })],
  ])
  const place = random.below(good.length)
  const [body] = decode(good[place]!) as readonly [Uint8Array]
  const poisoned = good.with(place, encode([body, noise(means, 64)]))
  const badge = hexOf(linkIdOf(means.hands, good.at(-1)!))
  const { bytes } = writeNext(means, newChain(means), someChanges(means), {
    trust: standingOf(means, { badge }),
  })
  tell(means, [frameOf('badges', [poisoned]), ...(random.chance(0.3) ? [releaseFrame(bytes)] : [])])
}

/** For a while nobody is told by what right its releases are written, whoever asks. */
export function withholdBadges(means: Means): void {
  takeMood(means, {
    leaves: (leaving) => (kindOf(leaving.bytes) === 'badges' ? [] : [leaving]),
    hears: ({ bytes }) => kindOf(bytes) === 'badges-want',
  })
  // A badge that nobody has seen, where it may give one.
  const own = means.hands.badges()
  const fresh = [...own, link(means, own, { grants: [] })]
  const badge = hexOf(linkIdOf(means.hands, fresh.at(-1)!))
  const trust = standingOf(means, means.hands.random.chance(0.5) ? { badge } : {})
  const { bytes } = writeNext(means, newChain(means), someChanges(means), { trust })
  tell(means, [releaseFrame(bytes)])
}
