import { describe, expect, it } from 'vitest'
import { partitionOf, sideOf } from './partition.js'
import type { Partition } from './partition.js'
import type { PartitionShape } from '../plan.js'

const regionOf = (index: number): number => index % 2
const peers = 7
const all = Array.from({ length: peers }, (_, index) => index)

const partition = (shape: PartitionShape, salt = 1, who = 3): Partition => ({
  shape,
  peers,
  who,
  salt,
  regionOf,
})

/** Whom each peer hears. */
const heard = (of: Partition): readonly (readonly number[])[] => {
  const blocks = partitionOf(of)
  return all.map((to) => all.filter((from) => from !== to && !blocks(from, to)))
}

const sides = (of: Partition): readonly (readonly number[])[] => {
  const dealt = all.map(sideOf(of))
  return [...new Set(dealt)]
    .toSorted((a, b) => a - b)
    .map((side) => all.filter((index) => dealt[index] === side))
}

describe('partition', () => {
  it('into halves lets each side hear itself alone', () => {
    const halves = partition('halves')
    const [small, large] = sides(halves)
    expect([small!.length, large!.length]).toEqual([3, 4])
    expect(small).toContain(3)
    for (const [to, from] of heard(halves).entries()) {
      const own = small!.includes(to) ? small : large
      expect([...from, to].toSorted((a, b) => a - b)).toEqual(own)
    }
  })

  it('of one leaves it alone', () => {
    const from = heard(partition('one'))
    expect(from[3]).toEqual([])
    expect(from[0]).toEqual([1, 2, 4, 5, 6])
  })

  it('with a bridge lets one hear both sides', () => {
    const from = heard(partition('bridge'))
    expect(from[3]!.length).toBe(peers - 1)
    expect(sides(partition('bridge')).length).toBe(3)
    for (const index of all.filter((each) => each !== 3)) {
      expect(from[index]).toContain(3)
      expect(from[index]!.length).toBeLessThan(peers - 1)
    }
  })

  it('in one direction lets the side of who hear, and not be heard', () => {
    const from = heard(partition('asymmetric'))
    expect(from[3]!.length).toBe(peers - 1)
    const side = sideOf(partition('asymmetric'))
    const other = all.find((index) => side(index) === 1)!
    expect(from[other]!.every((index) => side(index) === 1)).toBe(true)
  })

  it('into a ring lets each hear its two neighbours', () => {
    for (const from of heard(partition('ring'))) expect(from.length).toBe(2)
  })

  it('into regions lets each place hear itself alone', () => {
    expect(heard(partition('regions'))[0]).toEqual([2, 4, 6])
    expect(sides(partition('regions')).length).toBe(2)
  })

  it('leaves one alone, be it a copy of a store or beside one', () => {
    for (const who of [2, peers + 1]) {
      const blocks = partitionOf({ ...partition('one'), who })
      const others = Array.from({ length: 3 * peers }, (_, index) => index).filter(
        (index) => index !== who,
      )
      expect(others.every((other) => blocks(who, other) && blocks(other, who))).toBe(true)
    }
  })

  it('is dealt out anew for each salt', () => {
    const dealt = Array.from({ length: 20 }, (_, salt) => String(sides(partition('halves', salt))))
    expect(new Set(dealt).size).toBeGreaterThan(5)
    expect(String(sides(partition('halves', 4)))).toBe(dealt[4])
  })
})
