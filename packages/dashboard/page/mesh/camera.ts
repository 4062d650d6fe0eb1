import type { PeerId } from '@grapevine/peer'
import { fitted, isNear, placed, towards } from './fit.js'
import type { Size, View } from './fit.js'
import type { Layout, Spot } from './layout.js'

/** Where peers are on the canvas, which shows all of them. */
export interface Camera {
  readonly spots: ReadonlyMap<PeerId, Spot>
  /** Follows, part of the way, where they move to; true: it has not got there. */
  follow(size: Size, pace: { readonly isSettling: boolean; readonly isCalm: boolean }): boolean
  /** Looks anew: where it looked before was for another canvas. */
  forget(): void
  /** The nearest peer within reach. */
  peerAt(spot: Spot, reach: number): PeerId | undefined
}

const margin = { mostPx: 56, share: 0.13 }
const shares = { settling: 0.3, settled: 0.2 }

export function createCamera(layout: Layout): Camera {
  let view: View | undefined
  let spots: ReadonlyMap<PeerId, Spot> = new Map()
  return {
    get spots() {
      return spots
    },
    follow(size, { isSettling, isCalm }) {
      const room = Math.min(margin.mostPx, size.width * margin.share)
      const wanted = fitted(layout.spots.values(), size, room)
      const isThere = view === undefined || isCalm || isNear(view, wanted)
      const share = isSettling ? shares.settling : shares.settled
      const seen = isThere || view === undefined ? wanted : towards(view, wanted, share)
      view = seen
      spots = new Map([...layout.spots].map(([id, spot]) => [id, placed(seen, spot)]))
      return !isThere
    },
    forget: () => (view = undefined),
    peerAt: (spot, reach) => nearest(spots, spot, reach),
  }
}

function nearest(
  spots: ReadonlyMap<PeerId, Spot>,
  { x, y }: Spot,
  reach: number,
): PeerId | undefined {
  let found: PeerId | undefined
  let least = reach
  for (const [id, spot] of spots) {
    const far = Math.hypot(spot.x - x, spot.y - y)
    if (far > least) continue
    found = id
    least = far
  }
  return found
}
