import { drawGraph } from './graph.js'
import type { Graph } from './graph.js'
import type { Peer } from './peer.js'
import type { Plan } from '../plan.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'

/** To whom each peer believes to be connected: a connection to a peer that is down is noticed at once. */
export interface Connections {
  links(this: void, peer: Peer): readonly Peer[]
  /** Those that carry gossip; where one of them is down, another connection takes its place. */
  mesh(this: void, peer: Peer): readonly Peer[]
  partner(this: void, peer: Peer, random: Random): Peer | undefined
}

export function createConnections(plan: Plan, peers: readonly Peer[]): Connections {
  const graph = drawGraph(plan.peers, plan.overlay, randomOf(plan.seed, 'overlay'))
  /** All neighbours, up or not; worked out anew when a copy of a store is one peer more. */
  const known = { links: new Map<Peer, readonly Peer[]>(), mesh: new Map<Peer, readonly Peer[]>() }
  let count = 0

  function neighbours(peer: Peer, of: keyof Graph): readonly Peer[] {
    if (count !== peers.length) {
      count = peers.length
      known.links.clear()
      known.mesh.clear()
    }
    let all = known[of].get(peer)
    if (all === undefined) {
      const planned = graph[of][peer.index]?.map((index) => peers[index]!)
      // Copies of stores are connected to everybody.
      const others = [...(planned ?? peers.slice(0, plan.peers)), ...peers.slice(plan.peers)]
      known[of].set(peer, (all = others.filter((other) => other !== peer)))
    }
    return all.every(({ isUp }) => isUp) ? all : all.filter(({ isUp }) => isUp)
  }

  return {
    links: (peer) => neighbours(peer, 'links'),
    mesh(peer) {
      const mesh = neighbours(peer, 'mesh')
      const wanted = graph.mesh[peer.index]?.length ?? plan.overlay.degree
      if (mesh.length >= wanted) return mesh
      const carrying = new Set(mesh)
      const others = neighbours(peer, 'links').filter((other) => !carrying.has(other))
      return [...mesh, ...others.slice(0, wanted - mesh.length)]
    },
    partner(peer, random) {
      const links = neighbours(peer, 'links')
      return links.length === 0 ? undefined : random.pick(links)
    },
  }
}
