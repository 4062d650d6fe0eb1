/**
 * The replica of a Grapevine mesh: a pure state machine. It knows no time, chance, disk or network.
 *
 * ```ts
 * const { replica, effects } = openReplica({ mesh, crypto, peer })
 * store(effects)
 * const told = replica.handle({ type: 'write', put: new Map([['shop/max-items', 12]]) }, Date.now())
 * replica.get('shop/max-items') // 12
 * ```
 */
export {
  type OpenOptions,
  type Reading,
  type Replica,
  type Status,
  openReplica,
} from './replica.js'
export { salvage } from './salvage.js'
export type { Input } from './handle.js'
export type { Salvaged, SalvageOptions } from './salvage.js'
export {
  badgeOf,
  covers,
  grantInWords,
  isAdminOfAll,
  memberFault,
  readChain,
  signBadge,
  writeFaultOf,
} from './badge.js'
export { readIntent, signIntent } from './intent.js'
export { openMesh } from './mesh.js'
export { limits } from './limits.js'
export { Malformed, MeshError } from './errors.js'
export { checkKey, textFault } from './key.js'
export { formatDot, fromHex, toHex } from './ids.js'
export { compareStamps } from './stamp.js'
export { copyValue, sameValue, usableValue } from './value.js'
// The canonical form, for whoever else reads bytes from outside.
export { asBoolean, asBytes, asCount, asList, asText, decode, encode } from './codec.js'

export type { Badge, BadgeChain, BadgeDraft, Grant, InviteTerms } from './badge.js'
export type { Authorship, Intent, IntentDraft, Wish } from './intent.js'
export type { ErrorCode } from './errors.js'
export type { Effect, KeyChange, Notice, Verdict } from './effect.js'
export type { Hashes } from './hashes.js'
export type { Rollback } from './history.js'
export type { BadgeId, Dot, Key, PeerId, ReleaseId, ReplicaId } from './ids.js'
export type { Crypto, Mesh, MeshRules } from './mesh.js'
export type { Announcement, HeardPresence, Presence, Refusal } from './presence.js'
export type { Receipt } from './receipts.js'
export type { Records } from './load.js'
export type { Change, Release } from './release.js'
export type { Stamp } from './stamp.js'
export type { Mark, Revocation, Statement } from './statement.js'
export type { Signer, StatementRequest } from './issue.js'
export type { Held } from './state.js'
export type { Value } from './value.js'
export type { VersionVector } from './version-vector.js'
export type { Write } from './write.js'
