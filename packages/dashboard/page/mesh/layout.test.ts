import type { PeerId } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import type { Graph, MeshNode } from './graph.js'
import { createLayout } from './layout.js'
import type { Layout } from './layout.js'

/** Each linked with the next ones. */
function ring(count: number, sideOf: (at: number) => number = () => 0): Graph {
  const nodes = Array.from(
    { length: count },
    (_, at) => ({ id: `p${at}`, number: at + 1, side: sideOf(at) }) as unknown as MeshNode,
  )
  const links = nodes.flatMap(({ id, side }, at) =>
    [1, 2].map((far) => {
      const other = nodes[(at + far) % count]!
      return { from: id, to: other.id, isCut: other.side !== side, isRough: false }
    }),
  )
  return { nodes, links, sides: new Set(nodes.map(({ side }) => side)).size }
}

function settled(layout: Layout, graph: Graph, isTall = false): Layout {
  layout.show(graph, isTall)
  for (let steps = 0; layout.tick(); steps += 1) if (steps > 1_000) throw new Error('no rest')
  return layout
}

const spotsIn = ({ spots }: Layout) => [...spots].map(([id, { x, y }]) => [id, x, y])

describe('the layout', () => {
  it.each([1, 2, 8, 25, 200])('of %i peers comes to rest, and always in the same way', (count) => {
    const one = spotsIn(settled(createLayout(), ring(count)))
    expect(spotsIn(settled(createLayout(), ring(count)))).toEqual(one)
    expect(one).toHaveLength(count)
    expect(one.flat().every((part) => typeof part === 'string' || Number.isFinite(part))).toBe(true)
  })

  it('stays at rest while neither peers nor links change', () => {
    const layout = settled(createLayout(), ring(8))
    const before = spotsIn(layout)
    layout.show(ring(8), true)
    expect(layout.tick()).toBe(false)
    expect(spotsIn(layout)).toEqual(before)
    layout.show(ring(9), true)
    expect(layout.tick()).toBe(true)
  })

  it.each([8, 80])(
    'of %i peers takes the sides of a cut apart, and brings them together again',
    (count) => {
      const layout = settled(createLayout(), ring(count))
      settled(
        layout,
        ring(count, (at) => (at < count / 2 ? 0 : 1)),
      )
      const xs = [...layout.spots.values()].map(({ x }) => x)
      const [left, right] = [xs.slice(0, count / 2), xs.slice(count / 2)]
      expect(Math.max(...left)).toBeLessThan(Math.min(...right))
      settled(layout, ring(count))
      const middles = [0, count / 2].map((from) => {
        const half = [...layout.spots.values()].slice(from, from + count / 2)
        return half.reduce((sum, { x, y }) => sum + Math.hypot(x, y), 0) / half.length
      })
      expect(Math.max(...middles)).toBeLessThan(60 * Math.sqrt(count))
    },
  )

  it('has the sides one above the other where the room is tall', () => {
    const layout = settled(
      createLayout(),
      ring(8, (at) => (at < 4 ? 0 : 1)),
      true,
    )
    const ys = [...layout.spots.values()].map(({ y }) => y)
    expect(Math.max(...ys.slice(0, 4))).toBeLessThan(Math.min(...ys.slice(4)))
  })

  it('has a peer that knows no links but its own in the middle', () => {
    const nodes = ['self', 'a', 'b', 'c'].map((id) => ({ id, side: 0 }) as unknown as MeshNode)
    const links = [{ from: 'self' as PeerId, to: 'a' as PeerId, isCut: false, isRough: false }]
    const { spots } = settled(createLayout(), { nodes, links, sides: 1 })
    expect(spots.get('self' as PeerId)).toMatchObject({ x: 0, y: 0 })
  })
})
