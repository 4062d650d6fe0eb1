import { describe, expect, it } from 'vitest'
import { fitted, placed, radiusOf } from './fit.js'

const size = { width: 800, height: 400 }

describe('the view', () => {
  it('has all spots on the canvas, with room around them', () => {
    const spots = [
      { x: -500, y: 20 },
      { x: 900, y: -300 },
      { x: 40, y: 700 },
    ]
    const view = fitted(spots, size, 50)
    for (const { x, y } of spots.map((spot) => placed(view, spot))) {
      expect(x).toBeGreaterThanOrEqual(49.9)
      expect(x).toBeLessThanOrEqual(750.1)
      expect(y).toBeGreaterThanOrEqual(49.9)
      expect(y).toBeLessThanOrEqual(350.1)
    }
  })

  it('has one peer, or none, in the middle', () => {
    expect(placed(fitted([{ x: 3, y: 4 }], size, 50), { x: 3, y: 4 })).toEqual({ x: 400, y: 200 })
    expect(placed(fitted([], size, 50), { x: 0, y: 0 })).toEqual({ x: 400, y: 200 })
  })

  it('has larger peers where there are fewer, within what can be seen and pointed at', () => {
    const radii = [1, 8, 40, 200, 5_000].map((count) => radiusOf(size, count))
    expect(radii.toSorted((a, b) => b - a)).toEqual(radii)
    expect(Math.max(...radii)).toBeLessThanOrEqual(17)
    expect(Math.min(...radii)).toBeGreaterThan(4)
  })
})
