import type { Timeline } from './figures.js'

/** At so many pieces of time, two become one: a run may last longer than was foreseen. */
export const columnsMax = 120

/** What is kept for each piece of time. */
interface Track {
  /** This piece is over. */
  close?(column: number, end: number): void
  /** Pieces 2n and 2n + 1 become piece n. */
  halve(): void
}

export interface Buckets {
  readonly column: number
  readonly widthMs: number
  /** Time goes on; call it before anything is counted. */
  advance(this: void, at: number): void
  track(track: Track): void
}

export function createBuckets(foreseenMs: number): Buckets {
  const tracks: Track[] = []
  const state = { column: 0, widthMs: Math.max(1, foreseenMs / (columnsMax * 0.8)) }
  let next = state.widthMs

  function roll(): void {
    for (const track of tracks) track.close?.(state.column, next)
    state.column += 1
    if (state.column === columnsMax) {
      for (const track of tracks) track.halve()
      state.column = columnsMax / 2
      state.widthMs *= 2
    }
    next = (state.column + 1) * state.widthMs
  }

  return {
    get column() {
      return state.column
    },
    get widthMs() {
      return state.widthMs
    },
    advance(at) {
      while (at >= next) roll()
    },
    track: (track) => void tracks.push(track),
  }
}

/** Sums of something in each piece of time. */
export interface Series {
  add(amount: number): void
  values(factor: number): readonly number[]
}

export function createSeries(buckets: Buckets): Series {
  const sums = new Float64Array(columnsMax)
  buckets.track({
    halve() {
      for (let column = 0; column < columnsMax / 2; column++) {
        sums[column] = sums[2 * column]! + sums[2 * column + 1]!
      }
      sums.fill(0, columnsMax / 2)
    },
  })
  return {
    add: (amount) => void (sums[buckets.column]! += amount),
    values: (factor) => Array.from(sums.subarray(0, buckets.column + 1), (sum) => sum * factor),
  }
}

export function timelineOf(
  buckets: Buckets,
  series: { readonly writes: Series; readonly updateBytes: Series; readonly idleBytes: Series },
): Timeline {
  const perSecond = 1000 / buckets.widthMs
  return {
    bucketMs: buckets.widthMs,
    writes: series.writes.values(1),
    updateBytesPerSecond: series.updateBytes.values(perSecond),
    idleBytesPerSecond: series.idleBytes.values(perSecond),
  }
}
