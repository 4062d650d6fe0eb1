import type { PeerId } from '@grapevine/peer'
import type { Arrival } from '../desk.js'

/** A release on its way from one peer to another, for as long as it can be seen. */
export interface Flight {
  readonly ripple: Ripple
  /** undefined: it was written there. */
  readonly from: PeerId | undefined
  readonly to: PeerId
  /** When the dot leaves, and when it arrives, on the clock of the page. */
  readonly leavesMs: number
  readonly landsMs: number
}

/** One release, and how far it has come. */
export interface Ripple {
  readonly release: string
  /** Which of the colours is its own. */
  readonly hue: number
  readonly beganMs: number
  /** By the peers' clocks: when the first had it, and how long the last one took. */
  readonly firstAt: number
  lastAt: number
  /** Whom it has come to, and when that is shown. */
  readonly landed: Map<PeerId, number>
}

export interface Ripples {
  hear(arrivals: readonly Arrival[], nowMs: number): void
  /** Those that can be seen now; what is over is forgotten. */
  flights(nowMs: number): readonly Flight[]
  isMoving(nowMs: number): boolean
  /** The newest first, a few. */
  recent(): readonly Ripple[]
}

export const hues = 6
/** How long the ring of an arrival stays. */
export const ringMs = 900
const flightMs = { most: 450, least: 140 }
const ripplesMax = 24
/** More than these cannot be told apart, and would cost frames. */
const flightsMax = 800

const stretch = { byMs: 900, kneeMs: 8 }

/**
 * When what happened so long after the beginning is shown. The first milliseconds are stretched, so that
 * the eye can follow; nothing overtakes anything, and after a second all is as slow as it was.
 */
export const shownAfter = (ms: number): number => ms + (stretch.byMs * ms) / (ms + stretch.kneeMs)

export function createRipples(): Ripples {
  const ripples = new Map<string, Ripple>()
  let shown: readonly Flight[] = []
  let count = 0

  function rippleOf({ release, at }: Arrival, nowMs: number): Ripple {
    const known = ripples.get(release)
    if (known !== undefined) return known
    const hue = count % hues
    count += 1
    const made = { release, hue, beganMs: nowMs, firstAt: at, lastAt: at, landed: new Map() }
    ripples.set(release, made)
    const [oldest] = ripples.keys()
    if (ripples.size > ripplesMax && oldest !== undefined) ripples.delete(oldest)
    return made
  }

  return {
    hear(arrivals, nowMs) {
      const fresh: Flight[] = []
      for (const arrival of arrivals.toSorted((a, b) => a.at - b.at)) {
        const ripple = rippleOf(arrival, nowMs)
        if (ripple.landed.has(arrival.peer)) continue
        fresh.push(flightOf(ripple, arrival, nowMs))
      }
      shown = [...shown, ...fresh].slice(-flightsMax)
    },
    flights(nowMs) {
      if (shown.some(({ landsMs }) => landsMs + ringMs <= nowMs)) {
        shown = shown.filter(({ landsMs }) => landsMs + ringMs > nowMs)
      }
      return shown
    },
    isMoving: (nowMs) => shown.some(({ landsMs }) => landsMs + ringMs > nowMs),
    recent: () => [...ripples.values()].toReversed(),
  }
}

function flightOf(ripple: Ripple, { peer, from, at }: Arrival, nowMs: number): Flight {
  const tookMs = Math.max(0, at - ripple.firstAt)
  // What was told of late is shown at once, and not in the past.
  const landsMs = Math.max(
    ripple.beganMs + flightMs.least + shownAfter(tookMs),
    nowMs + flightMs.least,
  )
  const hadItMs = from === undefined ? undefined : ripple.landed.get(from)
  const leavesMs = Math.min(
    Math.max(hadItMs ?? 0, landsMs - flightMs.most, nowMs),
    landsMs - flightMs.least,
  )
  ripple.landed.set(peer, landsMs)
  ripple.lastAt = Math.max(ripple.lastAt, at)
  return { ripple, from, to: peer, leavesMs, landsMs }
}
