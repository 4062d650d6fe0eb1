import type { LinkTrouble } from '../plan.js'

/** One direction between two peers. */
export interface Link {
  /** No frame that keeps the order arrives before this. */
  lastArrival: number
  /** The sender is busy with earlier frames until then. */
  busyUntil: number
  readonly troubles: Trouble[]
}

interface Trouble {
  readonly trouble: LinkTrouble
  readonly from: number
  readonly until: number
}

const flapMs = 1_500
const peersMax = 65_536

interface Links {
  between(this: void, from: number, to: number): Link
  /** All links are new: nothing troubles them, and nothing that was sent before is in the way. */
  heal(this: void): void
}

/** Links come to be when something is sent over them. */
export function createLinks(): Links {
  const links = new Map<number, Link>()
  return {
    between(from, to) {
      const key = from * peersMax + to
      let link = links.get(key)
      if (link === undefined) {
        links.set(key, (link = { lastArrival: 0, busyUntil: 0, troubles: [] }))
      }
      return link
    },
    heal: () => links.clear(),
  }
}

/** A link may be in several troubles at once. */
export const isTroubled = ({ troubles }: Link, by: LinkTrouble, now: number): boolean =>
  troubles.some(({ trouble, until }) => trouble === by && until > now)

/** Nothing passes; one that flaps is down every other while. */
export const isSilent = ({ troubles }: Link, now: number): boolean =>
  troubles.some(({ trouble, from, until }) => {
    if (until <= now) return false
    if (trouble === 'flapping') return Math.floor((now - from) / flapMs) % 2 === 0
    return trouble === 'down' || trouble === 'half-open'
  })
