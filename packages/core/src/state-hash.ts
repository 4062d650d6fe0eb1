import { fromString } from 'uint8arrays/from-string'
import { concat } from 'uint8arrays/concat'
import { type Key, sortedEntries } from './ids.js'
import { type Hash } from './tree.js'

const bucketCount = 4096
const groupSize = 64

/**
 * hash(sorted put heads), kept up to date: keys fall into buckets, buckets into groups, and only
 * what holds a changed key is hashed again. Equal contents have equal roots, whatever their past.
 */
export interface StateHash {
  /** Which put heads a key has now; null: none. */
  set(key: Key, version: string | null): void
  root(): Uint8Array
}

export function createStateHash(hash: Hash): StateHash {
  const buckets = new Map<number, Map<Key, string>>()
  const empty = hash(new Uint8Array())
  const emptyGroup = repeat(empty, groupSize)
  const groupHashes = repeat(hash(concat(emptyGroup)), bucketCount / groupSize)
  /** By group, and only of groups that ever held a key: a small replica stays small. */
  const bucketHashes = new Map<number, Uint8Array[]>()
  /** What changed since the last root: hashing waits for a moment that asks for it. */
  const pending = new Map<Key, string | null>()
  let root: Uint8Array | undefined

  function place(key: Key, version: string | null, dirty: Set<number>): void {
    const index = bucketOf(key)
    let bucket = buckets.get(index)
    if ((bucket?.get(key) ?? null) === version) return
    if (bucket === undefined) buckets.set(index, (bucket = new Map<Key, string>()))
    if (version === null) bucket.delete(key)
    else bucket.set(key, version)
    dirty.add(index)
  }

  function hashBucket(index: number): Uint8Array {
    const lines = sortedEntries(buckets.get(index) ?? new Map<Key, string>())
    // Neither keys nor ids hold a line feed, so the lines have one reading.
    return hash(fromString(lines.map(([key, version]) => `${key}\n${version}\n`).join('')))
  }

  function refresh(): Uint8Array {
    const dirty = new Set<number>()
    const dirtyGroups = new Set<number>()
    // order: each key alone
    for (const [key, version] of pending) place(key, version, dirty)
    pending.clear()
    // order: each bucket alone
    for (const index of dirty) {
      const group = Math.floor(index / groupSize)
      const hashes = bucketHashes.get(group) ?? [...emptyGroup]
      hashes[index % groupSize] = hashBucket(index)
      bucketHashes.set(group, hashes)
      dirtyGroups.add(group)
    }
    // order: each group alone
    for (const group of dirtyGroups) groupHashes[group] = hash(concat(bucketHashes.get(group)!))
    return hash(concat(groupHashes))
  }

  return {
    set(key, version) {
      pending.set(key, version)
      root = undefined
    },
    root: () => (root ??= refresh()),
  }
}

const repeat = (one: Uint8Array, count: number): Uint8Array[] =>
  Array.from<Uint8Array>({ length: count }).fill(one)

/** FNV-1a: where a key lies need not be secret or strong, only the same everywhere. */
function bucketOf(key: Key): number {
  let mixed = 0x811c9dc5
  for (let index = 0; index < key.length; index++) {
    mixed = Math.imul(mixed ^ key.charCodeAt(index), 0x01000193)
  }
  return ((mixed >>> 16) ^ mixed) & (bucketCount - 1)
}
