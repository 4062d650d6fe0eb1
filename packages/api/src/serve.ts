import { join, resolve } from 'node:path'
import { MeshError } from '@grapevine/core'
import type { Peer } from '@grapevine/peer'
import { createApi } from './app.js'
import type { TcpDoor } from './serving/guard.js'
import { limitsOf } from './serving/limits.js'
import type { ServeLimits } from './serving/limits.js'
import { listenOnLoopback, loopbackOf, namesAt } from './serving/loopback.js'
import type { Loopback } from './serving/loopback.js'
import { createApiServer } from './serving/server.js'
import type { ApiServer, Fetch } from './serving/server.js'
import { listenOnSocket } from './serving/socket.js'
import { tokenCheck, tokenFrom } from './serving/token.js'

export interface ServeOptions {
  /** That of the peer: the socket is `api.sock` in it, and the token `api.token`. */
  readonly dataDir?: string | undefined
  /** Path of the UNIX socket, where it shall be another one; false: none. */
  readonly socket?: string | false | undefined
  /**
   * `127.0.0.1:7654`: a port of this machine as well, for callers that cannot open a socket. They show
   * the token as `Authorization: Bearer …`.
   */
  readonly listen?: string | undefined
  /** Where the token is, or shall be made, if anywhere else. */
  readonly tokenFile?: string | undefined
  readonly limits?: Partial<ServeLimits> | undefined
  /** Hears of what failed, and should not have. */
  readonly onFault?: ((error: unknown) => unknown) | undefined
}

/** The local API of a running peer. */
export interface Served extends AsyncDisposable {
  /** `unix:/…/api.sock`, `http://127.0.0.1:7654`: where it answers. */
  readonly addresses: readonly string[]
  /** Whose content callers over TCP show; undefined: there is no such door. */
  readonly tokenFile: string | undefined
  /** Streams end, requests that run get two seconds, the socket is gone. Then close the peer. */
  close(): Promise<void>
}

/**
 * Serves a peer to other processes of this machine: to its owner through a UNIX socket, and, only where
 * that is asked for, to whoever holds a token through a TCP port.
 *
 * ```ts
 * await using peer = await openPeer({ dataDir: '.grapevine', mesh: 'shop' })
 * await using api = await serveApi(peer, { dataDir: '.grapevine' })
 * ```
 */
export async function serveApi(peer: Peer, options: ServeOptions): Promise<Served> {
  const plan = planOf(options)
  const limits = limitsOf(options.limits)
  const closing = new AbortController()
  const { fetch } = createApi(peer, { closing: closing.signal, onFault: options.onFault })
  const servers: ApiServer[] = []
  const addresses: string[] = []
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => (closed ??= closeAll(servers, closing))
  try {
    if (plan.socket !== undefined) {
      addresses.push(await openSocket(servers, plan.socket, fetch, limits))
    }
    if (plan.tcp !== undefined) addresses.push(await openPort(servers, plan.tcp, fetch, limits))
  } catch (error) {
    await close()
    throw error
  }
  return { addresses, tokenFile: plan.tcp?.tokenFile, close, [Symbol.asyncDispose]: close }
}

async function closeAll(servers: readonly ApiServer[], closing: AbortController): Promise<void> {
  closing.abort(new MeshError('PEER_CLOSED', 'this API is being closed: try again in a moment'))
  await Promise.all(servers.map(async (server) => server.close()))
}

async function openSocket(
  servers: ApiServer[],
  path: string,
  fetch: Fetch,
  limits: ServeLimits,
): Promise<string> {
  const server = createApiServer(fetch, limits, () => undefined)
  await listenOnSocket(server.http, path)
  servers.push(server)
  return `unix:${path}`
}

async function openPort(
  servers: ApiServer[],
  { at, tokenFile }: TcpPlan,
  fetch: Fetch,
  limits: ServeLimits,
): Promise<string> {
  // Before it listens: who comes first is judged as everybody after.
  const isToken = tokenCheck(await tokenFrom(tokenFile))
  let door: TcpDoor = { names: new Set(), isToken }
  const server = createApiServer(fetch, limits, () => door)
  const port = await listenOnLoopback(server.http, at)
  door = { names: namesAt(port), isToken }
  servers.push(server)
  return `http://${at.host === '::1' ? '[::1]' : at.host}:${port}`
}

interface TcpPlan {
  readonly at: Loopback
  readonly tokenFile: string
}

/** Which doors there shall be; refused before any of them is opened. */
function planOf({ dataDir, socket, listen, tokenFile }: ServeOptions): {
  readonly socket: string | undefined
  readonly tcp: TcpPlan | undefined
} {
  const inDataDir = (name: string): string | undefined => dataDir && join(dataDir, name)
  const path = socket ?? inDataDir('api.sock')
  const token = tokenFile ?? inDataDir('api.token')
  if (path === undefined || (path === false && listen === undefined)) {
    throw invalid(
      'the API has nowhere to listen: pass { dataDir }, that of the peer, or { socket }',
    )
  }
  if (listen !== undefined && token === undefined) {
    throw invalid('a TCP port needs a token: pass { dataDir }, that of the peer, or { tokenFile }')
  }
  const isBoth = listen !== undefined && token !== undefined
  return {
    socket: path === false ? undefined : resolve(path),
    tcp: isBoth ? { at: loopbackOf(listen), tokenFile: resolve(token) } : undefined,
  }
}

const invalid = (message: string): MeshError => new MeshError('OPTION_INVALID', message)
