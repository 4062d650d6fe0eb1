import { eventStream } from '../event-stream.js'
import { liveSource } from '../live/live-source.js'
import type { Route } from '../route.js'
import { liveEvent } from '../schemas/live.js'

export const liveRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/live',
    name: 'live',
    summary: 'All that a page shows of this peer, as it changes',
    query: {
      from: {
        is: 'index',
        says: 'Of the keys only what came after it. `Last-Event-ID` is the newer word.',
      },
    },
    headers: { 'Last-Event-ID': 'The id of the last event that was heard.' },
    answers: {
      200: {
        description:
          'Events `state` and `change` as /v1/watch tells them, with indexes as ids; `status`, `members`, `releases` (the newest 50), `notices`: what there is at first, then what changes; `arrivals` as they come, `figures` each second, `alive` every five.',
        type: 'text/event-stream',
        schema: liveEvent,
      },
    },
    handle(asked) {
      const { query, request, signal, closing, heartbeatMs } = asked
      const from = request.headers.get('last-event-id') ?? query.get('from')
      return eventStream(() => liveSource(asked, from), { heartbeatMs, signal, closing })
    },
  },
]
