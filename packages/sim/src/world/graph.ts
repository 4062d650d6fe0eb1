import type { Overlay } from '../plan.js'
import { shuffled } from '../random.js'
import type { Random } from '../random.js'

/** Who is connected to whom, and which of these connections carry gossip; both by index, both ways. */
export interface Graph {
  readonly links: readonly (readonly number[])[]
  readonly mesh: readonly (readonly number[])[]
}

/**
 * Random graphs are made of random circles through all peers: with c circles each peer has 2c
 * neighbours, and the graph hangs together however few they are. The first circles are the mesh.
 */
export function drawGraph(peers: number, overlay: Overlay, random: Random): Graph {
  const all = Array.from({ length: peers }, (_, index) => index)
  if (overlay.topology !== 'random' && overlay.topology !== 'regions') {
    const fixed = collect(peers, edgesOf(overlay.topology, peers))
    return { links: fixed, mesh: fixed }
  }
  const places =
    overlay.topology === 'random'
      ? [all]
      : all
          .slice(0, overlay.regions)
          .map((region) => all.filter((index) => index % overlay.regions === region))
  const circles = (count: number): readonly Edge[] =>
    places.flatMap((place) =>
      Array.from({ length: count }, () => circleOf(shuffled(random, place))).flat(),
    )
  // Between places each peer keeps two connections, and the mesh one circle through everybody.
  const across =
    places.length > 1 ? [circleOf(shuffled(random, all)), circleOf(shuffled(random, all))] : []
  const meshCircles = Math.max(1, Math.round((overlay.degree - 2 * Math.min(1, across.length)) / 2))
  const meshEdges = [...circles(meshCircles), ...(across[0] ?? [])]
  const mesh = collect(peers, meshEdges)
  if (overlay.links >= peers - 1 && places.length === 1) {
    return { links: all.map((index) => all.filter((other) => other !== index)), mesh }
  }
  const more = Math.max(0, Math.round(overlay.links / 2) - meshCircles - across.length)
  return { links: collect(peers, [...meshEdges, ...circles(more), ...(across[1] ?? [])]), mesh }
}

type Edge = readonly [number, number]

function edgesOf(topology: 'ring' | 'line' | 'star', peers: number): readonly Edge[] {
  const all = Array.from({ length: peers }, (_, index) => index)
  if (topology === 'star') return all.slice(1).map((index): Edge => [0, index])
  return topology === 'ring' ? circleOf(all) : circleOf(all).slice(0, -1)
}

const circleOf = (order: readonly number[]): readonly Edge[] =>
  order.map((index, place): Edge => [index, order[(place + 1) % order.length]!])

function collect(peers: number, edges: readonly Edge[]): readonly (readonly number[])[] {
  const neighbours = Array.from({ length: peers }, () => new Set<number>())
  for (const [a, b] of edges) {
    if (a === b) continue
    neighbours[a]!.add(b)
    neighbours[b]!.add(a)
  }
  return neighbours.map((set) => [...set])
}
