import type { Member, PeerId } from '@grapevine/peer'
import type { LabLine, LabPeer, LabState } from '../lab-wire.js'

/** What the picture and the list show of a mesh, whoever told of it. */
export interface Graph {
  readonly nodes: readonly MeshNode[]
  readonly links: readonly MeshLink[]
  /** How many sides a cut has; 1: the mesh is whole. */
  readonly sides: number
}

export interface MeshNode {
  readonly id: PeerId
  readonly name: string
  /** Of the lab. */
  readonly number: number | undefined
  readonly state: 'starting' | 'running' | 'paused' | 'stopped' | 'silent'
  /** undefined: it is not known. */
  readonly behind: number | undefined
  readonly links: number
  readonly conflicts: number | undefined
  readonly refused: number | undefined
  readonly heardAt: number | undefined
  /** Everything that is shown is what this one knows. */
  readonly isThrough: boolean
  /** Of a cut, from 0. */
  readonly side: number
}

export interface MeshLink {
  readonly from: PeerId
  readonly to: PeerId
  /** It leads to another side: nothing passes. */
  readonly isCut: boolean
  /** Slow or lossy. */
  readonly isRough: boolean
}

/** Of the lab, which knows all of them; what the peer that is looked through has heard of them, too. */
export function labGraph(
  { peers, groups, lines }: LabState,
  members: ReadonlyMap<PeerId, Member>,
  through: number,
): Graph {
  const sides = sidesOf(groups)
  const nodes = peers.map((peer) => labNode(peer, members, { through, sides }))
  const known = new Map(peers.map((peer) => [peer.peer, peer]))
  const rough = new Set(lines.filter(isRough).flatMap(({ from, to }) => [`${from} ${to}`]))
  const links = new Map<string, MeshLink>()
  for (const one of peers) {
    for (const id of one.links) {
      const other = known.get(id)
      if (other === undefined || one.number === other.number) continue
      const [low, high] = one.number < other.number ? [one, other] : [other, one]
      links.set(`${low.number} ${high.number}`, {
        from: low.peer,
        to: high.peer,
        isCut: sideOf(sides, low.number) !== sideOf(sides, high.number),
        isRough:
          rough.has(`${low.number} ${high.number}`) || rough.has(`${high.number} ${low.number}`),
      })
    }
  }
  return { nodes, links: [...links.values()], sides: Math.max(1, groups.length) }
}

function labNode(
  peer: LabPeer,
  members: ReadonlyMap<PeerId, Member>,
  { through, sides }: { readonly through: number; readonly sides: ReadonlyMap<number, number> },
): MeshNode {
  const { number, name, state, behind, links, conflicts, refused } = peer
  return {
    id: peer.peer,
    name,
    number,
    state,
    behind,
    links: links.length,
    conflicts,
    refused,
    heardAt: members.get(peer.peer)?.heardAt,
    isThrough: number === through,
    side: sideOf(sides, number),
  }
}

/** Whoever is in no group is beside the first side. */
const sideOf = (sides: ReadonlyMap<number, number>, peer: number): number => sides.get(peer) ?? 0

const sidesOf = (groups: LabState['groups']): ReadonlyMap<number, number> =>
  new Map(groups.flatMap((peers, side) => peers.map((peer) => [peer, side] as const)))

export const isRough = ({ delayMs, lossShare, bytesPerSecond, state }: LabLine): boolean =>
  delayMs > 0 || lossShare > 0 || bytesPerSecond !== undefined || state !== 'clear'

/** Members that were not heard for as long do not count as in sight. */
const sightMs = 30_000

/** Of one peer, which knows its own links alone. */
export function memberGraph(members: ReadonlyMap<PeerId, Member>, now: number): Graph {
  const all = [...members.values()].toSorted(
    (a, b) =>
      Number(b.isSelf) - Number(a.isSelf) ||
      compareText(a.name, b.name) ||
      compareText(a.peer, b.peer),
  )
  const self = all.find(({ isSelf }) => isSelf)
  const linked = all.filter(({ link, isSelf }) => link !== undefined && !isSelf)
  return {
    nodes: all.map((member) => ({
      id: member.peer,
      name: member.name,
      number: undefined,
      state: isInSight(member, now) ? 'running' : 'silent',
      behind: member.isSelf ? 0 : member.behind,
      links: member.isSelf ? linked.length : Number(member.link !== undefined),
      conflicts: undefined,
      refused: undefined,
      heardAt: member.heardAt,
      isThrough: member.isSelf,
      side: 0,
    })),
    links:
      self === undefined
        ? []
        : linked.map(({ peer }) => ({ from: self.peer, to: peer, isCut: false, isRough: false })),
    sides: 1,
  }
}

const isInSight = ({ isSelf, link, heardAt }: Member, now: number): boolean =>
  isSelf || link !== undefined || (heardAt !== undefined && now - heardAt < sightMs)

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** What a route says: a name if only one has it, else an id; of several with a name, the first. */
export const nodeNamed = (nodes: readonly MeshNode[], chosen: string): MeshNode | undefined =>
  nodes.find(({ id }) => id === chosen) ?? nodes.find(({ name }) => name === chosen)

/** How a route names it. Names are what peers call themselves: two may have the same. */
export const routeName = (nodes: readonly MeshNode[], node: MeshNode): string =>
  nodes.some(({ id, name }) => id !== node.id && (name === node.name || id === node.name))
    ? node.id
    : node.name

/** Nothing that is drawn is different. */
export const looksSame = (a: Graph, b: Graph): boolean =>
  a.nodes.length === b.nodes.length &&
  a.links.length === b.links.length &&
  a.sides === b.sides &&
  a.nodes.every((node, at) => isSameNode(node, b.nodes[at])) &&
  a.links.every((link, at) => isSameLink(link, b.links[at]))

const isSameNode = (a: MeshNode, b: MeshNode | undefined): boolean =>
  b !== undefined &&
  a.id === b.id &&
  a.name === b.name &&
  a.state === b.state &&
  a.behind === b.behind &&
  a.isThrough === b.isThrough &&
  a.side === b.side

const isSameLink = (a: MeshLink, b: MeshLink | undefined): boolean =>
  b !== undefined &&
  a.from === b.from &&
  a.to === b.to &&
  a.isCut === b.isCut &&
  a.isRough === b.isRough
