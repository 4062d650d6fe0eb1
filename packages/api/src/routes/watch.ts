import type { Peer } from '@grapevine/peer'
import type { EventSource } from '../event-stream.js'
import { eventStream } from '../event-stream.js'
import type { Journal } from '../journal.js'
import { stateOf } from '../live/live-source.js'
import type { Route } from '../route.js'
import { changes } from '../schemas/keys.js'

export const watchRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/watch',
    name: 'watch',
    summary: 'What is shown under a prefix, then all that changes',
    query: {
      prefix: { is: 'text', says: 'All keys where it is left out.' },
      from: { is: 'index', says: 'Only what came after it. `Last-Event-ID` is the newer word.' },
    },
    headers: { 'Last-Event-ID': 'The id of the last event that was heard.' },
    answers: {
      200: {
        description:
          'Events `state` (all there is: at first, and where it cannot be said what was missed) and `change`; their ids are indexes. Comments keep the line alive.',
        type: 'text/event-stream',
        schema: changes,
      },
    },
    handle({ peer, journal, query, request, signal, closing, heartbeatMs }) {
      const prefix = query.get('prefix') ?? ''
      const from = request.headers.get('last-event-id') ?? query.get('from')
      return eventStream(() => watchSource(peer, journal, prefix, from), {
        heartbeatMs,
        signal,
        closing,
      })
    },
  },
]

/** It remembers one index, and nothing else: whoever is slow gets what the journal merges for him. */
function watchSource(
  peer: Peer,
  journal: Journal,
  prefix: string,
  from: string | undefined,
): EventSource {
  const covers = (key: string): boolean => key.startsWith(prefix)
  let told = from
  return {
    take() {
      if (journal.isOver()) return 'end'
      const missed = told === undefined ? undefined : journal.since(told, covers)
      const id = (told = journal.index())
      if (missed === undefined) return stateOf(peer, prefix, id)
      return missed.length === 0 ? undefined : { event: 'change', id, data: { changes: missed } }
    },
    onNews: (call) => journal.onMove(covers, call),
    id: () => told ?? journal.index(),
    close() {},
  }
}
