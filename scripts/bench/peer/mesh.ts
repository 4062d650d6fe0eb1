import { openPeer } from '@grapevine/peer'
import type { Peer } from '@grapevine/peer'
import { temporary } from './temporary.ts'
import { until } from './waiting.ts'

/** Peers in this process, each with a disk of its own, all connected with all over TCP. */
export interface Mesh extends AsyncDisposable {
  readonly peers: readonly Peer[]
}

export const meshName = 'bench'
/** Hundreds of connections, both ends of each in one process. */
const linkedMsMax = 300_000

export async function openMesh(count: number): Promise<Mesh> {
  const folder = temporary()
  const peers: Peer[] = []
  const open = async (index: number, seeds: readonly string[]): Promise<Peer> => {
    const name = `peer-${index}`
    const peer = await openPeer({ dataDir: folder.at(name), mesh: meshName, name, peers: seeds })
    peers.push(peer)
    return peer
  }
  const close = async (): Promise<void> => {
    await Promise.all(peers.map((peer) => peer.close()))
    folder[Symbol.dispose]()
  }
  const areLinked = (): boolean => peers.every((peer) => peer.status().links === count - 1)
  try {
    const seeds = await addressesOf(await open(0, []))
    await Promise.all(Array.from({ length: count - 1 }, (_, index) => open(index + 1, seeds)))
    await until(`${count} peers all connected`, areLinked, linkedMsMax)
  } catch (error) {
    await close()
    throw error
  }
  return { peers, [Symbol.asyncDispose]: close }
}

/** Listening begins behind `openPeer`. */
export async function addressesOf(peer: Peer): Promise<readonly string[]> {
  await until(`${peer.name} listens`, () => peer.status().addresses.length > 0)
  return peer.status().addresses
}

/** What the network of all peers has counted under a name since they were opened. */
export const counted = (peers: readonly Peer[], name: string): number =>
  peers.reduce((sum, peer) => sum + (peer.status().counters[name] ?? 0), 0)
