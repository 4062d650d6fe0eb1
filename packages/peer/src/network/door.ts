import type { ConnectionGater, Libp2p, PeerId as LibraryPeerId } from '@libp2p/interface'
import type { PeerId } from '@grapevine/core'
import type { Counters } from './counters.js'
import type { Links } from './links.js'
import { guarded } from './hooks.js'
import { fromLibrary } from './peer-ids.js'

/** Who is let in at all, and what becomes of a connection before anybody was introduced on it. */
export interface Door {
  readonly gater: ConnectionGater
  /** How many connections have come from outside so far. */
  readonly knocks: () => number
}

export function createDoor(isBanned: (peer: PeerId) => boolean, counters: Counters): Door {
  let knocks = 0
  const isUnwanted = (id: LibraryPeerId): boolean => {
    const peer = fromLibrary(id)
    const isDenied = peer === undefined || isBanned(peer)
    if (isDenied) counters.add('connectionsRefused')
    return isDenied
  }
  return {
    gater: {
      denyInboundConnection() {
        knocks += 1
        return false
      },
      denyInboundEncryptedConnection: isUnwanted,
      denyOutboundEncryptedConnection: isUnwanted,
    },
    knocks: () => knocks,
  }
}

/** Follows what libp2p tells of connections. */
export function watchDoor(node: Libp2p, links: Links, counters: Counters): void {
  node.addEventListener('connection:open', ({ detail }) =>
    guarded(counters, () => {
      if (detail.direction !== 'inbound') return
      counters.add('connectionsUpgraded')
      links.expectHello(detail)
    }),
  )
}
