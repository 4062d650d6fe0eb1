import { MeshError } from '@grapevine/core'
import type { ErrorCode } from '@grapevine/core'
import { toJson } from './json.js'

/** RFC 9457, with the codes of the library. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ErrorCode
  readonly data?: Readonly<Record<string, unknown>>
}

/** What HTTP itself has words for: with its status, and headers that belong to it. */
class Refused extends MeshError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    headers: Readonly<Record<string, string>>,
  ) {
    super(code, message)
    this.status = status
    this.headers = headers
  }
}

export const refused = (
  status: number,
  code: ErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): MeshError => new Refused(status, code, message, headers)

export const problemType = 'application/problem+json'

export function problemResponse(error: unknown): Response {
  const problem = problemOf(error)
  const headers = new Headers({ 'content-type': problemType })
  if (error instanceof Refused) {
    for (const [name, value] of Object.entries(error.headers)) headers.set(name, value)
  }
  const retryMs = problem.data?.['retryMs']
  if (typeof retryMs === 'number') headers.set('retry-after', `${Math.ceil(retryMs / 1000)}`)
  return new Response(toJson(problem), { status: problem.status, headers })
}

/** What is no refusal is a fault of ours; what it says may be anything, and stays here. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof MeshError)) {
    const detail = 'the API has failed: what failed is in the log of this peer'
    return {
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail,
      code: 'API_FAILED',
    }
  }
  const { code, message: detail, data } = error
  const status = error instanceof Refused ? error.status : statuses[code]
  const title = titles.get(status) ?? 'Error'
  const isBare = Object.keys(data).length === 0
  return { type: 'about:blank', title, status, detail, code, ...(!isBare && { data }) }
}

/** As the library would have thrown it. */
export const errorOf = ({ code, detail, data }: Problem): MeshError =>
  new MeshError(code, detail, data)

const statuses: Readonly<Record<ErrorCode, number>> = {
  KEY_INVALID: 400,
  VALUE_INVALID: 400,
  RELEASE_INVALID: 400,
  OPTION_INVALID: 400,
  REQUEST_INVALID: 400,
  TOKEN_INVALID: 400,
  BADGE_INVALID: 400,
  INTENT_INVALID: 400,
  NOT_ALLOWED: 403,
  REPLICA_CUT: 403,
  SIGNER_UNUSABLE: 403,
  SECRET_UNREADABLE: 403,
  NOT_FOUND: 404,
  RELEASE_UNKNOWN: 404,
  NOT_A_MEMBER: 404,
  BULK_REMOVE_UNCONFIRMED: 409,
  STATEMENT_INVALID: 409,
  MESH_MISMATCH: 409,
  IF_MATCH_FAILED: 412,
  RELEASE_TOO_LARGE: 413,
  BUDGET_EXCEEDED: 429,
  API_FAILED: 500,
  API_TOKEN_UNUSABLE: 500,
  IDENTITY_UNUSABLE: 500,
  PEER_UNREACHABLE: 502,
  CLOCK_BEHIND: 503,
  NO_QUORUM: 503,
  PEER_CLOSED: 503,
  NOT_READY: 503,
  LISTEN_FAILED: 503,
  DIRECTORY_OPEN: 503,
  STORE_CORRUPT: 503,
  STORE_LOCKED: 503,
  STORE_FULL: 503,
  STORE_IO: 503,
  STORE_READ_ONLY: 503,
  STORE_FORBIDDEN: 503,
  STORE_FORMAT: 503,
  NOT_REACHED: 504,
}

const titles: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [411, 'Length Required'],
  [412, 'Precondition Failed'],
  [413, 'Content Too Large'],
  [415, 'Unsupported Media Type'],
  [421, 'Misdirected Request'],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
])
