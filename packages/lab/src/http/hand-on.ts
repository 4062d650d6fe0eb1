import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { problemResponse } from '@grapevine/api'
import { MeshError } from '@grapevine/core'
import type { Berth } from '../mesh/berth.js'

/** What belongs to one connection, and not to the next. */
const ofConnections = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Asks a peer's own API on behalf of a page, and hands its answer back as it comes, streams too. */
export async function handOn(request: Request, berth: Berth, path: string): Promise<Response> {
  if (berth.state !== 'running') return gone(berth, `it is ${berth.state}`)
  const body = Buffer.from(await request.arrayBuffer())
  return new Promise((resolve) => {
    const asked = httpRequest(
      {
        socketPath: berth.socket,
        path,
        method: request.method,
        headers: {
          ...headersOf(request),
          host: 'localhost',
          ...(body.length > 0 && { 'content-length': String(body.length) }),
        },
        agent: false,
        signal: request.signal,
      },
      (message) => resolve(responseOf(message)),
    )
    asked.once('error', ({ message }) => resolve(gone(berth, message)))
    asked.end(body)
  })
}

const headersOf = ({ headers }: Request): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => !ofConnections.has(name)))

const noBody = new Set([204, 304])

function responseOf(message: IncomingMessage): Response {
  const { statusCode: status = 502 } = message
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined && !ofConnections.has(name)) headers.set(name, String(value))
  }
  if (noBody.has(status) || message.method === 'HEAD') {
    message.resume()
    return new Response(null, { status, headers })
  }
  const body = Readable.toWeb(Readable.from(bytesOf(message))) as ReadableStream
  return new Response(body, { status, headers })
}

/** A peer that is killed in the middle of a stream ends it: whoever listened asks again. */
async function* bytesOf(message: IncomingMessage): AsyncGenerator<Uint8Array, undefined> {
  try {
    yield* message as AsyncIterable<Uint8Array>
  } catch {
    return undefined
  }
  return undefined
}

/** Not that this API failed: somebody ended that peer, and may start it again. */
async function gone({ name }: Berth, why: string): Promise<Response> {
  const error = new MeshError('PEER_UNREACHABLE', `${name} of the lab cannot be reached: ${why}`)
  const { headers, body } = problemResponse(error)
  const problem = (await new Response(body).json()) as object
  return Response.json(
    { ...problem, status: 503, title: 'Service Unavailable' },
    { status: 503, headers },
  )
}
