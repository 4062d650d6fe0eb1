import { join } from 'node:path'
import { foundMesh, libp2pNetwork, openPeer } from '@grapevine/peer'
import type { Can, Clock, Notice, OpenNetwork, Peer, PeerOptions } from '@grapevine/peer'
import { detouredTcp } from '../../packages/peer/test/detoured-tcp.ts'
import { commandsOf } from '../mesh/commands.ts'
import { callOn, remoteOf } from '../mesh/driver.ts'
import type { Driver } from '../mesh/driver.ts'
import { makeFolder } from '../mesh/folder.ts'
import type { Ground, Place } from '../mesh/ground.ts'
import { loopback } from '../mesh/loopback.ts'
import { areLinked } from '../mesh/mesh.ts'
import { proxies } from '../mesh/proxies.ts'
import { until } from '../mesh/until.ts'

/** A peer in this very process, and what became of its links. */
export interface RealPeer extends Driver {
  readonly peer: Peer
  /** By whose peer id: when, by `performance.now`, it was linked with it last, and parted from it. */
  readonly linkedAt: ReadonlyMap<string, number>
  readonly partedAt: ReadonlyMap<string, number>
}

/** A closed mesh of real peers over TCP: the first of them founded it, and let in the others. */
export interface RealMesh extends AsyncDisposable {
  readonly folder: string
  /** As they run now, in the order of their names. */
  readonly peers: readonly RealPeer[]
  at(this: void, name: string): RealPeer
  dataDir(this: void, name: string): string
  /** Opens a peer on what it has on disk; a newcomer needs a token. */
  open(this: void, name: string, change?: Partial<PeerOptions>): Promise<RealPeer>
  close(this: void, name: string): Promise<void>
  /** From now on peers of different groups do not reach each other. */
  cut(this: void, ...groups: readonly (readonly string[])[]): Promise<void>
  heal(this: void): Promise<void>
}

export interface RealMeshOptions {
  /** What others than the first may write, by their names. */
  readonly can?: Readonly<Record<string, Can>>
  readonly clocks?: Readonly<Record<string, Clock>>
  /** Puts something between a peer and its network. */
  readonly tap?: (name: string, network: OpenNetwork) => OpenNetwork
  /** Whether there are lines that can be cut. */
  readonly hasLines?: boolean
}

/** Tests that wait for a way back do not wait for long. */
const timing = { redialMinMs: 50, redialMaxMs: 400, redialRarelyMs: 1_000 }

export async function foundRealMesh(
  names: readonly string[],
  options: RealMeshOptions = {},
): Promise<RealMesh> {
  const { can = {} } = options
  const [first = 'alice', ...others] = names
  const bare = await createBare(names, options)
  const rootKeyFile = join(bare.folder, 'root.pem')
  try {
    const dataDir = bare.dataDir(first)
    await foundMesh({ name: 'shop', dataDir, rootKeyFile, peerName: first })
    const { peer: founder } = await bare.open(first)
    const enter = async (name: string): Promise<RealPeer> => {
      const { token } = await founder.invite({ name: `for ${name}`, can: can[name] })
      return bare.open(name, { join: token })
    }
    await Promise.all(others.map(enter))
    await until(areLinked(bare.peers), 20_000)
    return bare
  } catch (error) {
    await bare[Symbol.asyncDispose]()
    throw error
  }
}

/** How many more may come. */
const newcomersMax = 2

/** Places in which nobody is yet. */
async function createBare(names: readonly string[], options: RealMeshOptions): Promise<RealMesh> {
  const { clocks = {}, hasLines = false, tap = (_, network) => network } = options
  const folder = await makeFolder()
  const dataDir = (name: string): string => join(folder.path, name)
  const count = names.length + newcomersMax
  const ground = hasLines ? await proxies(count) : undefined
  const plain = ground === undefined ? await loopback(count, 'first') : []
  const opened = new Map<string, RealPeer>()
  const seats = [...names]

  function placeOf(name: string): Place {
    if (!seats.includes(name)) seats.push(name)
    const place = ground?.place(seats.indexOf(name)) ?? plain[seats.indexOf(name)]
    if (place === undefined) throw new Error(`there is no place for ${name}`)
    return place
  }

  return {
    folder: folder.path,
    get peers() {
      return [...opened.values()]
    },
    at: (name) => opened.get(name)!,
    dataDir,
    async open(name, change) {
      const { detours, listen, peers } = placeOf(name)
      const transports = detours === undefined ? {} : { transports: [detouredTcp(detours)] }
      const network = tap(name, libp2pNetwork({ timing, ...transports }))
      const clock = clocks[name]
      const own = { name, dataDir: dataDir(name), listen, peers, network, clock }
      const peer = await openReal({ ...own, ...change })
      opened.set(name, peer)
      return peer
    },
    async close(name) {
      await opened.get(name)?.peer.close()
      opened.delete(name)
    },
    ...linesOn(ground, (name) => seats.indexOf(name)),
    async [Symbol.asyncDispose]() {
      await Promise.all([...opened.values()].map(async ({ peer }) => peer.close()))
      await ground?.[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const linesOn = (
  ground: Ground | undefined,
  seatOf: (name: string) => number,
): Pick<RealMesh, 'cut' | 'heal'> => ({
  async cut(...groups) {
    const lines = ground ?? noLines()
    // In one step: nobody slips through between one cut and the next.
    const healed = lines.heal()
    await lines.cut(...groups.map((group) => group.map(seatOf)))
    await healed
  },
  heal: async () => (ground ?? noLines()).heal(),
})

function noLines(): never {
  throw new Error('there are no lines to cut: pass { hasLines: true }')
}

/** Opens any real peer here; whoever opens it closes it. */
export async function openReal(options: PeerOptions): Promise<RealPeer> {
  const notices: Notice[] = []
  const [linkedAt, partedAt] = [new Map<string, number>(), new Map<string, number>()]
  const peer = await openPeer({
    network: libp2pNetwork({ timing }),
    onNotice: (notice) => void notices.push(notice),
    ...options,
  })
  peer.on('linked', (link) => void linkedAt.set(link.peer, performance.now()))
  peer.on('unlinked', (gone) => void partedAt.set(gone.peer, performance.now()))
  return {
    name: peer.name,
    id: peer.id,
    openMs: 0,
    notices,
    peer,
    linkedAt,
    partedAt,
    ask: remoteOf(callOn(commandsOf(peer, async () => {}))),
    [Symbol.asyncDispose]: async () => peer.close(),
  }
}
