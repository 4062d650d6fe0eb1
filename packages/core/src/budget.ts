import { limits } from './limits.js'
import { type Evidence, type Release } from './release.js'
import { type State, loggedAt, seqOf } from './state.js'

/**
 * A bucket that each replica id spends from, and that fills up again with its stamps. Where it stands
 * is part of each signed header, so every peer comes to the same verdict, whatever it held before.
 */

/** Where the bucket stands after a release of these changes; it may stand too high. */
export function spentAfter(
  before: Pick<Release, 'spentBytes' | 'stamp'> | undefined,
  ms: number,
  changesBytes: number,
): number {
  const cost = limits.releaseCostBytes + changesBytes
  if (before === undefined) return cost
  const regained = Math.floor(((ms - before.stamp.ms) * limits.budgetBytesPerSecond) / 1000)
  return Math.max(0, before.spentBytes - regained) + cost
}

export const isOverBudget = (spentBytes: number): boolean => spentBytes > limits.budgetBytesMax

/** How long until so much is there again. */
export const budgetWaitMs = (spentBytes: number): number =>
  Math.ceil(((spentBytes - limits.budgetBytesMax) * 1000) / limits.budgetBytesPerSecond)

/** Why the next release of a replica id spends what it may not, or undefined. */
export function budgetFault(state: State, { release, changesBytes }: Evidence): string | undefined {
  if (state.mesh.closed !== true) return undefined
  const before = lastOf(state, release)
  // At the limit of a fork nobody knows which release is the last.
  if (before === undefined && release.seq > 1) return undefined
  const spentBytes = spentAfter(before, release.stamp.ms, changesBytes)
  if (spentBytes !== release.spentBytes) return 'it does not say what it spent'
  return isOverBudget(spentBytes)
    ? `it spends more than the ${limits.budgetBytesMax} bytes that its replica id may write at once`
    : undefined
}

/** The release that the clock stands at. */
export const lastOf = (state: State, { replica }: Pick<Release, 'replica'>): Release | undefined =>
  loggedAt(state, replica, seqOf(state, replica))?.release ?? state.tipProofs.get(replica)?.release
