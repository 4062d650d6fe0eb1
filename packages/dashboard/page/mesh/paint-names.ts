import type { PeerId } from '@grapevine/peer'
import type { MeshNode } from './graph.js'
import type { Inks } from './inks.js'
import type { Spot } from './layout.js'
import type { Pen, Scene } from './paint.js'
import { standingOf } from './standing.js'

const fontPx = 12.5
const lineHeight = 16
/** About as wide as a letter is on the average: measuring each in each frame would cost more than drawing it. */
const letterPx = 6.6
const lettersMax = 24
/** Up to so many are all named. */
const fewMax = 30

/** Below their peers, as many as have room; those that matter most first. */
export function paintNames(pen: Pen, inks: Inks, scene: Scene): void {
  const { radius, spots, marks, named } = scene
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.lineJoin = 'round'
  pen.lineWidth = 3.5
  pen.strokeStyle = inks.ground
  for (const node of named) {
    const at = spots.get(node.id)
    if (at === undefined) continue
    const isMarked = isOf(marks, node.id) || node.isThrough
    const y = at.y + offset(radius, node, marks.chosen)
    pen.font = `${isMarked ? 600 : 400} ${fontPx}px ${inks.font}`
    pen.fillStyle = isMarked ? inks.text : inks.dim
    const says = shortened(node.name)
    pen.strokeText(says, at.x, y)
    pen.fillText(says, at.x, y)
  }
}

const offset = (radius: number, { isThrough, id }: MeshNode, chosen: PeerId | undefined): number =>
  radius + lineHeight * 0.75 + (isThrough ? 5 : 0) + (chosen === id ? 4 : 0)

const isOf = ({ chosen, pointed }: Scene['marks'], id: PeerId): boolean =>
  id === chosen || id === pointed

type Room = Pick<Scene, 'graph' | 'spots' | 'radius' | 'marks'>

/** Whose names are shown: none covers another one, or, where there are many, another peer. */
export function withRoom({ graph: { nodes }, spots, radius, marks }: Room): readonly MeshNode[] {
  const taken: Box[] =
    nodes.length > fewMax ? [...spots.values()].map((at) => around(at, radius)) : []
  const shown: MeshNode[] = []
  const weigh = (node: MeshNode): number =>
    (marks.pointed === node.id ? 8 : 0) +
    (marks.chosen === node.id ? 4 : 0) +
    (node.isThrough ? 2 : 0) +
    (standingOf(node) === 'in-step' ? 0 : 1)
  // A stable order: names do not come and go while nothing else does.
  for (const node of nodes.toSorted((a, b) => weigh(b) - weigh(a))) {
    const at = spots.get(node.id)
    if (at === undefined) continue
    const box = boxOf(at, node, offset(radius, node, marks.chosen))
    if (weigh(node) < 2 && taken.some((other) => overlap(box, other))) continue
    taken.push(box)
    shown.push(node)
  }
  return shown
}

const around = ({ x, y }: Spot, radius: number): Box => ({
  left: x - radius,
  right: x + radius,
  top: y - radius,
  bottom: y + radius,
})

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function boxOf({ x, y }: Spot, { name }: MeshNode, below: number): Box {
  const half = (shortened(name).length * letterPx) / 2 + 3
  const middle = y + below
  return {
    left: x - half,
    right: x + half,
    top: middle - lineHeight / 2,
    bottom: middle + lineHeight / 2,
  }
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

/** Control characters would draw nothing, or over others. */
const shortened = (name: string): string => {
  const plain = name.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
  return plain.length > lettersMax ? `${plain.slice(0, lettersMax - 1)}…` : plain
}
