import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { lstat } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { Readable } from 'node:stream'
import { MeshError } from '@grapevine/core'
import type { Fetch } from './ask.js'
import type { PeerClient } from './client.js'
import { createSigningClient } from './signing-client.js'

export interface ConnectOptions {
  /** The UNIX socket of a running peer: `<dataDir>/api.sock`. */
  readonly socket: string
}

/** undefined: no peer answers there. */
export async function connect({ socket }: ConnectOptions): Promise<PeerClient | undefined> {
  if (!(await isOwn(socket)) || !(await isHeard(socket))) return undefined
  return createSigningClient({ fetch: fetchOver(socket), resumes: true })
}

/** A socket without a peer, or with one that is dead. */
const silent: readonly unknown[] = ['ENOENT', 'ECONNREFUSED', 'ENOTDIR']

/** What somebody else has put there gets nothing of ours; undefined: nothing is there. */
async function isOwn(socket: string): Promise<boolean> {
  try {
    const { uid } = await lstat(socket)
    const own = process.getuid?.()
    if (own === undefined || uid === own || uid === 0) return true
    throw unreached(socket, new Error(`it belongs to user ${uid}, and not to ${own}`))
  } catch (error) {
    if (error instanceof MeshError) throw error
    if (silent.includes((error as NodeJS.ErrnoException).code)) return false
    throw unreached(socket, error as Error)
  }
}

const isHeard = async (socket: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const connection = createConnection(socket)
    connection.once('connect', () => {
      connection.destroy()
      resolve(true)
    })
    connection.once('error', (error: NodeJS.ErrnoException) => {
      if (silent.includes(error.code)) resolve(false)
      else reject(unreached(socket, error))
    })
  })

/** Each request has a connection of its own: none can be stale. */
const fetchOver =
  (socket: string): Fetch =>
  async (request) => {
    const body = Buffer.from(await request.arrayBuffer())
    const { pathname, search } = new URL(request.url)
    const headers = {
      ...Object.fromEntries(request.headers),
      host: 'localhost',
      connection: 'close',
      ...(request.method !== 'GET' && { 'content-length': String(body.length) }),
    }
    const options = {
      socketPath: socket,
      method: request.method,
      path: pathname + search,
      headers,
      agent: false,
      signal: request.signal,
    } as const
    return new Promise((resolve, reject) => {
      const asked = httpRequest(options, (response) => resolve(responseOf(response, socket)))
      asked.once('error', (error) => {
        reject(request.signal.aborted ? request.signal.reason : unreachable(socket, error))
      })
      asked.end(body)
    })
  }

function responseOf(message: IncomingMessage, socket: string): Response {
  const { statusCode: status = 500, headers } = message
  const type = headers['content-type']
  const init = { status, ...(type !== undefined && { headers: { 'content-type': type } }) }
  if (status === 204 || status === 304) {
    message.resume()
    return new Response(null, init)
  }
  return new Response(Readable.toWeb(Readable.from(told(message, socket))) as ReadableStream, init)
}

/** A line that breaks is a peer that cannot be reached any more, and no fault of ours. */
async function* told(
  message: IncomingMessage,
  socket: string,
): AsyncGenerator<Uint8Array, undefined> {
  try {
    yield* message as AsyncIterable<Uint8Array>
    return undefined
  } catch (error) {
    throw unreachable(socket, error as Error)
  }
}

/** Nothing was asked for yet. */
const unreached = (socket: string, { message }: Error): MeshError =>
  new MeshError('PEER_UNREACHABLE', `the peer at ${socket} cannot be reached: ${message}`, {
    socket,
  })

const unreachable = (socket: string, error: Error): MeshError =>
  new MeshError(
    'PEER_UNREACHABLE',
    `the peer at ${socket} cannot be reached: ${error.message}; what was asked for may be done all the same`,
    { socket },
  )
