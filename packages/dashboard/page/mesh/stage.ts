import type { PeerId } from '@grapevine/peer'
import type { Arrival } from '../desk.js'
import { watchTheme } from '../theme.js'
import { createCamera } from './camera.js'
import type { Camera } from './camera.js'
import { radiusOf } from './fit.js'
import type { Size } from './fit.js'
import { looksSame } from './graph.js'
import type { Graph, MeshNode } from './graph.js'
import { inksNow } from './inks.js'
import type { Inks } from './inks.js'
import { createLayout } from './layout.js'
import type { Layout } from './layout.js'
import { paint } from './paint.js'
import type { Marks, Pen } from './paint.js'
import { withRoom } from './paint-names.js'
import type { Ripples } from './ripples.js'
import { frames, watchSize } from './watching.js'

/** The picture of the mesh on a canvas. It draws only what is new, and rests as soon as nothing moves. */
export interface Stage {
  show(graph: Graph): void
  mark(marks: Marks): void
  hear(arrivals: readonly Arrival[]): void
  /** The peer at a place of the canvas. */
  peerAt(x: number, y: number): PeerId | undefined
  close(): void
}

export function openStage(canvas: HTMLCanvasElement, ripples: Ripples): Stage {
  const pen = canvas.getContext('2d')!
  const layout = createLayout()
  const camera = createCamera(layout)
  const now: Picture = {
    graph: nobody,
    marks: noMarks,
    inks: inksNow(),
    size: { width: 0, height: 0 },
    named: [],
    isNew: true,
  }
  const { wake, stop } = frames(() => {
    if (draw({ pen, layout, camera, ripples }, now)) wake()
  })

  function change(changed: Partial<Picture>): void {
    Object.assign(now, changed)
    layout.show(now.graph, now.size.height > now.size.width)
    now.isNew = true
    wake()
  }

  const stops = [
    watchSize(canvas, (size) => {
      sharpen(canvas, pen, size)
      camera.forget()
      change({ size })
      // What was drawn went with the old size: not a frame without a picture.
      draw({ pen, layout, camera, ripples }, now)
    }),
    watchTheme(() => change({ inks: inksNow() })),
    stop,
  ]

  return {
    show(graph) {
      if (looksSame(now.graph, graph)) now.graph = graph
      else change({ graph })
    },
    mark: (marks) => change({ marks }),
    hear(arrivals) {
      ripples.hear(arrivals, performance.now())
      wake()
    },
    peerAt: (x, y) => camera.peerAt({ x, y }, radiusIn(now) + aroundPx),
    close: () => stops.forEach((end) => end()),
  }
}

/** All that is drawn, but for what moves by itself. */
interface Picture {
  graph: Graph
  marks: Marks
  inks: Inks
  size: Size
  named: readonly MeshNode[]
  /** Where peers and names are is worked out again. */
  isNew: boolean
}

interface Tools {
  readonly pen: Pen
  readonly layout: Layout
  readonly camera: Camera
  readonly ripples: Ripples
}

/** true: there is more to draw in the next frame. */
function draw({ pen, layout, camera, ripples }: Tools, now: Picture): boolean {
  const { graph, marks, size } = now
  if (size.width === 0) return false
  const isSettling = settle(layout)
  // Whoever wants calm sees where they come to stand, and not how.
  if (isSettling && marks.isCalm) return true
  const radius = radiusIn(now)
  if (now.isNew || isSettling) {
    const isMoving = camera.follow(size, { isSettling, isCalm: marks.isCalm })
    now.isNew = isMoving || isSettling
    now.named = withRoom({ graph, spots: camera.spots, radius, marks })
  }
  const nowMs = performance.now()
  const flights = ripples.flights(nowMs)
  const { spots } = camera
  const { named, inks } = now
  paint(pen, inks, { graph, spots, radius, ...size, flights, nowMs, marks, named })
  return now.isNew || flights.length > 0
}

const radiusIn = ({ size, graph }: Picture): number => radiusOf(size, graph.nodes.length)

const nobody: Graph = { nodes: [], links: [], sides: 1 }
const noMarks: Marks = { chosen: undefined, pointed: undefined, ticked: new Set(), isCalm: false }

/** Nobody points that well. */
const aroundPx = 6

/** As many points as the screen has. */
function sharpen(canvas: HTMLCanvasElement, pen: Pen, { width, height }: Size): void {
  const density = devicePixelRatio
  canvas.width = Math.round(width * density)
  canvas.height = Math.round(height * density)
  pen.setTransform(density, 0, 0, density, 0, 0)
}

/** Steps of the layout that a frame may take, and how long. */
const ticks = { most: 4, ms: 6 }

/** With many peers a step takes longer, and nobody waits for it; true: there are more to take. */
function settle(layout: Layout): boolean {
  const began = performance.now()
  for (let count = 0; count < ticks.most; count += 1) {
    if (!layout.tick()) return false
    if (performance.now() - began > ticks.ms) break
  }
  return true
}
