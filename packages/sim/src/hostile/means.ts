import type * as Core from '@grapevine/core'
import type { Hands } from './hostile.js'
import type { Node } from '../observer.js'
import {
  type Change,
  type Forged,
  type Header,
  type Mark,
  type Standing,
  forgeRelease,
  growTree,
  leafOf,
  replicaIdOf,
  spentBy,
} from './forge.js'
import { linkIdOf } from './forge-badge.js'
import { type Memory } from './memory.js'
import { type Mood } from './mood.js'
import { type Wire, bytesOf } from './wire.js'

/** All that a trick can work with: what the world gives, and what this peer remembers of its own doing. */
export interface Means {
  readonly hands: Hands
  readonly memory: Memory
  /** Ways to behave that last for a while. */
  readonly moods: Mood[]
  /** Chains of its own that are in order so far, each under an incarnation of its own. */
  readonly chains: Chain[]
  /** Those that it has spoilt: what it writes there is void, once that is known. */
  readonly spoilt: Chain[]
  /** A value that no other write has. */
  nextValue(): string
}

/** Where a chain stands. Writing gives the chain after it, so that one chain can go on in two ways. */
export interface Chain {
  readonly incarnation: Uint8Array
  readonly replica: string
  readonly seq: number
  readonly tip: Uint8Array | null
  /** In a closed mesh: where its budget stood after the last release, and when that was. */
  readonly spent?: Spent | undefined
}

interface Spent {
  readonly bytes: number
  readonly ms: number
}

export interface Written extends Forged {
  readonly header: Header
  readonly chain: Chain
}

export const secondMs = 1_000
export const minuteMs = 60 * secondMs

export const noise = ({ hands }: Means, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => hands.random.below(256))

/** One of several numbers, counted from the first. */
export const between = ({ hands }: Means, first: number, last: number): number =>
  first + hands.random.below(last - first + 1)

/** So many of them, each once, in a drawn order. */
export function drawSome<T>({ hands }: Means, from: readonly T[], count: number): readonly T[] {
  const left = [...from]
  const drawn: T[] = []
  while (left.length > 0 && drawn.length < count) {
    drawn.push(...left.splice(hands.random.below(left.length), 1))
  }
  return drawn
}

/** Deals everybody else out to so many hands; none of them is empty unless there are too few. */
export function dealOut(means: Means, piles: number): readonly (readonly Node[])[] {
  const others = means.hands.others()
  const shuffled = drawSome(means, others, others.length)
  return Array.from({ length: piles }, (_, pile) =>
    shuffled.filter((_node, index) => index % piles === pile),
  )
}

export function sendAll(
  { hands }: Means,
  to: readonly Node[],
  frames: readonly Uint8Array[],
  afterMs = 0,
): void {
  for (const node of to) for (const bytes of frames) hands.send(node, bytes, afterMs)
}

/** To everybody, or only to some, so that the others must hear of it from them. */
export function tell(means: Means, frames: readonly Uint8Array[]): void {
  const { hands } = means
  if (hands.random.chance(0.5)) for (const bytes of frames) hands.gossip(bytes)
  else sendAll(means, drawSome(means, hands.others(), between(means, 1, 3)), frames)
}

export function newChain(means: Means): Chain {
  const incarnation = noise(means, 8)
  return {
    incarnation,
    replica: replicaIdOf(means.hands, means.hands.node.peer, incarnation),
    seq: 0,
    tip: null,
  }
}

/** A chain that honest peers still take, taken out of the list: whoever goes on with it puts it back. */
export function takeChain(means: Means): Chain {
  const { chains, hands } = means
  if (chains.length === 0 || hands.random.chance(0.3)) return newChain(means)
  return chains.splice(hands.random.below(chains.length), 1)[0]!
}

/** What a release departs in from the next one of its chain, written now. */
type Departure = Partial<Pick<Header, 'prev' | 'ms' | 'counter' | 'trust'>>

export function writeNext(
  means: Means,
  chain: Chain,
  changes: readonly Change[],
  departure: Departure = {},
): Written {
  const { hands } = means
  const ms = departure.ms ?? hands.now()
  const header = {
    peer: hands.node.peer,
    incarnation: chain.incarnation,
    seq: chain.seq + 1,
    prev: chain.tip,
    counter: 0,
    trust: standingOf(means, { spent: chain.spent, ms }),
    ...departure,
    ms,
  }
  const shown = withoutSight(changes, chain.replica, chain.seq)
  const forged = forgeRelease(hands, header, shown)
  const spent = { bytes: spentBy(header, growTree(shown.map(leafOf))), ms }
  return { ...forged, header, chain: { ...chain, seq: header.seq, tip: forged.id, spent } }
}

const bytesPerSecond = 32 * 1024

