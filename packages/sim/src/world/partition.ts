import type { PartitionShape } from '../plan.js'
import { randomOf, shuffled } from '../random.js'

/** Whether what one peer sends does not reach another; both by index. */
export type Blocks = (from: number, to: number) => boolean

export interface Partition {
  readonly shape: PartitionShape
  readonly peers: number
  /** Sits in the first place. */
  readonly who: number
  /** Deals out the other places. */
  readonly salt: number
  readonly regionOf: (index: number) => number
}

export function partitionOf(partition: Partition): Blocks {
  const { shape, peers, regionOf } = partition
  const place = placeOf(partition)
  const isFirst = (index: number): boolean => isOnFirstSide(place(index), peers)
  switch (shape) {
    case 'halves':
      return (from, to) => isFirst(from) !== isFirst(to)
    case 'one':
      return (from, to) => (place(from) === 0) !== (place(to) === 0)
    case 'bridge':
      return (from, to) => place(from) > 0 && place(to) > 0 && isFirst(from) !== isFirst(to)
    case 'asymmetric':
      return (from, to) => isFirst(from) && !isFirst(to)
    case 'ring':
      return (from, to) => {
        const apart = Math.abs(place(from) - place(to))
        return apart > 1 && apart < peers - 1
      }
    case 'regions':
      return (from, to) => regionOf(from) !== regionOf(to)
  }
}

/** Places of the two sides: the first has the smaller half, and `who` in it. */
export const isOnFirstSide = (place: number, peers: number): boolean =>
  place < Math.max(1, peers >> 1)

/** On which side of a partition a peer is; in a ring, and for whoever hears both sides, each alone. */
export function sideOf(partition: Partition): (index: number) => number {
  const { shape, peers, regionOf } = partition
  if (shape === 'regions') return regionOf
  const placed = placeOf(partition)
  return (index) => {
    const place = placed(index)
    if (shape === 'ring' || (shape === 'bridge' && place === 0)) return 2 + place
    return (shape === 'one' ? place === 0 : isOnFirstSide(place, peers)) ? 0 : 1
  }
}

/** Copies of stores live beyond the planned peers: they share the places of others, never that of `who`. */
function placeOf({ peers, who, salt }: Partition): (index: number) => number {
  const places = placesOf(peers, who, salt)
  return (index) => (index === who ? 0 : (places[index] ?? 1 + (index % Math.max(1, peers - 1))))
}

/** Index → place, dealt out anew for each salt. */
export function placesOf(peers: number, who: number, salt: number): Uint32Array {
  const random = randomOf(salt, 'partition')
  const others = Array.from({ length: peers }, (_, index) => index).filter((index) => index !== who)
  const places = new Uint32Array(peers)
  const dealt = [who, ...shuffled(random, others)]
  for (const [place, index] of dealt.entries()) if (index < peers) places[index] = place
  return places
}
