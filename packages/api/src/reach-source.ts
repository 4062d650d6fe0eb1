import { MeshError } from '@grapevine/core'
import type { Reach, ReachOptions } from '@grapevine/peer'
import { spanMs } from './asking.js'
import type { EventSource, ServerEvent } from './event-stream.js'
import { problemOf } from './problem.js'
import type { Asked } from './route.js'

/** What can be refused is refused now; the waiting begins with the first read. */
export function reachSource({ peer, named, query }: Asked): () => EventSource {
  peer.receipts(named)
  const timeout = query.get('timeout')
  const options: ReachOptions = {
    peers: countOf(query.get('peers') ?? 'all'),
    timeout: timeout === undefined ? undefined : spanMs('timeout', timeout),
  }
  return () => follow((more) => peer.reached(named, { ...options, ...more }))
}

type Following = Required<Pick<ReachOptions, 'signal' | 'onProgress'>>

/** The newest state alone waits for whoever reads: the ones before it say nothing more. */
function follow(begin: (options: Following) => Promise<Reach>): EventSource {
  const ending = new AbortController()
  let next: ServerEvent | undefined
  let isOver = false
  let news = (): void => {}
  const tell = (event: ServerEvent): void => {
    next = event
    news()
  }
  const end = (event: ServerEvent): void => {
    isOver = true
    tell(event)
  }
  begin({
    signal: ending.signal,
    onProgress: (data) => tell({ event: 'progress', data }),
  }).then(
    (data) => end({ event: 'reached', data }),
    (error: unknown) => end({ event: 'not-reached', data: problemOf(error) }),
  )
  return {
    take() {
      const event = next
      next = undefined
      return event ?? (isOver ? 'end' : undefined)
    },
    onNews(call) {
      news = call
      return () => (news = () => {})
    },
    close: () => ending.abort(),
  }
}

function countOf(text: string): number | 'all' {
  if (text === 'all') return text
  const peers = Number(text)
  if (/^\d{1,9}$/.test(text) && peers > 0) return peers
  throw new MeshError(
    'OPTION_INVALID',
    `peers ${JSON.stringify(text.slice(0, 100))} is no number of members: write 1 or more, or all`,
    { option: 'peers' },
  )
}
