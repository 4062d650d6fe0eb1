import { type Dot, compareText } from './ids.js'
import { limits } from './limits.js'

/** A hybrid logical clock reading; with the dot it orders all writes totally. */
export interface Stamp {
  readonly ms: number
  readonly counter: number
}

export const zeroStamp: Stamp = { ms: 0, counter: 0 }

export const compareClocks = (a: Stamp, b: Stamp): number => a.ms - b.ms || a.counter - b.counter

type Stamped = Dot & { readonly stamp: Stamp }

/**
 * The last-writer rule's total order. Nobody else compares stamps to choose a winner. An honest
 * replica stamps each release above the one before; where another does not, its seqs decide.
 */
export const compareStamps = (a: Stamped, b: Stamped): number =>
  compareClocks(a.stamp, b.stamp) || compareText(a.replica, b.replica) || a.seq - b.seq

/** The next stamp above everything held, whatever the wall clock did meanwhile. */
export function nextStamp(held: Stamp, now: number): Stamp {
  if (now > held.ms) return { ms: now, counter: 0 }
  if (held.counter < limits.stampCounterMax) return { ms: held.ms, counter: held.counter + 1 }
  return { ms: held.ms + 1, counter: 0 }
}

export const isEarly = (stamp: Stamp, now: number): boolean =>
  stamp.ms > now + limits.stampAheadMsMax
