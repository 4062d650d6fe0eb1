import type { ErrorCode } from '@grapevine/core'

/** What a script can tell from how a command ended. `exec` passes on what its child ended with. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  conflict: 5,
  noPeer: 6,
  notReached: 7,
  interrupted: 130,
} as const

export type ExitCode = number

/** What is not named here is a failure. */
const byErrorCode: ReadonlyMap<ErrorCode, ExitCode> = new Map<ErrorCode, ExitCode>([
  ['KEY_INVALID', exitCodes.usage],
  ['VALUE_INVALID', exitCodes.usage],
  ['RELEASE_INVALID', exitCodes.usage],
  ['RELEASE_TOO_LARGE', exitCodes.usage],
  ['BULK_REMOVE_UNCONFIRMED', exitCodes.usage],
  ['OPTION_INVALID', exitCodes.usage],
  ['TOKEN_INVALID', exitCodes.usage],
  ['REQUEST_INVALID', exitCodes.usage],
  ['RELEASE_UNKNOWN', exitCodes.notFound],
  ['NOT_A_MEMBER', exitCodes.notFound],
  ['NOT_FOUND', exitCodes.notFound],
  ['NOT_ALLOWED', exitCodes.notAllowed],
  ['BADGE_INVALID', exitCodes.notAllowed],
  ['SIGNER_UNUSABLE', exitCodes.notAllowed],
  ['DIRECTORY_OPEN', exitCodes.notAllowed],
  ['SECRET_UNREADABLE', exitCodes.notAllowed],
  ['STORE_FORBIDDEN', exitCodes.notAllowed],
  ['IF_MATCH_FAILED', exitCodes.conflict],
  ['STORE_LOCKED', exitCodes.noPeer],
  ['PEER_UNREACHABLE', exitCodes.noPeer],
  ['PEER_CLOSED', exitCodes.noPeer],
  ['NOT_REACHED', exitCodes.notReached],
  ['NOT_READY', exitCodes.notReached],
])

export const exitCodeOf = (code: ErrorCode): ExitCode => byErrorCode.get(code) ?? exitCodes.failed
