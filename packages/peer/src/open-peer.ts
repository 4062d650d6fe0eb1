import { assemblePeer } from './running/assemble.js'
import { isClosed } from './running/genesis.js'
import { openIdentity } from './running/identity.js'
import { libp2pNetwork } from './network/libp2p-network.js'
import { settingsOf } from './options.js'
import type { PeerOptions } from './options.js'
import type { Peer } from './peer.js'
import { checkDirectoryIfThere, checkDirectoryMode } from './store/directory-mode.js'
import { levelStore } from './store/level-store.js'

/**
 * Opens the peer whose key and records lie in a directory. It answers from disk, offline if need be;
 * other members are looked for behind it, for as long as it is open.
 */
export async function openPeer(options: PeerOptions): Promise<Peer> {
  const settings = settingsOf(options)
  const { dataDir, genesis } = settings
  // With a token or a badge it is known before anything is read that this mesh is closed.
  if (genesis !== undefined && isClosed(genesis)) await checkDirectoryIfThere(dataDir)
  const openStore = options.store ?? (() => levelStore(dataDir))
  return assemblePeer({
    settings,
    openIdentity: (hasRecords) => openIdentity(dataDir, hasRecords),
    openStore,
    openNetwork: options.network ?? libp2pNetwork(),
    checkPlace: () => checkDirectoryMode(dataDir),
    signal: options.signal,
  })
}
