import type * as Core from '@grapevine/core'
import { forgeStatement, hide } from './forge.js'
import type { Tree } from './forge.js'
import {
  type Means,
  badgeUnder,
  between,
  dealOut,
  drawSome,
  newChain,
  noise,
  sendAll,
  someChanges,
  standingOf,
  tell,
  tipsHeld,
  tipsOfOthers,
  writeNext,
} from './means.js'
import { type Wire, bytesOf, decode, encode, frameOf, releaseFrame } from './wire.js'

/** Takes away the rights of others, which only an admin of everything may. */
export function usurp(means: Means): void {
  means.hands.random.pick(ways)(means)
}

const ways: readonly ((means: Means) => void)[] = [
  inItsOwnName,
  inItsOwnName,
  withTheBadgeOfAnother,
  withoutBadge,
  inTheNameOfAnother,
  twoAtOnce,
  otherBadgeUnderAStatement,
]

const framesOf = (...statements: readonly Uint8Array[]): readonly Uint8Array[] => [
  frameOf('statements', statements, [], null),
]

interface Bent {
  readonly issuer?: string
  readonly links?: readonly Uint8Array[]
  readonly signature?: Uint8Array
  readonly subject?: string
}

/** The next statement of its chain: somebody counts for nothing, from the very beginning. */
function revocation(means: Means, bent: Bent = {}): Uint8Array | undefined {
  const { hands } = means
  const victim = bent.subject ?? someKey(means)
  if (victim === undefined) return undefined
  const issuer = bent.issuer ?? hands.node.peer
  const said = hands.node.replica.statements().filter((one) => one.issuer === issuer)
  const last = said.at(-1)
  const fields: readonly Wire[] = [bytesOf(victim), hands.now(), [], [], []]
  const statement = {
    kind: 'revoke' as const,
    issuer,
    number: said.length + 1,
    prev: last === undefined ? null : bytesOf(last.id),
    marks: [],
    incarnation: null,
    badge: badgeUnder(means, bent.links),
    revocation: fields,
  }
  const slip = bent.signature === undefined ? {} : { signature: bent.signature }
  return forgeStatement(hands, statement, slip).bytes
}

function someKey(means: Means): string | undefined {
  const names = tipsOfOthers(means)
  if (names.length === 0) return undefined
  const { peer, author } = means.hands.random.pick(names)
  return means.hands.random.chance(0.5) ? peer : author
}

const say = (means: Means, statement: Uint8Array | undefined): void => {
  if (statement !== undefined) tell(means, framesOf(statement))
}

function inItsOwnName(means: Means): void {
  say(means, revocation(means))
}

/** The links of a badge that some release of theirs stands on. */
function linksOf({ hands }: Means, names: readonly Core.Release[]): readonly Uint8Array[] {
  const { replica } = hands.node
  const chains = names.map(({ badge }) => badge && replica.badge(badge))
  return chains.find((chain) => chain !== undefined)?.map(({ bytes }) => bytes) ?? []
}

function withTheBadgeOfAnother(means: Means): void {
  say(means, revocation(means, { links: linksOf(means, tipsOfOthers(means)) }))
}

function withoutBadge(means: Means): void {
  say(means, revocation(means, { links: [] }))
}

/** Signed by nobody who could. */
function inTheNameOfAnother(means: Means): void {
  const { hands } = means
  const other = hands.random.pick(hands.others())
  const names = tipsHeld(means).filter(({ peer }) => peer === other.peer)
  const links = linksOf(means, names)
  say(means, revocation(means, { issuer: other.peer, links, signature: noise(means, 64) }))
}

/** Two under one number; where it may revoke at all, its chain ends before them. */
function twoAtOnce(means: Means): void {
  const { hands } = means
  const [one, other] = [revocation(means), revocation(means)]
  if (one === undefined || other === undefined) return
  const here = drawSome(means, hands.others(), Math.ceil(hands.others().length / 2))
  const there = hands.others().filter((node) => !here.includes(node))
  sendAll(means, here, framesOf(one))
  sendAll(means, there, framesOf(other), hands.random.below(3_000))
}

/** What an admin said, with another badge of the same admin under it. */
function otherBadgeUnderAStatement(means: Means): void {
  const { replica } = means.hands.node
  for (const { issuer, bytes, badge: named } of replica.statements()) {
    const shown = named?.at(-1)?.id
    const others = tipsHeld(means).filter(({ peer, badge }) => peer === issuer && badge !== shown)
    const links = linksOf(means, others)
    if (shown === undefined || links.length === 0) continue
    const [body, signature] = decode(bytes) as readonly Wire[]
    tell(means, framesOf(encode([body!, signature!, links])))
  }
}

/** Proofs of where replica ids end that end nothing, or that nobody needs. */
export function strayFlood(means: Means): void {
  const badge = badgeOfRevoked(means)
  if (badge !== undefined && means.hands.random.chance(0.5)) endItself(means, badge)
  else flood(means)
}

const bareOf = ({ hands }: Means, bytes: Uint8Array): Uint8Array => {
  const [header, signature, tree] = decode(bytes) as readonly [Uint8Array, Uint8Array, Tree]
  return encode([header, signature, hide(hands, tree, { isHidden: () => true })])
}

/** Of releases that nobody holds and nobody waits for, each of another replica id. */
function flood(means: Means): void {
  const { hands } = means
  const bare = Array.from({ length: between(means, 5, 60) }, () =>
    bareOf(means, writeNext(means, newChain(means), someChanges(means, 1)).bytes),
  )
  const victims = drawSome(means, hands.others(), between(means, 1, 3))
  sendAll(means, victims, [frameOf('evidence', bare)])
}

function badgeOfRevoked({ hands }: Means): string | undefined {
  const { replica } = hands.node
  const subjects = new Set(replica.statements().map(({ revocation: said }) => said?.subject))
  const badges = replica.statements().flatMap(({ badge }) => badge?.at(-1) ?? [])
  const [named] = badges.filter(({ subject }) => subjects.has(subject))
  const tips = [...replica.clock().keys()].flatMap(
    (id) => replica.release({ replica: id, seq: 1 })?.release ?? [],
  )
  return named?.id ?? tips.find(({ peer }) => subjects.has(peer))?.badge
}

/** Some wait for its first release, and are shown that it stands on the badge of somebody revoked. */
function endItself(means: Means, badge: string): void {
  const start = newChain(means)
  const first = writeNext(means, start, someChanges(means))
  const second = writeNext(means, first.chain, someChanges(means))
  const changes = someChanges(means, 1)
  const lie = writeNext(means, start, changes, { trust: standingOf(means, { badge }) })
  const [here = [], there = []] = dealOut(means, 2)
  const proof = frameOf('evidence', [bareOf(means, lie.bytes)])
  sendAll(means, here, [releaseFrame(second.bytes), proof])
  sendAll(means, there, [releaseFrame(first.bytes), releaseFrame(second.bytes)])
}
