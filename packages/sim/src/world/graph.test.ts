import { describe, expect, it } from 'vitest'
import { drawGraph } from './graph.js'
import type { Graph } from './graph.js'
import { topologies } from '../plan.js'
import type { Overlay } from '../plan.js'
import { randomOf } from '../random.js'

const overlay: Overlay = {
  gossip: true,
  links: 12,
  degree: 6,
  holdMs: 0,
  floodPublish: false,
  topology: 'random',
  regions: 1,
  regionDelayMs: 0,
}

const draw = (peers: number, change: Partial<Overlay> = {}): Graph =>
  drawGraph(peers, { ...overlay, ...change }, randomOf(1, 'overlay'))

/** How many peers the first one reaches, by any number of links. */
function reach(neighbours: Graph['mesh']): number {
  const reached = new Set([0])
  for (const index of reached) for (const other of neighbours[index]!) reached.add(other)
  return reached.size
}

const mean = (neighbours: Graph['mesh']): number =>
  neighbours.reduce((sum, { length }) => sum + length, 0) / neighbours.length

describe('graph', () => {
  it('hangs together, whatever its topology and size', () => {
    for (const topology of topologies) {
      for (const peers of [3, 4, 7, 32, 100, 1_000]) {
        const { mesh, links } = draw(peers, { topology, regions: topology === 'regions' ? 2 : 1 })
        expect([topology, peers, reach(mesh)]).toEqual([topology, peers, peers])
        expect(reach(links)).toBe(peers)
      }
    }
  })

  it('goes both ways, never to oneself, and the mesh is a part of the links', () => {
    for (const topology of topologies) {
      const { mesh, links } = draw(60, { topology, regions: 3 })
      for (const [index, others] of mesh.entries()) {
        expect(others).not.toContain(index)
        expect(others.every((other) => mesh[other]!.includes(index))).toBe(true)
        expect(others.every((other) => links[index]!.includes(other))).toBe(true)
      }
    }
  })

  it('has the degrees that were asked for', () => {
    const { mesh, links } = draw(1_000)
    expect(mean(mesh)).toBeCloseTo(6, 0)
    expect(mean(links)).toBeCloseTo(12, 0)
    expect(mean(draw(20, { links: 19 }).links)).toBe(19)
  })

  it('keeps few connections between regions', () => {
    const { links } = draw(100, { topology: 'regions', regions: 2 })
    const across = links.flatMap((others, index) => others.filter((o) => o % 2 !== index % 2))
    expect(across.length / 100).toBeLessThan(5)
  })
})
