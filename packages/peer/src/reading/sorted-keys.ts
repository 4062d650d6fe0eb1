import type { Key } from '@grapevine/core'

/** Keys in the order of their code units, so that those under a prefix lie together. */
interface SortedKeys {
  under(prefix: string): readonly Key[]
  /** Keys that came, none of which was there, and keys that went, all of which were. */
  update(came: readonly Key[], went: ReadonlySet<Key>): void
}

/** Up to so many at once are put in or taken out one by one; more are merged in a single pass. */
const singleMax = 16

export function sortedKeys(keys: Iterable<Key>): SortedKeys {
  let sorted = [...keys].sort(compare)
  return {
    under(prefix) {
      const first = firstFrom(sorted, prefix)
      let end = first
      while (end < sorted.length && sorted[end]!.startsWith(prefix)) end += 1
      return sorted.slice(first, end)
    },
    update(came, went) {
      if (came.length + went.size > singleMax) {
        sorted = merge(went.size === 0 ? sorted : sorted.filter((key) => !went.has(key)), came)
        return
      }
      for (const key of went) sorted.splice(firstFrom(sorted, key), 1)
      for (const key of came) sorted.splice(firstFrom(sorted, key), 0, key)
    },
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Where the first key stands that is not before a text. */
function firstFrom(sorted: readonly Key[], text: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < text) low = middle + 1
    else high = middle
  }
  return low
}

function merge(sorted: readonly Key[], came: readonly Key[]): Key[] {
  const merged: Key[] = []
  const added = [...came].sort(compare)
  let next = 0
  for (const key of sorted) {
    while (next < added.length && added[next]! < key) merged.push(added[next++]!)
    merged.push(key)
  }
  while (next < added.length) merged.push(added[next++]!)
  return merged
}