/** What its next release stands on: its own badge, or another one; nothing in an open mesh. */
export function standingOf(
  { hands }: Means,
  {
    badge,
    spent,
    ms = hands.now(),
  }: {
    readonly badge?: string | undefined
    readonly spent?: Spent | undefined
    readonly ms?: number
  } = {},
): Standing | undefined {
  const own = hands.badges()
  if (own.length === 0) return undefined
  const regained = spent === undefined ? 0 : Math.floor(((ms - spent.ms) * bytesPerSecond) / 1000)
  return {
    badge: badge === undefined ? linkIdOf(hands, own.at(-1)!) : bytesOf(badge),
    authorship: null,
    carriedBytes: Math.max(0, (spent?.bytes ?? 0) - regained),
  }
}

/** No change may have seen its own release or a later one of its chain. */
export const withoutSight = (
  changes: readonly Change[],
  replica: string,
  seqMax: number,
): readonly Change[] =>
  changes.map((change) => {
    if ((change.seen.get(replica) ?? 0) <= seqMax) return change
    const seen = new Map(change.seen)
    if (seqMax > 0) seen.set(replica, seqMax)
    else seen.delete(replica)
    return { ...change, seen }
  })

/** Writes so many ordinary releases, as any member may, and goes on from there. */
export function writeOn(means: Means, start: Chain, count: number): readonly Written[] {
  const written: Written[] = []
  let chain = start
  for (let index = 0; index < count; index++) {
    const next = writeNext(means, chain, someChanges(means))
    written.push(next)
    chain = next.chain
  }
  return written
}

/** Over an honest key or one of its own; what it names as seen is true, or less than that. */
export function someChanges(means: Means, count = between(means, 1, 3)): readonly Change[] {
  const { random } = means.hands
  const keys = new Set(Array.from({ length: count }, () => someKey(means)))
  return [...keys].map((key) => ({
    key,
    seen: random.chance(0.8) ? seenOn(means.hands.node.replica, key) : new Map(),
    put: random.chance(0.8) ? someValue(means) : undefined,
  }))
}

function someKey(means: Means): string {
  const { random, node } = means.hands
  const keys = node.replica.keys()
  if (keys.length > 0 && random.chance(0.6)) return random.pick(keys)
  return `of/${node.name}/${random.below(20)}`
}

const someValue = (means: Means): Wire => {
  const value = means.nextValue()
  return means.hands.random.chance(0.1) ? { value, more: [1.5, null, noise(means, 40)] } : value
}

/** What an honest writer would name as seen, as far as reads tell it. */
export function seenOn(replica: Core.Replica, key: string): ReadonlyMap<string, number> {
  const reading = replica.read(key)
  const seen = new Map<string, number>()
  const raise = (id: string, seq: number): void =>
    void seen.set(id, Math.max(seq, seen.get(id) ?? 0))
  const heads = reading === undefined ? [] : [reading, ...reading.others]
  for (const { release } of heads) {
    raise(release.replica, release.seq)
    const change = replica.release(release)?.changes.find((one) => one.key === key)
    for (const [id, seq] of change?.seen ?? []) raise(id, seq)
  }
  return seen
}

/** Where each replica id that it knows stands, and by whom it is written. */
export function tipsHeld({ hands }: Means): readonly Core.Release[] {
  const { replica } = hands.node
  return [...replica.clock()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, seq]) => {
      const held = replica.release({ replica: id, seq })
      return held === undefined ? [] : [held.release]
    })
}

/** The same of others only: whom it may want to look like. */
export const tipsOfOthers = (means: Means): readonly Core.Release[] =>
  tipsHeld(means).filter(({ peer }) => peer !== means.hands.node.peer)

/** Where the budget of a chain stands after a release that its own replica holds. */
export function spentAfter({ hands }: Means, dot: Core.Dot): Spent | undefined {
  const release = hands.node.replica.release(dot)?.release
  return release && { bytes: release.spentBytes, ms: release.stamp.ms }
}

/** What a statement names in a closed mesh: its own badge, or that of another. */
export function badgeUnder(
  { hands }: Means,
  links: readonly Uint8Array[] = hands.badges(),
): { readonly id: Uint8Array | null; readonly links: readonly Uint8Array[] } | undefined {
  if (hands.badges().length === 0) return undefined
  const last = links.at(-1)
  return { id: last === undefined ? null : linkIdOf(hands, last), links }
}

/** A release as it travelled, from its own disk. */
export const bytesHeld = (means: Means, { replica, seq }: Core.Dot): Uint8Array | undefined =>
  means.hands.node.synced.get(`release/${replica}/${seq}`)

export const markOf = ({ replica, seq, id }: Core.Release): Mark => ({
  replica,
  seq,
  id: bytesOf(id),
})

export const markAt = ({ replica, seq, tip }: Chain): Mark => ({ replica, seq, id: tip })

/** Statement, clock and state hash as its own replica has them. */
export function hashesHeld({ hands }: Means): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const { statements, clock, state } = hands.node.replica.hashes()
  return [statements, clock, state]
}
