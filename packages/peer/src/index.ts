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
export { backUpDataDir, repairDataDir, restoreDataDir, verifyDataDir } from './store/care.js'
export { foundMesh } from './trust/found.js'
export { joinAsSigner, openSigner } from './trust/signer.js'
export { signDraft } from './writing/signed.js'
export { durationMs } from './api/durations.js'
export { MeshError } from '@grapevine/core'

export type {
  BadgeId,
  ErrorCode,
  Grant,
  Key,
  PeerId,
  ReleaseId,
  ReplicaId,
  Stamp,
  Value,
} from '@grapevine/core'
export type { BindOptions, Binding, BindingEvents, BindingMeta } from './binding/bind.js'
export type { Clock } from './clock.js'
export type { Link, OpenNetwork } from './network/network.js'
export type { PeerOptions } from './options.js'
export type {
  BadgeInfo,
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
  Refused,
  ReleaseInfo,
  ReleaseRef,
  RollbackPlan,
  RolledBack,
  Status,
  Version,
  WaitOptions,
  WatchEvent,
  WriteOptions,
} from './peer.js'
export type { Commits } from './running/commits.js'
export type { SealTo } from './secrets/audience.js'
export type { Exposure } from './secrets/exposure.js'
export type { SecretInfo, SecretRecipient } from './secrets/list-secrets.js'
export type { ReadSecretOptions } from './secrets/read-secret.js'
export type { ResealOptions, Resealed } from './secrets/reseal.js'
export type { Secrets } from './secrets/secrets.js'
export type { SetSecretOptions } from './secrets/set-secret.js'
export type { RepairedDataDir, VerifiedDataDir } from './store/care.js'
export type { Restored } from './store/restore.js'
export type { OpenStore, Store, Transaction } from './store/store.js'
export type { FoundOptions, Founded } from './trust/found.js'
export type { Can } from './trust/grants.js'
export type {
  As,
  GrantOptions,
  Granted,
  Invite,
  InviteOptions,
  Revoked,
  RevokeOptions,
  Rights,
  RotateOptions,
  Rotated,
} from './trust/rights.js'
export type { Signer, SignerFile } from './trust/signer.js'
export type { Right, RightLink, Struck, Why } from './trust/why.js'
export type { SignedDraft, SignedFor } from './writing/signed.js'
