import { describe, expect, it } from 'vitest'
import { randomOf } from './random.js'

const draw = (count: number, ...of: Parameters<typeof randomOf>): readonly number[] => {
  const random = randomOf(...of)
  return Array.from({ length: count }, () => random())
}

describe('random', () => {
  it('draws the same for the same seed and concern', () => {
    expect(draw(10, 7, 'network', 3)).toEqual(draw(10, 7, 'network', 3))
  })

  it('draws something else for another seed, concern or peer', () => {
    const draws = [
      draw(4, 7, 'network', 3),
      draw(4, 8, 'network', 3),
      draw(4, 7 + 2 ** 32, 'network', 3),
      draw(4, 7, 'disk', 3),
      draw(4, 7, 'network', 4),
    ]
    expect(new Set(draws.map(String)).size).toBe(draws.length)
  })

  it('draws evenly', () => {
    const tenths = Array<number>(10).fill(0)
    for (let seed = 0; seed < 500; seed++) {
      for (const drawn of draw(20, seed, 'even')) tenths[Math.floor(drawn * 10)]! += 1
    }
    expect(Math.min(...tenths)).toBeGreaterThan(900)
    expect(Math.max(...tenths)).toBeLessThan(1_100)
  })

  it('draws nothing for a share of nothing', () => {
    const random = randomOf(1, 'share')
    expect(random.chance(0)).toBe(false)
    expect(random()).toBe(draw(1, 1, 'share')[0])
  })

  it('picks and counts within bounds', () => {
    const random = randomOf(1, 'bounds')
    const picked = new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])))
    expect([...picked].toSorted()).toEqual(['a', 'b', 'c'])
    expect(random.below(1)).toBe(0)
  })
})
