import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { PeerId as LibraryPeerId } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { fromHex, toHex } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'

/** Our name for a peer of libp2p; undefined where its key is of a kind that no member has. */
export function fromLibrary(id: LibraryPeerId): PeerId | undefined {
  return id.type === 'Ed25519' ? toHex<PeerId>(id.publicKey.raw) : undefined
}

export const toLibrary = (peer: PeerId): LibraryPeerId =>
  peerIdFromPublicKey(publicKeyFromRaw(fromHex(peer)))
