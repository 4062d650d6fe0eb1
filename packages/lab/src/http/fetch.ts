import { eventStream, problemResponse } from '@grapevine/api'
import { MeshError } from '@grapevine/core'
import type { Berth } from '../mesh/berth.js'
import type { Controls } from '../controls.js'
import { handOn } from './hand-on.js'
import type { Hub } from './hub.js'
import { bodyOf, readCut, readLines, readNumber, readPeerDeed } from './wishes.js'

interface Behind {
  readonly controls: Controls
  readonly hub: Hub
  readonly members: readonly Berth[]
  /** The lab ends. */
  readonly closing: AbortSignal
}

/** The request as it came over the line, before its address was made a URL. */
interface Server {
  readonly incoming?: { readonly url?: string | undefined } | undefined
}

export type LabFetch = (request: Request, server?: Server) => Promise<Response>

/** Everything that the lab answers: what it is, what can be done to it, and the API of each peer. */
export function createLabFetch(behind: Behind): LabFetch {
  return async (request, server) => {
    const { pathname, search } = new URL(request.url)
    // As it was sent: in a URL `a/../b` has become `b` already.
    const path = server?.incoming?.url ?? pathname + search
    try {
      const [, word, rest] = /^\/peers\/([^/]+)(\/v1\/.*)$/s.exec(path) ?? []
      if (word !== undefined && rest !== undefined) {
        return await handOn(request, berthOf(behind, word), rest)
      }
      return await answer(behind, request, pathname)
    } catch (error) {
      if (!(error instanceof MeshError)) throw error
      return problemResponse(error)
    }
  }
}

const berthOf = ({ members }: Behind, word: string): Berth =>
  members[readNumber(word, members.length) - 1]!

async function answer(behind: Behind, request: Request, path: string): Promise<Response> {
  const { method, signal } = request
  if (method === 'GET' && path === '/lab') return Response.json(behind.controls.state())
  if (method === 'GET' && path === '/lab/live') {
    const { hub, closing } = behind
    return eventStream(hub.source, { heartbeatMs: 15_000, signal, closing })
  }
  if (method === 'POST') {
    await carryOut(behind, request, path)
    return Response.json(behind.controls.state())
  }
  throw new MeshError('NOT_FOUND', `the lab has nothing at ${path}: there are /lab and /peers/1/v1`)
}

async function carryOut(behind: Behind, request: Request, path: string): Promise<void> {
  const { controls, members } = behind
  const [, word, deed] = /^\/lab\/peers\/([^/]+)\/([a-z]+)$/.exec(path) ?? []
  if (word !== undefined && deed !== undefined) {
    return controls.carryOut(readPeerDeed(deed), readNumber(word, members.length))
  }
  switch (path) {
    case '/lab/cut':
      return controls.cut(readCut(await bodyOf(request), members.length))
    case '/lab/heal':
      return controls.heal()
    case '/lab/lines':
      return controls.change(readLines(await bodyOf(request), members.length))
    default:
      throw new MeshError(
        'NOT_FOUND',
        `the lab takes nothing at ${path}: there are cut, heal, lines and peers`,
      )
  }
}
