import { forceLink, forceManyBody, forceX, forceY } from 'd3-force'
import type { SimulationLinkDatum } from 'd3-force'
import type { PeerId } from '@grapevine/peer'
import type { Graph } from './graph.js'

export interface Spot {
  readonly x: number
  readonly y: number
}

export interface Layout {
  /** Moves only if who is there, who is linked, or who is cut off is another now. `isTall`: the room is. */
  show(graph: Graph, isTall: boolean): void
  /** One step; false: everything stands where it belongs. */
  tick(): boolean
  readonly spots: ReadonlyMap<PeerId, Spot>
}

interface Body {
  readonly id: PeerId
  index: number
  x: number
  y: number
  vx: number
  vy: number
  isPinned: boolean
  /** Where it would stand, if it were for nobody else. */
  home: Spot
}

type Tie = SimulationLinkDatum<Body>

const distance = 70
const heatMin = 0.02
const cooling = 0.035
/** What is left of a speed after a step. */
const glide = 0.65
/** So many can stand in a ring. */
const ringMax = 24
const pulls = { ring: 0.35, cloud: 0.07, side: 0.16 }
/** How far the sides of a cut stand from the middle, in radii of the largest. */
const apart = 1.4

/**
 * The same peers with the same links always come to stand in the same way. The forces are those of d3;
 * its own simulation would bring a clock of its own, and the stage has frames.
 */
export function createLayout(): Layout {
  const bodies = new Map<PeerId, Body>()
  const ties = forceLink<Body, Tie>()
    .id(({ id }) => id)
    .distance(distance)
  const homeX = forceX<Body>(({ home }) => home.x)
  const homeY = forceY<Body>(({ home }) => home.y)
  const charge = forceManyBody<Body>().strength(-220).distanceMax(420)
  const forces = [ties, charge, homeX, homeY]
  let heat = 0
  let shape = ''

  function show(graph: Graph, isTall: boolean): void {
    const now = shapeOf(graph, isTall)
    if (now === shape) return
    const isFirst = bodies.size === 0
    shape = now
    keepBodies(bodies, graph, isTall)
    const all = [...bodies.values()]
    for (const force of forces) force.initialize(all, drawn())
    ties.links(
      graph.links
        .filter(({ isCut }) => !isCut)
        .map(({ from, to }) => ({ source: from, target: to })),
    )
    for (const home of [homeX, homeY]) home.strength(pullOf(graph))
    heat = isFirst ? 1 : Math.max(heat, 0.6)
  }

  function tick(): boolean {
    if (heat < heatMin) return false
    heat -= heat * cooling
    for (const force of forces) force(heat)
    for (const body of bodies.values()) move(body)
    return true
  }

  return { show, tick, spots: bodies }
}

function move(body: Body): void {
  const share = body.isPinned ? 0 : glide
  body.x += body.vx *= share
  body.y += body.vy *= share
}

/** Those that stand on the same spot are moved apart, always in the same way. */
function drawn(): () => number {
  let state = 1
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
}

/** Whoever is new begins on a circle, at the place of its number among all. */
function keepBodies(bodies: Map<PeerId, Body>, graph: Graph, isTall: boolean): void {
  const there = new Set(graph.nodes.map(({ id }) => id))
  for (const id of bodies.keys()) if (!there.has(id)) bodies.delete(id)
  const homes = homesOf(graph, isTall)
  const centre = centreOf(graph)
  const radius = distance * 0.5 * Math.sqrt(graph.nodes.length)
  graph.nodes.forEach(({ id }, at) => {
    const home = homes.get(id) ?? middle
    const start = onCircle(radius, at, graph.nodes.length)
    const body = bodies.get(id) ?? { id, ...start, vx: 0, vy: 0 }
    const isPinned = id === centre
    const moved = isPinned ? middle : {}
    bodies.set(id, Object.assign(body, { index: at, home, isPinned, ...moved }))
  })
}

const middle: Spot = { x: 0, y: 0 }

const pullOf = ({ nodes, sides }: Graph): number =>
  nodes.length <= ringMax ? pulls.ring : sides > 1 ? pulls.side : pulls.cloud

/** Few stand in a ring, many are a cloud; and the sides of a cut are apart. */
function homesOf(graph: Graph, isTall: boolean): ReadonlyMap<PeerId, Spot> {
  const { nodes, sides } = graph
  const isRing = nodes.length <= ringMax
  const centre = centreOf(graph)
  const groups = Array.from({ length: sides }, (_, side) =>
    nodes.filter((node) => node.side === side && node.id !== centre),
  )
  const most = Math.max(...groups.map(({ length }) => length))
  const widest = isRing ? ringRadius(most) : cloudRadius(most)
  const far = (apart * widest) / Math.sin(Math.PI / Math.max(2, sides))
  const turned = isTall ? 0 : sides / 4
  const homes = new Map<PeerId, Spot>()
  groups.forEach((group, side) => {
    const heart = sides < 2 ? middle : onCircle(far, side - turned, sides)
    group.forEach(({ id }, at) => {
      const { x, y } = isRing ? onCircle(ringRadius(group.length), at, group.length) : middle
      homes.set(id, { x: heart.x + x, y: heart.y + y })
    })
  })
  return homes
}

/** So that neighbours in it keep their distance. */
const ringRadius = (count: number): number => (count < 2 ? 0 : 30 + 14 * count)

/** Where the forces let so many come to rest. */
const cloudRadius = (count: number): number => 33 * Math.sqrt(count)

/** The first is at the top. */
function onCircle(radius: number, at: number, count: number): Spot {
  const turn = (2 * Math.PI * at) / count - Math.PI / 2
  return { x: radius * Math.cos(turn), y: radius * Math.sin(turn) }
}

/** A peer that knows no links but its own stands amid those it knows. */
function centreOf({ nodes: [first], links }: Graph): PeerId | undefined {
  if (first?.number !== undefined) return undefined
  return links.every(({ from }) => from === first?.id) ? first?.id : undefined
}

const shapeOf = ({ nodes, links, sides }: Graph, isTall: boolean): string =>
  JSON.stringify([
    sides,
    sides > 1 && isTall,
    nodes.map(({ id, side }) => [id, side]),
    links.map(({ from, to, isCut }) => [from, to, isCut]),
  ])
