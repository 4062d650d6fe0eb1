import type { MeshNode } from './graph.js'
import type { Inks } from './inks.js'
import type { Spot } from './layout.js'
import type { Pen, Scene } from './paint.js'
import { standingOf } from './standing.js'

interface Placed {
  readonly node: MeshNode
  readonly at: Spot
  readonly scene: Scene
}

/** Filled: it runs. An outline: it does not, and what is in it says why. */
export function paintNode(pen: Pen, inks: Inks, { node, at, scene }: Placed): void {
  const { radius, marks } = scene
  const standing = standingOf(node)
  const ink = inks.standing[standing]
  const isFilled = node.state === 'running'
  circle(pen, at, radius)
  pen.fillStyle = isFilled ? ink : inks.ground
  pen.fill()
  if (!isFilled) {
    pen.strokeStyle = ink
    pen.lineWidth = Math.max(1.5, radius * 0.14)
    pen.setLineDash(standing === 'silent' || standing === 'starting' ? [3, 3] : [])
    pen.stroke()
    pen.setLineDash([])
    if (standing === 'paused') strokes(pen, at, radius * 0.38, 'bars')
    if (standing === 'stopped') strokes(pen, at, radius * 0.34, 'cross')
  } else if (node.behind !== undefined && node.behind > 0 && radius >= 9) {
    writeIn(pen, inks, { at, radius, says: node.behind > 99 ? '99+' : String(node.behind) })
  }
  if (node.isThrough) ring(pen, at, radius + 4, inks.grape, 2.5)
  if (marks.chosen === node.id) ring(pen, at, radius + (node.isThrough ? 8 : 4), inks.text, 2)
  if (marks.ticked.has(node.id)) paintTick(pen, inks, at, radius)
}

function circle(pen: Pen, { x, y }: Spot, radius: number): void {
  pen.beginPath()
  pen.arc(x, y, radius, 0, 2 * Math.PI)
}

function ring(pen: Pen, at: Spot, radius: number, ink: string, width: number): void {
  circle(pen, at, radius)
  pen.strokeStyle = ink
  pen.lineWidth = width
  pen.stroke()
}

function strokes(pen: Pen, { x, y }: Spot, reach: number, shape: 'bars' | 'cross'): void {
  pen.beginPath()
  if (shape === 'bars') {
    pen.moveTo(x - reach * 0.6, y - reach)
    pen.lineTo(x - reach * 0.6, y + reach)
    pen.moveTo(x + reach * 0.6, y - reach)
    pen.lineTo(x + reach * 0.6, y + reach)
  } else {
    pen.moveTo(x - reach, y - reach)
    pen.lineTo(x + reach, y + reach)
    pen.moveTo(x + reach, y - reach)
    pen.lineTo(x - reach, y + reach)
  }
  pen.stroke()
}

function writeIn(
  pen: Pen,
  inks: Inks,
  { at, radius, says }: { readonly at: Spot; readonly radius: number; readonly says: string },
): void {
  pen.font = `600 ${Math.round(radius * (says.length > 2 ? 0.7 : 0.9))}px ${inks.font}`
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillStyle = inks.ground
  pen.fillText(says, at.x, at.y + 0.5)
}

/** Beside it, so that it covers nothing that says how it stands. */
function paintTick(pen: Pen, inks: Inks, { x, y }: Spot, radius: number): void {
  const spot = { x: x + radius * 0.8, y: y - radius * 0.8 }
  const size = Math.max(5, radius * 0.42)
  circle(pen, spot, size)
  pen.fillStyle = inks.grape
  pen.fill()
  pen.strokeStyle = inks.ground
  pen.lineWidth = 1.5
  pen.stroke()
  pen.beginPath()
  pen.moveTo(spot.x - size * 0.45, spot.y)
  pen.lineTo(spot.x - size * 0.1, spot.y + size * 0.4)
  pen.lineTo(spot.x + size * 0.5, spot.y - size * 0.35)
  pen.stroke()
}
