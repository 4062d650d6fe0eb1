import { fullMeshMax } from './redial.js'
import type { LiveLink } from './link.js'

const holdMaxMs = 30
/** Of a line that was not measured yet. */
const tripMs = 2

/**
 * How long a message waits before it goes on, so that others can say that they have it already: two
 * trips on the lines of this peer. Where nearly everybody is linked with everybody, the publisher has
 * reached them all: forwarding is for the few it missed, and waits for the copies still on their way.
 */
export function holdMs(links: readonly LiveLink[], contactCount: number): number {
  const isFull = links.length <= fullMeshMax && links.length * 4 >= contactCount * 3
  if (isFull) return holdMaxMs
  const trips = links.map(({ connection }) => connection.rtt ?? tripMs).toSorted((a, b) => a - b)
  return Math.min(2 * (trips[trips.length >> 1] ?? 0), holdMaxMs)
}
