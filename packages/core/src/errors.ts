/** What a caller can run into. Codes are stable; messages may change. */
export type ErrorCode =
  | 'KEY_INVALID'
  | 'VALUE_INVALID'
  | 'RELEASE_INVALID'
  | 'RELEASE_TOO_LARGE'
  | 'IF_MATCH_FAILED'
  | 'BULK_REMOVE_UNCONFIRMED'
  | 'CLOCK_BEHIND'
  | 'REPLICA_CUT'
  | 'RELEASE_UNKNOWN'
  | 'NOT_ALLOWED'
  | 'NO_QUORUM'
  | 'STATEMENT_INVALID'
  | 'INTENT_INVALID'
  | 'BUDGET_EXCEEDED'
  | 'OPTION_INVALID'
  | 'IDENTITY_UNUSABLE'
  | 'MESH_MISMATCH'
  | 'PEER_CLOSED'
  | 'NOT_REACHED'
  | 'NOT_READY'
  | 'LISTEN_FAILED'
  | 'STORE_CORRUPT'
  | 'STORE_LOCKED'
  | 'STORE_FULL'
  | 'STORE_IO'
  | 'STORE_READ_ONLY'
  | 'STORE_FORBIDDEN'
  | 'STORE_FORMAT'
  | 'TOKEN_INVALID'
  | 'BADGE_INVALID'
  | 'NOT_A_MEMBER'
  | 'SIGNER_UNUSABLE'
  | 'DIRECTORY_OPEN'
  | 'SECRET_UNREADABLE'
  | 'NOT_FOUND'
  | 'REQUEST_INVALID'
  | 'PEER_UNREACHABLE'
  | 'API_FAILED'
  | 'API_TOKEN_UNUSABLE'

/** A local call that cannot be carried out. It is thrown before anything is touched. */
export class MeshError extends Error {
  override readonly name = 'MeshError'
  readonly code: ErrorCode
  readonly data: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, data: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.code = code
    this.data = data
  }
}

/** Bytes from outside that are not what they claim to be. Caught at the door, never by a caller. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

/** A broken invariant of our own: never caught. */
export function invariant(held: boolean, message: string): asserts held {
  if (!held) throw new Error(`invariant broken: ${message}`)
}
