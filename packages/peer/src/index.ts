/**
 * The peer that a service carries inside itself: its own durable copy of the mesh's configuration.
 *
 * ```ts
 * await using peer = await openPeer({ dataDir: '.grapevine', mesh: 'shop' }) // from disk, offline if need be
 *
 * const limits = peer.bind('payments/limits', z.object({ daily: z.number().int() }), {
 *   default: { daily: 500 },
 * })
 * limits.value.daily // a property read; what the schema refuses never gets here
 *
 * const release = await peer.set('payments/limits', { daily: 800 })
 * await release.reached({ peers: 'all', timeout: '30s' })
 * ```
 */
export { libp2pNetwork } from './network/libp2p-network.js'
export { openPeer } from './open-peer.js'
export { MeshError } from '@grapevine/core'

export type { ErrorCode, Key, PeerId, ReleaseId, ReplicaId, Stamp, Value } from '@grapevine/core'
export type { BindOptions, Binding, BindingEvents, BindingMeta } from './binding/bind.js'
export type { Clock } from './clock.js'
export type { Link, OpenNetwork } from './network/network.js'
export type { PeerOptions } from './options.js'
export type {
  Change,
  Difference,
  Dot,
  Draft,
  Entry,
  Member,
  NamedReceipt,
  Notice,
  Peer,
  PeerEvents,
  Published,
  Reach,
  ReachOptions,
  ReleaseInfo,
  ReleaseRef,
  RolledBack,
  Status,
  Version,
  WaitOptions,
  WatchEvent,
  WriteOptions,
} from './peer.js'
export type { OpenStore, Store, Transaction } from './store/store.js'
