import { join } from 'node:path'
import { MeshError } from '@grapevine/core'
import type { Peer } from '@grapevine/peer'
import { createApi } from './app.js'
import { serveFetch } from './serve-fetch.js'
import type { Served, ServeFetchOptions } from './serve-fetch.js'
import type { ServeLimits } from './serving/limits.js'
import type { Page } from './serving/page.js'

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
  /** Shown at `/` to whoever asks; what it asks for itself takes the token, as all that is asked for. */
  readonly page?: Page | undefined
  readonly limits?: Partial<ServeLimits> | undefined
  /** Hears of what failed, and should not have. */
  readonly onFault?: ((error: unknown) => unknown) | undefined
}

/**
 * Serves a peer to other processes of this machine: to its owner through a UNIX socket, and, only where
 * that is asked for, to whoever holds a token through a TCP port. Close it, then the peer: streams end,
 * and requests that run get two seconds.
 *
 * ```ts
 * await using peer = await openPeer({ dataDir: '.grapevine', mesh: 'shop' })
 * await using api = await serveApi(peer, { dataDir: '.grapevine' })
 * ```
 */
export async function serveApi(peer: Peer, options: ServeOptions): Promise<Served> {
  const doors = doorsOf(options)
  const { limits, onFault, page } = options
  const ending = new AbortController()
  const end = (): void => ending.abort(closed)
  const { fetch } = createApi(peer, { closing: ending.signal, onFault })
  try {
    const served = await serveFetch(fetch, { ...doors, limits, onFault, page: page && named(page) })
    const close = async (): Promise<void> => {
      end()
      await served.close()
    }
    return { ...served, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    end()
    throw error
  }
}

const closed = new MeshError('PEER_CLOSED', 'this API is being closed: try again in a moment')

/** A page finds out by this whose it is: the same files serve the lab. */
const named = ({ files }: Page): Page => {
  const body = new TextEncoder().encode('{"kind":"peer"}')
  const about = { body, type: 'application/json', isImmutable: false }
  return { files: new Map([...files, ['/page.json', about]]) }
}

/** Which doors there shall be. */
function doorsOf({
  dataDir,
  socket,
  listen,
  tokenFile,
}: ServeOptions): Pick<ServeFetchOptions, 'socket' | 'listen' | 'tokenFile'> {
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
  return { socket: path === false ? undefined : path, listen, tokenFile: token }
}

const invalid = (message: string): MeshError => new MeshError('OPTION_INVALID', message)
