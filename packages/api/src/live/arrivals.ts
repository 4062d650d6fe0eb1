import type { Peer } from '@grapevine/peer'
import type { LiveArrival } from '../client/live.js'

/** What came lately from others, as far as it fits: nothing is kept for any one reader. */
export interface Arrivals {
  /** How many there were since it was opened: where a reader stands. */
  count(): number
  since(count: number): readonly LiveArrival[]
  /** From their writers to here, in milliseconds, of those that came since. */
  agesSince(at: number): readonly number[]
}

interface Arrived extends LiveArrival {
  readonly ageMs: number
}

/** A minute of a busy mesh. */
const keptMax = 4_096

export function followArrivals(
  peer: Pick<Peer, 'on'>,
  until: AbortSignal,
  now: () => number = Date.now,
): Arrivals {
  let kept: Arrived[] = []
  let count = 0
  const note: Parameters<typeof peer.on<'received'>>[1] = ({ release, from }) => {
    const at = now()
    // Clocks differ: what is here before it was written came at once.
    kept.push({ release: release.name, from, at, ageMs: Math.max(0, at - release.at) })
    count += 1
    // Half of them: so that not each moves all others.
    if (kept.length > keptMax) kept = kept.slice(keptMax / 2)
  }
  peer.on('received', note, { signal: until })
  return {
    count: () => count,
    since: (told) => {
      const missed = Math.min(count - told, kept.length)
      return kept
        .slice(kept.length - missed)
        .map(({ release, from, at }) => ({ release, from, at }))
    },
    agesSince: (at) => kept.filter((one) => one.at >= at).map(({ ageMs }) => ageMs),
  }
}
