import { createApi, eventStream, problemResponse, serveFetch } from '@grapevine/api'
import type { EventSource, Page, ServerEvent } from '@grapevine/api'
import { MeshError } from '@grapevine/core'
import type { Peer } from '@grapevine/peer'

export interface FeedOptions {
  readonly page: Page
  readonly kind: 'peer' | 'lab'
  /** Whose API answers all that is no stream. */
  readonly peer: Peer
  /** What whoever begins to listen to a peer hears first, and to the lab. */
  readonly first: () => readonly ServerEvent[]
  readonly firstOfLab?: (() => readonly ServerEvent[]) | undefined
}

/** Serves a page, and streams to it whatever a test says. */
export interface Feed extends AsyncDisposable {
  readonly address: string
  tell(event: ServerEvent): void
  tellLab(event: ServerEvent): void
  /** The deeds of the lab that were asked for: path and body. */
  readonly deeds: readonly (readonly [path: string, body: unknown])[]
  /** What all streams of a peer do from now on: they end, and nobody answers until it is open again. */
  setOpen(isOpen: boolean): void
}

export async function openFeed(options: FeedOptions): Promise<Feed> {
  const { page, kind, peer, first, firstOfLab = () => [] } = options
  const closing = new AbortController()
  const api = createApi(peer, { closing: closing.signal })
  const live = broadcast(first)
  const ofLab = broadcast(firstOfLab)
  const deeds: (readonly [string, unknown])[] = []
  let isOpen = true

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url)
    const path = url.pathname.replace(/^\/peers\/\d+\//, '/')
    const streaming = { heartbeatMs: 5_000, signal: request.signal, closing: closing.signal }
    if (path === '/lab/live') return eventStream(ofLab.open, streaming)
    if (path.startsWith('/lab/')) {
      deeds.push([path, await request.json()])
      return new Response(null, { status: 204 })
    }
    if (!isOpen) return problemResponse(new MeshError('PEER_UNREACHABLE', 'it is gone'))
    if (path === '/v1/live') return eventStream(live.open, streaming)
    return api.fetch(new Request(new URL(path + url.search, url), request))
  }

  const about = { body: JSON.stringify({ kind }), type: 'application/json' }
  const files = new Map(page.files).set('/page.json', {
    body: new TextEncoder().encode(about.body),
    type: about.type,
    isImmutable: false,
  })
  const served = await serveFetch(answer, {
    listen: '127.0.0.1:0',
    tokenFile: false,
    page: { files },
  })
  return {
    address: served.addresses[0]!,
    tell: live.tell,
    tellLab: ofLab.tell,
    deeds,
    setOpen(next) {
      isOpen = next
      if (!isOpen) live.end()
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the feed is closed'))
      await served.close()
    },
  }
}

/** Whoever listens hears how things are, then all that is told. */
function broadcast(first: () => readonly ServerEvent[]) {
  const listeners = new Set<{ tell(event: ServerEvent | 'end'): void }>()
  function open(): EventSource {
    const waiting: (ServerEvent | 'end')[] = [...first()]
    let wake = (): void => {}
    const listener = {
      tell(event: ServerEvent | 'end'): void {
        waiting.push(event)
        wake()
      },
    }
    listeners.add(listener)
    return {
      take: () => waiting.shift(),
      onNews(call) {
        wake = call
        return () => (wake = () => {})
      },
      close: () => void listeners.delete(listener),
    }
  }
  const tellAll = (event: ServerEvent | 'end'): void => {
    for (const listener of listeners) listener.tell(event)
  }
  return { open, tell: (event: ServerEvent) => tellAll(event), end: () => tellAll('end') }
}
