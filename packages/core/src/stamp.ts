import { type ReplicaId, compareText } from './ids.js'
import { limits } from './limits.js'

/** A hybrid logical clock reading; with the replica id it orders all writes totally. */
export interface Stamp {
  readonly ms: number
  readonly counter: number
}

export const zeroStamp: Stamp = { ms: 0, counter: 0 }

export const compareClocks = (a: Stamp, b: Stamp): number => a.ms - b.ms || a.counter - b.counter

/** The last-writer rule's total order. Nobody else compares stamps to choose a winner. */
export const compareStamps = (
  a: { readonly stamp: Stamp; readonly replica: ReplicaId },
  b: { readonly stamp: Stamp; readonly replica: ReplicaId },
): number => compareClocks(a.stamp, b.stamp) || compareText(a.replica, b.replica)

/** The next stamp above everything held, whatever the wall clock did meanwhile. */
export function nextStamp(held: Stamp, now: number): Stamp {
  if (now > held.ms) return { ms: now, counter: 0 }
  if (held.counter < limits.stampCounterMax) return { ms: held.ms, counter: held.counter + 1 }
  return { ms: held.ms + 1, counter: 0 }
}

export const isEarly = (stamp: Stamp, now: number): boolean =>
  stamp.ms > now + limits.stampAheadMsMax
