import { setTimeout as after } from 'node:timers/promises'
import { MeshError } from '@grapevine/core'
import type { Change, Reach, ReachOptions } from '@grapevine/peer'
import { errorOf } from '../problem.js'
import type { Problem } from '../problem.js'
import { revived } from './answers.js'
import { askFor, inPath } from './ask.js'
import type { Fetch, Question } from './ask.js'
import type { Index, PeerClient, Watched } from './client.js'
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
  { from, signal }: Watching,
): AsyncGenerator<Watched, undefined> {
  const { resumes, closing } = following
  let index: Index | undefined = from
  let delayMs = 0
  let isHeard = false
  for (;;) {
    if (isAny([closing, signal])) return undefined
    try {
      const question = { path: '/v1/watch', query: { prefix, from: index } }
      for await (const { event, id, data } of eventsOf(following, question, signal)) {
        isHeard = true
        delayMs = 0
        index = id ?? index
        if (data !== '') yield watched(event, index ?? '', data)
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

const watched = (event: string, index: Index, data: string): Watched => {
  const { changes } = revived(JSON.parse(data)) as { readonly changes: readonly Change[] }
  return { index, isFirst: event === 'state', changes }
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

/** One connection, which ends with the loop around it. */
async function* eventsOf(
  { fetch, closing }: Following,
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
    if (body !== null) yield* readEvents(body)
    return undefined
  } finally {
    for (const each of signals) each.removeEventListener('abort', end)
    ending.abort()
  }
}

async function pause(ms: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  const ending = new AbortController()
  const end = (): void => ending.abort()
  for (const each of signals) each?.addEventListener('abort', end)
  await after(ms, undefined, { signal: ending.signal }).catch(end)
  for (const each of signals) each?.removeEventListener('abort', end)
}
