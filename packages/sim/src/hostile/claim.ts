import { type Tools, type Tree } from './forge.js'
import { type Wire, decode, encode, hexOf, join } from './wire.js'

/** One change as its bytes tell it, and the release that it stands in. */
export interface Shown {
  readonly dot: readonly [replica: string, seq: number]
  readonly id: string
  readonly key: string
  readonly seen: ReadonlyMap<string, number>
  readonly isPut: boolean
}

export interface Tip {
  readonly replica: Uint8Array
  readonly seq: number
  readonly id: Uint8Array
}

const bucketCount = 4096
const groupSize = 64

/** hash(clock with ids), as whoever is told it will work it out. */
export function clockHashOf({ hash }: Tools, tips: readonly Tip[]): Uint8Array {
  const sorted = [...tips].sort((a, b) => (hexOf(a.replica) < hexOf(b.replica) ? -1 : 1))
  return hash(encode(sorted.map(({ replica, seq, id }) => [replica, seq, id])))
}

/** hash(sorted put heads) of whatever is shown: a lie must add up, or nobody looks at it twice. */
export function stateHashOf({ hash }: Tools, shown: readonly Shown[]): Uint8Array {
  const buckets = new Map<number, string[]>()
  for (const [key, version] of versionsOf(shown)) {
    const bucket = bucketOf(key)
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), `${key}\n${version}\n`])
  }
  const empty = hash(new Uint8Array())
  const emptyGroup = hash(join(...Array.from({ length: groupSize }, () => empty)))
  const used = new Set([...buckets.keys()].map((bucket) => Math.floor(bucket / groupSize)))
  const hashBucket = (bucket: number): Uint8Array => {
    const lines = buckets.get(bucket)
    return lines === undefined ? empty : hash(new TextEncoder().encode(lines.join('')))
  }
  const groups = Array.from({ length: bucketCount / groupSize }, (_, group) => {
    if (!used.has(group)) return emptyGroup
    const first = group * groupSize
    return hash(join(...Array.from({ length: groupSize }, (_each, at) => hashBucket(first + at))))
  })
  return hash(join(...groups))
}

/** Each key with the ids of its put heads, by key. */
function versionsOf(shown: readonly Shown[]): readonly (readonly [string, string])[] {
  return [...byKeyOf(shown)]
    .map(([key, changes]) => [key, headsOf(changes)] as const)
    .map(([key, heads]) => [key, heads.filter(({ isPut }) => isPut).map(({ id }) => id)] as const)
    .filter(([, ids]) => ids.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, ids]) => [key, [...ids].sort().join('+')] as const)
}

export function byKeyOf(shown: readonly Shown[]): ReadonlyMap<string, readonly Shown[]> {
  const byKey = new Map<string, Shown[]>()
  for (const change of shown) {
    const others = byKey.get(change.key)
    if (others === undefined) byKey.set(change.key, [change])
    else others.push(change)
  }
  return byKey
}

/** What no other change of the same key has seen. */
export const headsOf = (changes: readonly Shown[]): readonly Shown[] =>
  changes.filter(
    ({ dot: [replica, seq] }) => !changes.some(({ seen }) => (seen.get(replica) ?? 0) >= seq),
  )

/** FNV-1a, as all replicas have it. */
function bucketOf(key: string): number {
  let mixed = 0x811c_9dc5
  for (let index = 0; index < key.length; index++) {
    mixed = Math.imul(mixed ^ key.charCodeAt(index), 0x0100_0193)
  }
  return ((mixed >>> 16) ^ mixed) & (bucketCount - 1)
}

type Leaf = readonly [key: string, seen: readonly Wire[], ...put: Wire[]]

function leavesOf(tree: Tree): readonly Uint8Array[] {
  if (tree instanceof Uint8Array) return [tree]
  return tree.length === 1 ? [] : tree.flatMap(leavesOf)
}

export const keyOf = (leaf: Uint8Array): string => (decode(leaf) as Leaf)[0]

/** The changes that a tree shows, under the name of its release. */
export function shownIn(tree: Tree, dot: Shown['dot'], id: string): readonly Shown[] {
  return leavesOf(tree).map((leaf) => {
    const [key, flat, ...put] = decode(leaf) as Leaf
    const seen = new Map<string, number>()
    for (let index = 0; index < flat.length; index += 2) {
      seen.set(hexOf(flat[index] as Uint8Array), flat[index + 1] as number)
    }
    return { dot, id, key, seen, isPut: put.length > 0 }
  })
}
