import { type Release } from './release.js'
import { compareStamps } from './stamp.js'
import { type State } from './state.js'

/** Where a reader of the list of releases stands. */
export type Place = Pick<Release, 'replica' | 'seq' | 'stamp'>

/**
 * What is in the log, newest first: at most so many, all before a place where one is given. Nothing is
 * sorted but what is answered: of the rest each is compared once.
 */
export function newestReleases(state: State, limit: number, before?: Place): readonly Release[] {
  const newest: Release[] = []
  // order: the greatest of all, whatever it was
  for (const log of state.log.values()) {
    // order: the same
    for (const { release } of log.values()) {
      if (before !== undefined && compareStamps(release, before) >= 0) continue
      if (newest.length >= limit && !isAfter(release, newest.at(-1))) continue
      newest.splice(placeOf(newest, release), 0, release)
      if (newest.length > limit) newest.pop()
    }
  }
  return newest
}

const isAfter = (release: Release, other: Release | undefined): boolean =>
  other !== undefined && compareStamps(release, other) > 0

/** Behind all that are newer. */
function placeOf(newest: readonly Release[], release: Release): number {
  let low = 0
  let high = newest.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareStamps(newest[middle]!, release) > 0) low = middle + 1
    else high = middle
  }
  return low
}
