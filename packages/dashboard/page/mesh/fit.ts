import type { Spot } from './layout.js'

/** From where the layout has a spot to where the canvas has it. */
export interface View {
  readonly scale: number
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** A few peers are not blown up to fill a wall. */
const scaleMax = 3.2

/** Shows all spots, with room around them for the names. */
export function fitted(spots: Iterable<Spot>, { width, height }: Size, margin: number): View {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const { x, y } of spots) {
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  if (left > right) return { scale: 1, x: width / 2, y: height / 2 }
  const across = Math.max(1, width - 2 * margin) / Math.max(1, right - left)
  const down = Math.max(1, height - 2 * margin) / Math.max(1, bottom - top)
  const scale = Math.min(across, down, scaleMax)
  return {
    scale,
    x: width / 2 - (scale * (left + right)) / 2,
    y: height / 2 - (scale * (top + bottom)) / 2,
  }
}

/** A part of the way: whoever looks can follow. */
export const towards = (from: View, to: View, share: number): View => ({
  scale: from.scale + (to.scale - from.scale) * share,
  x: from.x + (to.x - from.x) * share,
  y: from.y + (to.y - from.y) * share,
})

export const isNear = (a: View, b: View): boolean =>
  Math.abs(a.x - b.x) < 0.3 && Math.abs(a.y - b.y) < 0.3 && Math.abs(a.scale - b.scale) < 0.001

export const placed = ({ scale, x, y }: View, spot: Spot): Spot => ({
  x: spot.x * scale + x,
  y: spot.y * scale + y,
})

/** Fewer are drawn larger. */
export const radiusOf = ({ width, height }: Size, count: number): number =>
  Math.max(4.5, Math.min(17, Math.sqrt((width * height) / Math.max(1, count)) * 0.1))
