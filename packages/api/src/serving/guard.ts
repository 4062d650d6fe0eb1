import type { IncomingMessage } from 'node:http'
import type { ErrorCode } from '@grapevine/core'
import type { ServeLimits } from './limits.js'

/** Why a request goes no further. Its text says nothing about what is behind the door. */
export interface Refusal {
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** A TCP port can be reached by every page in every browser of this machine, and by every user of it. */
export interface TcpDoor {
  /** `127.0.0.1:7654`, and its other names: exactly these are taken as `Host`. */
  readonly names: ReadonlySet<string>
  /** undefined: nothing behind it is worth one. */
  readonly isToken: ((shown: string) => boolean) | undefined
}

/**
 * Judges a request by its head alone, before anything else of it is read. The socket has no `door`: the
 * file system has judged who may come through it. `page`: what is asked for is a file that everybody on
 * this machine may read, its first one or another.
 */
export function refusalOf(
  request: IncomingMessage,
  limits: ServeLimits,
  door: TcpDoor | undefined,
  page: 'none' | 'start' | 'file' = 'none',
): Refusal | undefined {
  const heads = headsOf(request)
  const isFromElsewhere = page === 'start' && isNavigation(heads)
  return (
    targetFault(request) ??
    (door && hostFault(heads, door)) ??
    (door && !isFromElsewhere ? originFault(heads) : undefined) ??
    (door && page === 'none' ? tokenFault(heads, door) : undefined) ??
    bodyFault(heads, limits) ??
    (door && typeFault(request, heads))
  )
}

/** Every value of a header, as it was sent: Node's own table hides the second of two. */
type Heads = (name: string) => readonly string[]

const headsOf =
  ({ rawHeaders }: IncomingMessage): Heads =>
  (name) => {
    const values: string[] = []
    for (let at = 0; at < rawHeaders.length; at += 2) {
      if (rawHeaders[at]?.toLowerCase() === name) values.push(rawHeaders[at + 1] ?? '')
    }
    return values
  }

function targetFault({ url = '' }: IncomingMessage): Refusal | undefined {
  if (url.startsWith('/') && !url.startsWith('//')) return undefined
  return invalid(400, 'the target of a request is a path, such as /v1/status')
}

/** A name that leads here today may belong to somebody else: that is how pages reach loopback ports. */
function hostFault(heads: Heads, { names }: TcpDoor): Refusal | undefined {
  const [host, ...more] = heads('host')
  if (host !== undefined && more.length === 0 && names.has(host)) return undefined
  return invalid(421, 'this API has another name: use the address that it printed')
}

/** Pages of other origins are told nothing, not even by way of CORS: no answer ever allows one. */
function originFault(heads: Heads): Refusal | undefined {
  const own = `http://${heads('host')[0]}`
  const isForeign = heads('origin').some((origin) => origin !== own)
  const isFetchedByOthers = heads('sec-fetch-site').some((site) => !sameSites.has(site))
  if (!isForeign && !isFetchedByOthers) return undefined
  return notAllowed(403, 'pages of other origins may not use this API')
}

const sameSites = new Set(['same-origin', 'none'])

/** Somebody followed a link: a window of its own shows the answer, and the page that linked sees none of it. */
const isNavigation = (heads: Heads): boolean =>
  heads('origin').length === 0 &&
  isOnly(heads('sec-fetch-mode'), 'navigate') &&
  isOnly(heads('sec-fetch-dest'), 'document')

const isOnly = ([first, ...more]: readonly string[], text: string): boolean =>
  first === text && more.length === 0

function tokenFault(heads: Heads, { isToken }: TcpDoor): Refusal | undefined {
  if (isToken === undefined) return undefined
  const [authorization = '', ...more] = heads('authorization')
  const [, shown] = /^bearer +([\w-]+)$/i.exec(authorization) ?? []
  if (shown !== undefined && more.length === 0 && isToken(shown)) return undefined
  return {
    ...notAllowed(
      401,
      'show the token of this API: `Authorization: Bearer` and what its file says',
    ),
    headers: { 'www-authenticate': 'Bearer realm="grapevine"' },
  }
}

function bodyFault(heads: Heads, { bodyBytesMax }: ServeLimits): Refusal | undefined {
  if (heads('transfer-encoding').length > 0) {
    return invalid(411, 'say how long the body is: send it with Content-Length, not in chunks')
  }
  const bytes = bytesOf(heads)
  if (bytes <= bodyBytesMax) return undefined
  const detail = `the body has ${bytes} bytes, the limit is ${bodyBytesMax}: publish in parts`
  return { status: 413, code: 'RELEASE_TOO_LARGE', detail }
}

const bytesOf = (heads: Heads): number => Number(heads('content-length')[0] ?? 0)

/** What a page can send without being asked for leave has other types. */
function typeFault(request: IncomingMessage, heads: Heads): Refusal | undefined {
  const { method = '' } = request
  if (method === 'GET' || method === 'HEAD') return undefined
  if (method !== 'POST' && bytesOf(heads) === 0) return undefined
  const [type = '', ...more] = heads('content-type')
  const [name = ''] = type.split(';')
  if (more.length === 0 && types.has(name.trim().toLowerCase())) return undefined
  return invalid(415, 'send JSON, and say so: `Content-Type: application/json`')
}

const types = new Set(['application/json', 'application/octet-stream'])

const invalid = (status: number, detail: string): Refusal => ({
  status,
  code: 'REQUEST_INVALID',
  detail,
})

const notAllowed = (status: number, detail: string): Refusal => ({
  status,
  code: 'NOT_ALLOWED',
  detail,
})
