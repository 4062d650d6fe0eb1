import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { foundMesh, openPeer, openSigner } from '@grapevine/peer'
import type { InviteOptions, Notice, Peer, PeerOptions, Signer } from '@grapevine/peer'
import { rulesOf } from '../../packages/peer/src/running/genesis.ts'
import { identityOf } from '../../packages/peer/src/running/identity.ts'
import type { Identity } from '../../packages/peer/src/network/network.ts'
import { makeOwnBadge } from '../../packages/peer/src/trust/join.ts'
import { parseToken } from '../../packages/peer/src/trust/token.ts'
import type { Tools } from '../../packages/sim/src/hostile/forge.ts'
import { makeFolder } from '../mesh/folder.ts'
import { until } from '../mesh/until.ts'

/** Honest peers of a closed mesh in this process, over TCP, all linked with all; the first is its admin. */
export interface ClosedMesh extends AsyncDisposable {
  readonly peers: readonly Peer[]
  readonly admin: Peer
  readonly root: Signer
  /** What the operator of a peer was told, since it was opened. */
  readonly notices: ReadonlyMap<Peer, Notice[]>
  readonly meshId: Uint8Array
  readonly networkKey: Uint8Array
  /** One more peer, honest as well. */
  join(name: string, options?: JoinOptions): Promise<Peer>
  /** It closes, and is none of them any more. */
  leave(peer: Peer): Promise<void>
  /** Somebody with a key and a good badge, whose key the test has in its hands. */
  insider(can?: InviteOptions['can'], name?: string): Promise<Insider>
  linked(): Promise<void>
}

type JoinOptions = Partial<PeerOptions> & Pick<InviteOptions, 'can' | 'addresses'>

/** A key, what its holder may do, and all it takes to sign as it. */
export interface Insider {
  readonly identity: Identity
  readonly badge: readonly Uint8Array[]
  readonly tools: Tools
}

const names = ['alice', 'bob', 'carol', 'dave', 'erin']
const linkedMsMax = 20_000

export async function openClosedMesh(
  count: number,
  options: Partial<PeerOptions> = {},
): Promise<ClosedMesh> {
  const folder = await makeFolder()
  const at = (name: string): string => join(folder.path, name)
  const peers: Peer[] = []
  const notices = new Map<Peer, Notice[]>()
  const open = async (given: PeerOptions): Promise<Peer> => {
    const told: Notice[] = []
    const peer = await openPeer({ ...options, onNotice: (notice) => told.push(notice), ...given })
    peers.push(peer)
    notices.set(peer, told)
    return peer
  }
  const [first = ''] = names
  const rootKeyFile = at('root.pem')
  await foundMesh({ name: 'test', dataDir: at(first), rootKeyFile, peerName: first })
  const admin = await open({ dataDir: at(first), name: first })
  const root = await openSigner({ file: rootKeyFile })
  const forNetworkKey = parseToken((await admin.invite()).token)
  const meshId = rulesOf(forNetworkKey.genesis).id
  const linked = async (): Promise<void> => {
    const lacking = (): Peer | undefined =>
      peers.find((peer) => peer.status().links < peers.length - 1)
    await until(() => lacking() && `${lacking()?.name} is not linked with all`, linkedMsMax)
  }
  const mesh: ClosedMesh = {
    peers,
    admin,
    root,
    notices,
    meshId,
    networkKey: forNetworkKey.networkKey.secret,
    linked,
    async join(name, { can = { '**': 'write' as const }, addresses, ...rest } = {}) {
      const { token } = await admin.invite({ can, addresses })
      return open({ dataDir: at(name), name, join: token, ...rest })
    },
    async leave(peer) {
      peers.splice(peers.indexOf(peer), 1)
      await peer.close()
    },
    async insider(can, name = 'mallory') {
      const { token } = await admin.invite({ can })
      return insiderBy(token, name, meshId)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(peers.map((peer) => peer.close()))
      await folder[Symbol.asyncDispose]()
    },
  }
  try {
    for (const name of names.slice(1, count)) await mesh.join(name)
    await linked()
  } catch (error) {
    await mesh[Symbol.asyncDispose]()
    throw error
  }
  return mesh
}

function insiderBy(token: string, name: string, meshId: Uint8Array): Insider {
  const identity = identityOf(randomBytes(32))
  const joiner = { identity, name, labels: new Map<string, string>(), nowMs: Date.now() }
  const badge = makeOwnBadge(parseToken(token), joiner).map(({ bytes }) => bytes)
  return { identity, badge, tools: toolsOf(identity, meshId) }
}

export const toolsOf = (identity: Identity, meshId: Uint8Array): Tools => ({
  meshId,
  hash: (bytes) => createHash('sha256').update(bytes).digest(),
  sign: identity.sign,
})

/** Where somebody finds a peer. */
export const addressOf = (peer: Peer): string => peer.status().addresses[0] ?? ''

export function hostOf(peer: Peer): { readonly host: string; readonly port: number } {
  const [, , host = '', , port] = addressOf(peer).split('/')
  return { host, port: Number(port) }
}

/** What all readers of a peer see, as one text. */
export const shownAt = (peer: Peer): string =>
  JSON.stringify(
    peer
      .entries()
      .map(({ key, value, release, others }) => [key, value, release.id, others.length]),
  )
