import { MeshError } from '@grapevine/core'
import type { Change, Reach, ReachOptions } from '@grapevine/peer'
import { errorOf } from '../problem.js'
import type { Problem } from '../problem.js'
import { revived } from './answers.js'
import { askFor, inPath } from './ask.js'
import type { Fetch, Question } from './ask.js'
import type { Index, PeerClient, Watched } from './client.js'
import type { LiveEvent } from './live.js'
import { readEvents } from './read-events.js'
import type { HeardEvent } from './read-events.js'

type Watching = NonNullable<Parameters<PeerClient['watch']>[1]>

interface Following {
  readonly fetch: Fetch
  /** A peer that cannot be heard any more is asked again until it can. */
  readonly resumes: boolean
  /** The client closes. */
  readonly closing: AbortSignal
}

const retryMs = { first: 100, last: 5_000 }

/** Each event once, in order, over as many connections as it takes. */
export async function* watchOver(
  following: Following,
  prefix: string,
  options: Watching,
): AsyncGenerator<Watched, undefined> {
  const path = '/v1/watch'
  for await (const heard of resumed(following, { path, query: { prefix } }, options)) {
    const { event, index, data } = heard
    if (data !== '') yield { index, isFirst: event === 'state', changes: changesIn(data) }
  }
  return undefined
}

const changesIn = (data: string): readonly Change[] =>
  (revived(JSON.parse(data)) as { readonly changes: readonly Change[] }).changes

/** The same of all that a peer tells. */
export async function* liveOver(
  following: Following,
  options: Watching,
): AsyncGenerator<LiveEvent, undefined> {
  for await (const heard of resumed(following, { path: '/v1/live' }, options)) {
    if (heard.data !== '') yield liveEvent(heard)
  }
  return undefined
}

/** What has a type of its own stands in a member that is called like the event. */
function liveEvent({ event, index, data }: Resumed): LiveEvent {
  const told = revived(JSON.parse(data)) as object
  if (event === 'state' || event === 'change') return { event, index, ...told } as LiveEvent
  if (event === 'status' || event === 'figures') return { event, [event]: told } as LiveEvent
  return { event, ...told } as LiveEvent
}

interface Resumed extends Pick<HeardEvent, 'event' | 'data'> {
  /** Where its reader stands now. */
  readonly index: Index
}

/** A stream whose ids are indexes; a peer that was there once is waited for. */
async function* resumed(
  following: Following,
  { path, query }: Question,
  { from, signal }: Watching,
): AsyncGenerator<Resumed, undefined> {
  const { resumes, closing } = following
  let index: Index | undefined = from
  let delayMs = 0
  let isHeard = false
  for (;;) {
    if (isAny([closing, signal])) return undefined
    try {
      const question = { path, query: { ...query, from: index } }
      for await (const { event, id, data } of eventsOf(following, question, signal)) {
        isHeard = true
        delayMs = 0
        index = id ?? index
        yield { event, index: index ?? '', data }
      }
      if (!resumes) return undefined
    } catch (error) {
      if (isAny([closing, signal])) return undefined
      if (!(isHeard && resumes && isPassing(error))) throw error
    }
    delayMs = Math.min(Math.max(retryMs.first, delayMs * 2), retryMs.last)
    await pause(delayMs, [closing, signal])
  }
}

/** A peer that starts again is there again soon. */
const isPassing = (error: unknown): boolean =>
  error instanceof MeshError && ['PEER_UNREACHABLE', 'PEER_CLOSED'].includes(error.code)

const isAny = (signals: readonly (AbortSignal | undefined)[]): boolean =>
  signals.some((signal) => signal?.aborted === true)

/** Each new state of the receipts; ends when enough have it. */
export async function* reachOver(
  following: Following,
  release: string,
  { peers, timeout, signal }: Omit<ReachOptions, 'onProgress'>,
): AsyncGenerator<Reach, undefined> {
  const question = { path: `/v1/releases/${inPath(release)}/reach`, query: { peers, timeout } }
  let last = ''
  for await (const { event, data } of eventsOf(following, question, signal)) {
    if (event === 'not-reached') throw errorOf(JSON.parse(data) as Problem)
    if (data !== last) yield JSON.parse(data) as Reach
    if (event === 'reached') return undefined
    last = data
  }
  signal?.throwIfAborted()
  throw new MeshError(
    'PEER_UNREACHABLE',
    `the peer stopped before release ${release} was where it should be: look at its receipts`,
  )
}

/** The events of any stream, once: for those who serve a page something of their own. */
export const eventsFrom = (
  fetch: Fetch,
  path: string,
  { lastEventId, signal }: EventsOptions = {},
): AsyncGenerator<HeardEvent, undefined> =>
  eventsOf(
    { fetch, closing: new AbortController().signal },
    { path, headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } },
    signal,
  )

interface EventsOptions {
  readonly lastEventId?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** One connection, which ends with the loop around it. */
async function* eventsOf(
  { fetch, closing }: Pick<Following, 'fetch' | 'closing'>,
  question: Question,
  signal: AbortSignal | undefined,
): AsyncGenerator<HeardEvent, undefined> {
  const ending = new AbortController()
  const end = (): void => ending.abort(signal?.aborted === true ? signal.reason : closing.reason)
  const signals = signal === undefined ? [closing] : [closing, signal]
  for (const each of signals) each.addEventListener('abort', end)
  if (isAny(signals)) end()
  try {
    const { body } = await askFor(fetch, { ...question, signal: ending.signal })
    if (body !== null) yield* readEvents(piecesOf(body))
    return undefined
  } finally {
    for (const each of signals) each.removeEventListener('abort', end)
    ending.abort()
  }
}

/** Not every browser has streams that can be looped over. */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return undefined
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

async function pause(ms: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  let end = (): void => {}
  const over = new Promise<void>((resolve) => (end = resolve))
  const timer = setTimeout(end, ms)
  for (const each of signals) each?.addEventListener('abort', end)
  if (isAny(signals)) end()
  await over
  clearTimeout(timer)
  for (const each of signals) each?.removeEventListener('abort', end)
}
