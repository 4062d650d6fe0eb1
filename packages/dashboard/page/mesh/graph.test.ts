import type { Member, PeerId } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import type { LabPeer, LabState } from '../lab-wire.js'
import { labGraph, looksSame, memberGraph, nodeNamed, routeName } from './graph.js'

const id = (name: string): PeerId => name as PeerId

/** All are linked with each other. */
function lab(count: number, told: Partial<LabState> = {}): LabState {
  const ids = Array.from({ length: count }, (_, at) => id(`id-${at + 1}`))
  const peers = ids.map((peer, at): LabPeer => ({
    number: at + 1,
    name: `peer-${at + 1}`,
    peer,
    state: 'running',
    links: ids.filter((other) => other !== peer),
    behind: 0,
    keys: 1,
    conflicts: 0,
    refused: 0,
    addresses: [],
  }))
  return { peers, groups: [], lines: [], address: '', ...told }
}

const member = (name: string, told: Partial<Member> = {}): [PeerId, Member] => [
  id(name),
  { peer: id(name), name, isSelf: false, heardAt: 99_000, behind: 0, ...told } as Member,
]

describe('the graph of a lab', () => {
  it('has each link once, though both ends tell of it', () => {
    const { nodes, links, sides } = labGraph(lab(4), new Map(), 2)
    expect(nodes.map(({ isThrough }) => isThrough)).toEqual([false, true, false, false])
    expect(links).toHaveLength(6)
    expect(sides).toBe(1)
  })

  it('tells the links that a cut took away from those within its sides', () => {
    const { nodes, links, sides } = labGraph(
      lab(4, {
        groups: [
          [1, 2],
          [3, 4],
        ],
      }),
      new Map(),
      1,
    )
    expect(sides).toBe(2)
    expect(nodes.map(({ side }) => side)).toEqual([0, 0, 1, 1])
    expect(links.filter(({ isCut }) => !isCut).map(({ from, to }) => [from, to])).toEqual([
      ['id-1', 'id-2'],
      ['id-3', 'id-4'],
    ])
  })

  it('shows a line that is slow in one direction as a rough link', () => {
    const slow = { from: 3, to: 1, delayMs: 200, lossShare: 0, state: 'clear' } as const
    const { links } = labGraph(lab(3, { lines: [slow] }), new Map(), 1)
    expect(links.filter(({ isRough }) => isRough)).toMatchObject([{ from: 'id-1', to: 'id-3' }])
  })

  it('leaves out links to peers that are gone', () => {
    const { peers, ...rest } = lab(3)
    const { links } = labGraph({ ...rest, peers: peers.slice(0, 2) }, new Map(), 1)
    expect(links).toHaveLength(1)
  })
})

describe('the graph of one peer', () => {
  const now = 100_000

  it('begins with itself, and links it with those it has a line to', () => {
    const linked = { link: {} as Member['link'] }
    const members = new Map([
      member('bob', linked),
      member('ann'),
      member('self', { isSelf: true }),
    ])
    const { nodes, links } = memberGraph(members, now)
    expect(nodes.map(({ name }) => name)).toEqual(['self', 'ann', 'bob'])
    expect(links).toMatchObject([{ from: 'self', to: 'bob' }])
    expect(nodes[0]).toMatchObject({ isThrough: true, links: 1 })
  })

  it('takes those for silent that have no line and were not heard for half a minute', () => {
    const members = new Map([
      member('self', { isSelf: true, heardAt: undefined }),
      member('linked', { link: {} as Member['link'], heardAt: 1 }),
      member('heard'),
      member('old', { heardAt: now - 30_000 }),
      member('never', { heardAt: undefined }),
    ])
    const silent = memberGraph(members, now).nodes.filter(({ state }) => state === 'silent')
    expect(silent.map(({ name }) => name)).toEqual(['never', 'old'])
  })
})

describe('a peer in a route', () => {
  it('is called by its name where no other has it, and else by its id', () => {
    const members = new Map([
      member('a', { name: 'ann' }),
      member('b'),
      member('c', { name: 'ann' }),
    ])
    const { nodes } = memberGraph(members, 0)
    const names = nodes.map((node) => routeName(nodes, node))
    expect(names).toEqual(['a', 'c', 'b'])
    expect(names.map((name) => nodeNamed(nodes, name))).toEqual(nodes)
    expect(nodeNamed(nodes, 'nobody')).toBeUndefined()
  })

  it('that calls itself by the id of another does not stand for it', () => {
    const { nodes } = memberGraph(
      new Map([member('a', { name: 'b' }), member('b', { name: 'x' })]),
      0,
    )
    expect(nodeNamed(nodes, 'b')?.id).toBe('b')
    expect(nodes.map((node) => routeName(nodes, node))).toEqual(['a', 'x'])
  })
})

describe('a graph', () => {
  it('looks the same where only what the list shows is new', () => {
    const heard = (heardAt: number) => new Map([member('id-1', { heardAt })])
    const graph = labGraph(lab(3), heard(1), 1)
    expect(looksSame(graph, labGraph(lab(3), heard(2), 1))).toBe(true)
    expect(looksSame(graph, labGraph(lab(3), heard(1), 2))).toBe(false)
    expect(looksSame(graph, labGraph(lab(4), heard(1), 1))).toBe(false)
  })
})
