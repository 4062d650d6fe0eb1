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
export { limits } from './limits.js'
export { Malformed, MeshError } from './errors.js'
export { checkKey } from './key.js'
export { formatDot, fromHex, toHex } from './ids.js'
export { compareStamps } from './stamp.js'
export { copyValue, sameValue } from './value.js'
// The canonical form, for whoever else reads bytes from outside.
export { asBoolean, asBytes, asCount, asList, asText, decode, encode } from './codec.js'

export type { ErrorCode } from './errors.js'
export type { Effect, KeyChange, Notice, Verdict } from './effect.js'
export type { Hashes } from './hashes.js'
export type { Rollback } from './history.js'
export type { Dot, Key, PeerId, ReleaseId, ReplicaId } from './ids.js'
export type { Crypto, MeshRules } from './mesh.js'
export type { Announcement, HeardPresence, Presence, Refusal } from './presence.js'
export type { Receipt } from './receipts.js'
export type { Records } from './load.js'
export type { Change, Release } from './release.js'
export type { Stamp } from './stamp.js'
export type { Mark, Statement } from './statement.js'
export type { StatementRequest } from './issue.js'
export type { Held } from './state.js'
export type { Value } from './value.js'
export type { VersionVector } from './version-vector.js'
export type { Write } from './write.js'
