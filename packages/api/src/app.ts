import { setMaxListeners } from 'node:events'
import { MeshError } from '@grapevine/core'
import type { Notice, Peer } from '@grapevine/peer'
import { Hono } from 'hono'
import { bodyOf, namedIn, noAddress, queryOf } from './asking.js'
import { healthRoutes } from './health.js'
import { openJournal } from './journal.js'
import { openLive } from './live/live.js'
import type { Pace } from './live/paced-source.js'
import { metricsRoutes, openMetrics } from './metrics.js'
import { problemResponse, refused } from './problem.js'
import type { Inside, Route } from './route.js'
import { keyRoutes } from './routes/keys.js'
import { liveRoutes } from './routes/live.js'
import { meshRoutes } from './routes/mesh.js'
import { openapiRoute } from './routes/openapi.js'
import { pastRoutes } from './routes/past.js'
import { releaseRoutes } from './routes/releases.js'
import { secretRoutes } from './routes/secrets.js'
import { watchRoutes } from './routes/watch.js'

export interface ApiOptions {
  /** Beside those of the peer. */
  readonly routes?: readonly Route[] | undefined
  /** When it aborts, what waits is answered, and streams end. */
  readonly closing?: AbortSignal | undefined
  /** Streams say so often that they are there; the default is 15 s. */
  readonly heartbeatMs?: number | undefined
  /** What the live stream goes by; the default is the time of this process. */
  readonly pace?: Pace | undefined
  /** Hears of what failed, and should not have. */
  readonly onFault?: ((error: unknown) => unknown) | undefined
}

export interface Api {
  /** `server`: what node-server hands on; nothing else has it. */
  readonly fetch: (request: Request, server?: Server) => Promise<Response>
  readonly routes: readonly Route[]
}

/** The request as it came over the line, before its address was made a URL. */
interface Server {
  readonly incoming?: { readonly url?: string | undefined } | undefined
}

/** The API of a running peer; where and how it is served is not its business. */
export function createApi(peer: Peer, options: ApiOptions = {}): Api {
  const { closing = new AbortController().signal, heartbeatMs = 15_000, pace, onFault } = options
  // One for each that waits, and nobody waits for ever.
  setMaxListeners(0, closing)
  const journal = openJournal(peer)
  closing.addEventListener('abort', journal.close, { once: true })
  const inside: Inside = {
    peer,
    journal,
    notices: rememberNotices(peer, closing),
    closing,
    heartbeatMs,
    metrics: openMetrics(peer, closing),
    live: openLive(peer, closing, pace),
  }
  const routes = routesWith(options.routes)
  const app = new Hono()
  for (const route of routes) {
    app.on(route.method, patternOf(route), async (context) =>
      answerOf(route, inside, context.req.raw),
    )
  }
  for (const [pattern, methods] of methodsOf(routes)) {
    app.all(pattern, ({ req }) => problemResponse(wrongMethod(req.method, req.path, methods)))
  }
  // Ours is one place further out.
  app.onError((error) => {
    throw error
  })
  app.notFound(({ req }) => problemResponse(noAddress(req.path)))

  return {
    routes,
    async fetch(request, server) {
      try {
        checkTarget(server?.incoming?.url)
        return await app.fetch(request)
      } catch (error) {
        if (!(error instanceof MeshError || request.signal.aborted)) onFault?.(error)
        return problemResponse(closing.aborted && error === closing.reason ? closed : error)
      }
    },
  }
}

/** All routes there are, of which each can be found in `/openapi.json`. */
function routesWith(more: readonly Route[] = []): readonly Route[] {
  const routes = [
    ...keyRoutes,
    ...watchRoutes,
    ...liveRoutes,
    ...releaseRoutes,
    ...pastRoutes,
    ...secretRoutes,
    ...meshRoutes,
    ...healthRoutes,
    ...metricsRoutes,
    ...more,
  ]
  return [...routes, openapiRoute(routes)]
}

async function answerOf(route: Route, inside: Inside, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const named = namedIn(route, url)
  const query = queryOf(route, url)
  const body = await bodyOf(route, request)
  const { signal } = request
  return route.handle({ ...inside, request, signal, named, query, body })
}

/** A key is all the rest of a path, and may be empty where it is looked at. */
const patternOf = ({ path }: Route): string =>
  path.replace('/{key}', '/:key{[^]*}').replace(/\{(\w+)\}/, ':$1')

function methodsOf(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>()
  for (const route of routes) {
    const pattern = patternOf(route)
    const known = methods.get(pattern) ?? []
    methods.set(pattern, [...known, ...(route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])])
  }
  return methods
}

const dotSegment = /(?:^|\/)(?:\.|%2e){1,2}(?:[/?#]|$)/i

/** In a URL `a/../b` has become `b` already: nobody shall remove a key that he did not name. */
function checkTarget(target: string | undefined): void {
  const [path = ''] = target?.split('?') ?? []
  if (!dotSegment.test(path)) return
  throw new MeshError('KEY_INVALID', `the path ${path} cannot be used: it has the segment . or ..`)
}

const wrongMethod = (method: string, path: string, methods: readonly string[]): MeshError =>
  refused(
    405,
    'REQUEST_INVALID',
    `${path} does not take ${method}: it takes ${methods.join(', ')}`,
    {
      allow: methods.join(', '),
    },
  )

const closed = new MeshError('PEER_CLOSED', 'the API of this peer closes: ask again')

const noticesMax = 1_000

function rememberNotices(peer: Peer, closing: AbortSignal): Inside['notices'] {
  const notices: (Notice & { readonly at: number })[] = []
  const note = (notice: Notice): void => {
    notices.push({ ...notice, at: Date.now() })
    if (notices.length > noticesMax) notices.shift()
  }
  peer.on('notice', note, { signal: closing })
  return () => notices
}
