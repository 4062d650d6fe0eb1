import type { GossipSub, GossipSubComponents } from '@chainsafe/libp2p-gossipsub'
import { serviceCapabilities } from '@libp2p/interface'
import type {
  ConnectionGater,
  ConnectionProtector,
  Libp2p,
  PeerDiscovery,
  PeerId,
  PrivateKey,
} from '@libp2p/interface'
import type { MulticastDNSComponents } from '@libp2p/mdns'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { Libp2pOptions } from 'libp2p'
import type { Budgets } from './budget.js'
import { forgetfulDatastore } from './forgetful-datastore.js'
import { guardedMuxer } from './muxer-guard.js'
import { quickKeys } from './noise-keys.js'
import { silence } from './silence.js'
import type { Timing } from './timing.js'

export type Transports = NonNullable<Libp2pOptions['transports']>

export interface NodeOptions {
  readonly privateKey: PrivateKey
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly transports: Transports | undefined
  /** Whether peers are looked for on the local network. */
  readonly mdns: Neighbourhood | undefined
  readonly gater: ConnectionGater
  /** The first door of a closed mesh. */
  readonly protector: (() => ConnectionProtector) | undefined
  readonly gossip: ((components: GossipSubComponents) => GossipSub) | undefined
  readonly timing: Timing
  readonly budgets: Budgets
}

export interface Neighbourhood {
  /** The name under which peers find each other. */
  readonly tag: string
  readonly found: (id: PeerId, addresses: readonly Multiaddr[]) => void
}

/** How many connections there may be: far more than members that keep links to one peer. */
const connectionsMax = 1024
const connectionsPendingMax = 128
/** Members behind one address, or on one machine, may all start at once; a flood still has an end. */
const connectionsPerSecondMax = 64
/** Behind a door, those who only knock are counted there: see `waiting-room.ts`. */
const knocksPendingMax = 1024
const knocksPerSecondMax = 1024
const windowBytesMax = 1024 * 1024

/** The one place where a libp2p node is made; it does not run yet. */
export async function createNode(options: NodeOptions): Promise<Libp2p> {
  const { privateKey, listen, announce, transports, gater, protector, gossip, timing } = options
  const hasDoor = protector !== undefined
  return createLibp2p({
    // Handlers come first: somebody may connect at once.
    start: false,
    privateKey,
    datastore: forgetfulDatastore(),
    ...silence(),
    // Whoever asks needs to know no more of this process.
    nodeInfo: { name: 'grapevine', version: '1', userAgent: 'grapevine' },
    addresses: { listen: [...listen], announce: [...announce] },
    transports: transports ?? [tcp({ dialOpts: { noDelay: true }, listenOpts: { noDelay: true } })],
    connectionEncrypters: [noise({ crypto: quickKeys })],
    ...(hasDoor ? { connectionProtector: protector } : {}),
    streamMuxers: [guardedMuxer(muxer, options.budgets, windowBytesMax)],
    connectionGater: gater,
    connectionManager: {
      maxConnections: connectionsMax,
      maxIncomingPendingConnections: hasDoor ? knocksPendingMax : connectionsPendingMax,
      inboundConnectionThreshold: hasDoor ? knocksPerSecondMax : connectionsPerSecondMax,
      maxParallelDials: 32,
      maxPeerAddrsToDial: 8,
      dialTimeout: timing.dialMs,
      addressDialTimeout: timing.dialMs,
      inboundUpgradeTimeout: timing.dialMs,
      // Who is dialed again, and when, is decided in redial.ts.
      reconnectRetries: 0,
    },
    // Whether somebody is there is asked in pulse.ts.
    connectionMonitor: { enabled: false },
    peerDiscovery: options.mdns === undefined ? [] : [await discovery(options.mdns)],
    services: {
      // Gossipsub asks for it, and needs nothing of it: what peers tell each other is in our own
      // introduction, and whoever was not introduced is told nothing.
      identify: () => ({ [serviceCapabilities]: ['@libp2p/identify'] }),
      ...(gossip === undefined ? {} : { gossip }),
    },
  })
}

const muxer = yamux({
  maxInboundStreams: 32,
  maxOutboundStreams: 32,
  // What a reader holds back must fit into the buffer that holds it.
  streamOptions: { maxStreamWindowSize: windowBytesMax, maxReadBufferLength: 2 * windowBytesMax },
})

/** Loaded only where it was asked for. */
async function discovery({
  tag,
  found,
}: Neighbourhood): Promise<(components: MulticastDNSComponents) => PeerDiscovery> {
  const { mdns } = await import('@libp2p/mdns')
  return (components) => {
    const service = mdns({ serviceTag: tag })(components)
    service.addEventListener('peer', ({ detail }) => found(detail.id, detail.multiaddrs))
    return service
  }
}
