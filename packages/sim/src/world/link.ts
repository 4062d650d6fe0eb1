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
  /** No link is in trouble any more. */
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
    heal() {
      for (const { troubles } of links.values()) troubles.length = 0
    },
  }
}

/** What troubles a link now; one that flaps is down every other while. */
export function troubleOf({ troubles }: Link, now: number): LinkTrouble | undefined {
  if (troubles.length === 0) return undefined
  const current = troubles.find(({ until }) => until > now)
  if (current?.trouble !== 'flapping') return current?.trouble
  return Math.floor((now - current.from) / flapMs) % 2 === 0 ? 'down' : undefined
}
