import { getRequestListener } from '@hono/node-server'
import type { HttpBindings } from '@hono/node-server'
import { createServer } from 'node:http'
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { Socket } from 'node:net'
import { refusalOf } from './guard.js'
import type { TcpDoor } from './guard.js'
import type { ServeLimits } from './limits.js'
import type { OpenPage } from './page.js'
import { refuse } from './refuse.js'

/** What answers, whichever way a request came. */
type Fetch = (request: Request, env: HttpBindings) => Response | Promise<Response>

export interface ApiServer {
  readonly http: HttpServer
  /** Takes nothing new, gives what is under way some time, then ends everything. */
  close(this: void): Promise<void>
}

/** Whatever a browser is made to open of this API, it runs nothing, frames nothing and keeps nothing. */
const harmless: readonly (readonly [name: string, value: string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['cache-control', 'no-store'],
]

/** How often heads and requests that take too long are looked for. */
const checksPerLimit = 5

interface ServerParts {
  readonly fetch: Fetch
  readonly limits: ServeLimits
  readonly page: OpenPage
}

/** One door to the API. `door`: of a TCP port; known only once it listens. */
export function createApiServer(
  { fetch, limits, page }: ServerParts,
  door: () => TcpDoor | undefined,
): ApiServer {
  const running = new Set<ServerResponse>()
  /** What comes behind a request that was refused comes from nobody: there is no answer for it. */
  const ended = new WeakSet<Socket>()
  let isClosing = false
  let onIdle: () => void = () => {}
  const answer = getRequestListener((request, env) => fetch(request, env as HttpBindings), {
    // The globals belong to the service in which this peer lives.
    overrideGlobalObjects: false,
    errorHandler: () => new Response(null, { status: 400 }),
  })

  function take(request: IncomingMessage, response: ServerResponse, proceed?: () => void): void {
    const { socket } = request
    if (ended.has(socket)) return
    for (const [name, value] of harmless) response.setHeader(name, value)
    // Whoever goes away in the middle of it has nobody to complain to.
    response.on('error', () => {})
    const file = page.fileFor(request)
    const refusal = isClosing ? closing : refusalOf(request, limits, door(), file?.place)
    if (refusal !== undefined) {
      ended.add(socket)
      return refuse(request, response, refusal)
    }
    running.add(response)
    response.once('close', () => {
      running.delete(response)
      if (isClosing) socket.destroySoon()
      if (running.size === 0) onIdle()
    })
    if (file !== undefined) return file.answer(request, response)
    // It is of no use behind the door, and on a socket people write anything.
    request.headers.host = 'localhost'
    proceed?.()
    void answer(request, response).catch(() => response.destroy())
  }

  const http = strictServer(limits)
  http.on('request', (request, response) => take(request, response))
  // Before a caller is told to go on with its body, its head is judged.
  http.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    take(request, response, () => response.writeContinue()),
  )

  async function close(): Promise<void> {
    isClosing = true
    const closed = new Promise<void>((resolve) => http.once('close', resolve))
    // That of HTTP would cut off answers that are written, but not yet sent.
    NetServer.prototype.close.call(http)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limits.drainMs)
      onIdle = () => (clearTimeout(timer), resolve())
      if (running.size === 0) onIdle()
    })
    http.closeAllConnections()
    // Its timers end only by this.
    http.close()
    await closed
  }

  return { http, close }
}

/** Node's own limits are for servers on the open network, and some of them are none. */
function strictServer(limits: ServeLimits): HttpServer {
  const http = createServer({
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.ceil(limits.headMs / checksPerLimit),
    maxHeaderSize: limits.headerBytesMax,
    // Judged with all else, so that it is answered like all else.
    requireHostHeader: false,
  })
  http.maxConnections = limits.connectionsMax
  return http
}

const closing = {
  status: 503,
  code: 'PEER_CLOSED',
  detail: 'this API is being closed: try again in a moment',
} as const
