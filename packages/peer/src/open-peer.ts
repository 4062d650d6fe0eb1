import { assemblePeer } from './running/assemble.js'
import { openIdentity } from './running/identity.js'
import { libp2pNetwork } from './network/libp2p-network.js'
import { settingsOf } from './options.js'
import type { PeerOptions } from './options.js'
import type { Peer } from './peer.js'
import { levelStore } from './store/level-store.js'

/**
 * Opens the peer whose key and records lie in a directory. It answers from disk, offline if need be;
 * other members are looked for behind it, for as long as it is open.
 */
export async function openPeer(options: PeerOptions): Promise<Peer> {
  const settings = settingsOf(options)
  const openStore = options.store ?? (() => levelStore(settings.dataDir))
  return assemblePeer({
    settings,
    openIdentity: (hasRecords) => openIdentity(settings.dataDir, hasRecords),
    openStore,
    openNetwork: options.network ?? libp2pNetwork(),
    signal: options.signal,
  })
}
