import { foundMesh, openPeer } from '@grapevine/peer'
import type { Peer } from '@grapevine/peer'
import { addressesOf } from '../peer/mesh.ts'
import { temporary } from '../peer/temporary.ts'
import { until } from '../peer/waiting.ts'

/** Peers of a closed mesh in this process, all connected with all over TCP; the first is its admin. */
export interface ClosedMesh extends AsyncDisposable {
  readonly admin: Peer
  readonly others: readonly Peer[]
  /** A new peer with a badge of its own, on its way to the others. */
  join(name: string): Promise<Peer>
  /** All of them know each other, and are linked. */
  linked(): Promise<void>
  /** It closes, and is forgotten. */
  leave(peer: Peer): Promise<void>
}

const linkedMsMax = 120_000
/** What is revoked here is meant to be. */
const onNotice = (): void => {}

export async function openClosedMesh(count: number): Promise<ClosedMesh> {
  const folder = temporary()
  const dataDir = folder.at('admin')
  await foundMesh({
    name: 'bench',
    dataDir,
    rootKeyFile: folder.at('root.pem'),
    peerName: 'admin',
  })
  const admin = await openPeer({ dataDir, onNotice })
  await addressesOf(admin)
  const { token } = await admin.invite({ uses: 'many', can: { '**': 'write' } })
  const others = new Set<Peer>()
  const mesh: ClosedMesh = {
    admin,
    get others() {
      return [...others]
    },
    async join(name) {
      const peer = await openPeer({ dataDir: folder.at(name), name, join: token, onNotice })
      others.add(peer)
      return peer
    },
    linked: () =>
      until(
        `${others.size + 1} peers all connected`,
        () => [admin, ...others].every((peer) => peer.status().links >= others.size),
        linkedMsMax,
      ),
    async leave(peer) {
      others.delete(peer)
      await peer.close()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([admin, ...others].map((peer) => peer.close()))
      folder[Symbol.dispose]()
    },
  }
  try {
    for (let index = 1; index < count; index++) await mesh.join(`member-${index}`)
    await mesh.linked()
  } catch (error) {
    await mesh[Symbol.asyncDispose]()
    throw error
  }
  return mesh
}
