import type { PeerId } from '@grapevine/peer'
import type { Graph, MeshLink, MeshNode } from './graph.js'
import type { Inks } from './inks.js'
import type { Spot } from './layout.js'
import { paintNames } from './paint-names.js'
import { paintNode } from './paint-node.js'
import { ringMs } from './ripples.js'
import type { Flight } from './ripples.js'

/** All that one frame shows. Spots are those on the canvas. */
export interface Scene {
  readonly graph: Graph
  readonly spots: ReadonlyMap<PeerId, Spot>
  readonly radius: number
  readonly width: number
  readonly height: number
  readonly flights: readonly Flight[]
  readonly nowMs: number
  readonly marks: Marks
  /** Whose names have room. */
  readonly named: readonly MeshNode[]
}

/** What a person has chosen. */
export interface Marks {
  readonly chosen: PeerId | undefined
  readonly pointed: PeerId | undefined
  readonly ticked: ReadonlySet<PeerId>
  /** Nothing moves but what has to. */
  readonly isCalm: boolean
}

export type Pen = CanvasRenderingContext2D

export function paint(pen: Pen, inks: Inks, scene: Scene): void {
  pen.clearRect(0, 0, scene.width, scene.height)
  paintLinks(pen, inks, scene)
  if (!scene.marks.isCalm) paintDots(pen, inks, scene)
  paintRings(pen, inks, scene)
  for (const node of scene.graph.nodes) {
    const at = scene.spots.get(node.id)
    if (at !== undefined) paintNode(pen, inks, { node, at, scene })
  }
  paintNames(pen, inks, scene)
}

/** All of a kind in one stroke: there may be thousands. */
function paintLinks(pen: Pen, inks: Inks, { graph, spots, marks, radius }: Scene): void {
  const draw = (links: readonly MeshLink[]): void => {
    pen.beginPath()
    for (const { from, to } of links) {
      const [a, b] = [spots.get(from), spots.get(to)]
      if (a === undefined || b === undefined) continue
      pen.moveTo(a.x, a.y)
      pen.lineTo(b.x, b.y)
    }
    pen.stroke()
  }
  const kinds = { plain: [], rough: [], cut: [] } as Record<'plain' | 'rough' | 'cut', MeshLink[]>
  for (const link of graph.links) {
    kinds[link.isCut ? 'cut' : link.isRough ? 'rough' : 'plain'].push(link)
  }
  pen.lineWidth = radius > 9 ? 1.5 : 1
  pen.strokeStyle = inks.link
  draw(kinds.plain)
  pen.strokeStyle = inks.rough
  pen.setLineDash([8, 4])
  draw(kinds.rough)
  pen.strokeStyle = inks.link
  pen.setLineDash([2, 6])
  draw(kinds.cut)
  pen.setLineDash([])
  const own = marks.pointed ?? marks.chosen
  if (own === undefined) return
  pen.strokeStyle = inks.grape
  draw(graph.links.filter(({ from, to, isCut }) => !isCut && (from === own || to === own)))
}

/** From one to the other, slower towards the end; what is behind it fades. */
function paintDots(pen: Pen, inks: Inks, { flights, spots, nowMs, radius }: Scene): void {
  const size = Math.max(2.5, radius * 0.3)
  pen.lineCap = 'round'
  for (const { ripple, from, to, leavesMs, landsMs } of flights) {
    if (from === undefined || nowMs < leavesMs || nowMs >= landsMs) continue
    const [a, b] = [spots.get(from), spots.get(to)]
    if (a === undefined || b === undefined) continue
    const share = eased((nowMs - leavesMs) / (landsMs - leavesMs))
    const tail = Math.max(0, share - 0.25)
    const ink = inks.ripples[ripple.hue] ?? inks.grape
    const x = a.x + (b.x - a.x) * share
    const y = a.y + (b.y - a.y) * share
    pen.globalAlpha = 0.45
    pen.strokeStyle = ink
    pen.lineWidth = size
    pen.beginPath()
    pen.moveTo(a.x + (b.x - a.x) * tail, a.y + (b.y - a.y) * tail)
    pen.lineTo(x, y)
    pen.stroke()
    pen.globalAlpha = 1
    pen.fillStyle = ink
    pen.beginPath()
    pen.arc(x, y, size, 0, 2 * Math.PI)
    pen.fill()
  }
  pen.lineCap = 'butt'
}

const eased = (share: number): number => 1 - (1 - share) ** 2

/** Around whoever just got it: it widens, and goes. */
function paintRings(pen: Pen, inks: Inks, { flights, spots, nowMs, radius, marks }: Scene): void {
  for (const { ripple, to, landsMs } of flights) {
    const at = spots.get(to)
    if (at === undefined || nowMs < landsMs) continue
    const share = (nowMs - landsMs) / ringMs
    const reach = marks.isCalm ? 6 : 3 + 18 * eased(share)
    pen.globalAlpha = Math.max(0, 1 - share)
    pen.strokeStyle = inks.ripples[ripple.hue] ?? inks.grape
    pen.lineWidth = 3
    pen.beginPath()
    pen.arc(at.x, at.y, radius + reach, 0, 2 * Math.PI)
    pen.stroke()
  }
  pen.globalAlpha = 1
}
