import { resolve } from 'node:path'
import { MeshError } from '@grapevine/core'
import type { Api } from './app.js'
import { problemResponse } from './problem.js'
import type { TcpDoor } from './serving/guard.js'
import { limitsOf } from './serving/limits.js'
import type { ServeLimits } from './serving/limits.js'
import { listenOnLoopback, loopbackOf, namesAt } from './serving/loopback.js'
import type { Loopback } from './serving/loopback.js'
import { openPage } from './serving/page.js'
import type { Page } from './serving/page.js'
import { createApiServer } from './serving/server.js'
import type { ApiServer } from './serving/server.js'
import { listenOnSocket } from './serving/socket.js'
import { tokenCheck, tokenFrom } from './serving/token.js'

export interface ServeFetchOptions {
  /** Path of a UNIX socket: whoever may open it may ask for everything. */
  readonly socket?: string | undefined
  /** `127.0.0.1:7654`: a port of this machine. */
  readonly listen?: string | undefined
  /** Where the token that callers over TCP show is, or shall be made; false: none is asked for. */
  readonly tokenFile?: string | false | undefined
  /** What everybody on this machine may look at, without a token. */
  readonly page?: Page | undefined
  readonly limits?: Partial<ServeLimits> | undefined
  /** Hears of what failed, and should not have. */
  readonly onFault?: ((error: unknown) => unknown) | undefined
}

/** Something that answers requests of this machine. */
export interface Served extends AsyncDisposable {
  /** `unix:/…/api.sock`, `http://127.0.0.1:7654`: where it answers. */
  readonly addresses: readonly string[]
  /** Whose content callers over TCP show; undefined: there is no such door, or it asks for none. */
  readonly tokenFile: string | undefined
  /** Requests that run get two seconds, the socket is gone. */
  close(): Promise<void>
}

/** Serves whatever answers requests to this machine alone, and to no page but its own. */
export async function serveFetch(fetch: Api['fetch'], options: ServeFetchOptions): Promise<Served> {
  const { socket, onFault } = options
  const tcp = tcpOf(options)
  if (socket === undefined && tcp === undefined) throw invalid('name a { socket } or a { listen }')
  const parts = {
    fetch: guarded(fetch, onFault),
    limits: limitsOf(options.limits),
    page: openPage(options.page),
  }
  const servers: ApiServer[] = []
  const addresses: string[] = []
  let closed: Promise<unknown> | undefined
  const close = async (): Promise<void> =>
    void (await (closed ??= Promise.all(servers.map(async (server) => server.close()))))
  try {
    if (socket !== undefined) addresses.push(await openSocket(servers, resolve(socket), parts))
    if (tcp !== undefined) addresses.push(await openPort(servers, tcp, parts))
  } catch (error) {
    await close()
    throw error
  }
  const tokenFile = tcp?.tokenFile
  return { addresses, tokenFile, close, [Symbol.asyncDispose]: close }
}

/** Whatever it throws is answered, and told to whoever looks after it. */
const guarded =
  (fetch: Api['fetch'], onFault: ServeFetchOptions['onFault']): Api['fetch'] =>
  async (request, server) => {
    try {
      return await fetch(request, server)
    } catch (error) {
      if (!(error instanceof MeshError || request.signal.aborted)) onFault?.(error)
      return problemResponse(error)
    }
  }

type Parts = Parameters<typeof createApiServer>[0]

async function openSocket(servers: ApiServer[], path: string, parts: Parts): Promise<string> {
  const server = createApiServer(parts, () => undefined)
  await listenOnSocket(server.http, path)
  servers.push(server)
  return `unix:${path}`
}

async function openPort(
  servers: ApiServer[],
  { at, tokenFile }: TcpPlan,
  parts: Parts,
): Promise<string> {
  // Before it listens: who comes first is judged as everybody after.
  const isToken = tokenFile === undefined ? undefined : tokenCheck(await tokenFrom(tokenFile))
  let door: TcpDoor = { names: new Set(), isToken }
  const server = createApiServer(parts, () => door)
  const port = await listenOnLoopback(server.http, at)
  door = { names: namesAt(port), isToken }
  servers.push(server)
  return `http://${at.host === '::1' ? '[::1]' : at.host}:${port}`
}

interface TcpPlan {
  readonly at: Loopback
  readonly tokenFile: string | undefined
}

/** Refused before any door is opened. */
function tcpOf({ listen, tokenFile }: ServeFetchOptions): TcpPlan | undefined {
  if (listen === undefined) return undefined
  if (tokenFile === undefined) throw invalid('a TCP port needs a token: name a { tokenFile }')
  return {
    at: loopbackOf(listen),
    tokenFile: tokenFile === false ? undefined : resolve(tokenFile),
  }
}

const invalid = (message: string): MeshError => new MeshError('OPTION_INVALID', message)
