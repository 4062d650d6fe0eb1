import type * as Core from '@grapevine/core'

/** One release by an honest peer, and how it came to all others. Peers are rows of typed arrays. */
export interface Update extends Core.Dot {
  readonly writer: number
  readonly at: number
  /** As it is stored. */
  readonly bytes: number
  /** Other peers that were up when it was written. */
  readonly audience: number
  /** When each peer held it for the first time, in milliseconds after the write; NaN: never. */
  readonly heldAfterMs: Float32Array
  readonly marks: Uint8Array
  /** How many hold it now. */
  holders: number
  /** Receptions by peers, the same one several times included. */
  copies: number
  /** Beyond a cut or a fork: it does not count, wherever it still is. */
  isVoid: boolean
  isAcknowledged: boolean
  /** The last one that held it lost it with its disk: nobody could keep that promise. */
  isGone: boolean
}

export const mark = {
  /** Holds it now: a crash or a cut can take it away again. */
  held: 1,
  /** Was up when it was written. */
  audience: 2,
  /** A gossiped frame with it came here. */
  heard: 4,
} as const

/** Counts, and is held by somebody: others lack it until they hold it too. */
export const isLive = (update: Update): boolean => !update.isVoid && update.holders > 0

export const isHeldBy = (update: Update, peer: number): boolean =>
  (update.marks[peer]! & mark.held) !== 0

/** The peers that it was for: up at the write, and it came to them or they are up at the end. */
function* audienceOf(update: Update, isUp: (peer: number) => boolean): Generator<number> {
  for (let peer = 0; peer < update.marks.length; peer++) {
    if ((update.marks[peer]! & mark.audience) === 0 || peer === update.writer) continue
    if (!Number.isNaN(update.heldAfterMs[peer]!) || isUp(peer)) yield peer
  }
}

/** How long it took to each of them, ascending; Infinity: it never came. */
export function timesOf(update: Update, isUp: (peer: number) => boolean): Float64Array {
  const times: number[] = []
  for (const peer of audienceOf(update, isUp)) {
    const after = update.heldAfterMs[peer]!
    times.push(Number.isNaN(after) ? Number.POSITIVE_INFINITY : after)
  }
  return Float64Array.from(times).sort()
}
