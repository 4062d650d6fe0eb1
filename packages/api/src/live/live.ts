import type { Peer } from '@grapevine/peer'
import type { ReleaseRow } from '../client/live.js'
import { followArrivals } from './arrivals.js'
import type { Arrivals } from './arrivals.js'
import { openFigures } from './figures.js'
import type { FiguresSource } from './figures.js'
import type { Pace } from './paced-source.js'
import { openReleaseRows } from './release-rows.js'

/** What all live streams of a peer have in common. */
export interface Live {
  readonly arrivals: Arrivals
  readonly figures: FiguresSource
  readonly rowOf: (release: Parameters<ReturnType<typeof openReleaseRows>>[0]) => ReleaseRow
  readonly pace: Pace
}

export function openLive(peer: Peer, until: AbortSignal, pace: Pace = processPace): Live {
  const arrivals = followArrivals(peer, until)
  return { arrivals, figures: openFigures(peer, arrivals), rowOf: openReleaseRows(peer), pace }
}

/** By the time of this process, which nobody sets back. */
const processPace: Pace = {
  now: () => performance.now(),
  after(delayMs, happen) {
    const timer = setTimeout(happen, delayMs)
    return () => clearTimeout(timer)
  },
}
