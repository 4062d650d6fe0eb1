import type { Key } from '@grapevine/core'
import type { Change, WatchEvent } from '../peer.js'
import type { Step, View } from './view.js'

/**
 * What is shown under a prefix, and then all that changes. Each iterator is on its own and keeps, for
 * whoever is slow, one merged change for each key: its memory is bounded by the keys there are.
 */
export const watchView = (
  view: View,
  prefix: string,
  ends: readonly AbortSignal[],
): AsyncIterable<WatchEvent, undefined> => ({
  [Symbol.asyncIterator]: () => watcher(view, prefix, ends),
})

/** A change that the consumer was not told yet, and the version that it knows. */
interface Pending {
  readonly change: Change
  readonly known: string | null
}

type Answer = IteratorResult<WatchEvent, undefined>

const finished: Answer = { done: true, value: undefined }

function watcher(
  view: View,
  prefix: string,
  ends: readonly AbortSignal[],
): AsyncIterator<WatchEvent, undefined> {
  let state: 'unread' | 'followed' | 'ended' = 'unread'
  let pending = new Map<Key, Pending>()
  let waiting: ((answer: Answer) => void)[] = []
  let unfollow = (): void => {}

  function note(steps: readonly Step[]): void {
    for (const step of steps) if (step.change.key.startsWith(prefix)) merge(pending, step)
    if (pending.size > 0) waiting.shift()?.(take())
  }

  function take(): Answer {
    const changes = [...pending.values()].map(({ change }) => change)
    pending = new Map()
    return { done: false, value: { isFirst: false, changes } }
  }

  function begin(): Answer {
    state = 'followed'
    unfollow = view.follow(note)
    for (const signal of ends) signal.addEventListener('abort', end)
    return { done: false, value: { isFirst: true, changes: current(view, prefix) } }
  }

  function end(): void {
    state = 'ended'
    unfollow()
    for (const signal of ends) signal.removeEventListener('abort', end)
    for (const answer of waiting) answer(finished)
    waiting = []
    pending = new Map()
  }

  return {
    async next() {
      if (ends.some(({ aborted }) => aborted)) end()
      if (state === 'ended') return finished
      if (state === 'unread') return begin()
      if (pending.size > 0) return take()
      return new Promise((answer) => void waiting.push(answer))
    },
    async return() {
      end()
      return finished
    },
  }
}

const current = (view: View, prefix: string): readonly Change[] =>
  view.entries(prefix).map(({ key, value, version, release }) => ({
    key,
    value,
    previous: undefined,
    version,
    release,
  }))

/** `previous` stays what the consumer knows; where it knows it all already, nothing is left to tell. */
function merge(pending: Map<Key, Pending>, { change, before }: Step): void {
  const { key, version } = change
  const earlier = pending.get(key)
  if (earlier === undefined) return void pending.set(key, { change, known: before })
  if (version === earlier.known) return void pending.delete(key)
  const merged = { ...change, previous: earlier.change.previous }
  pending.set(key, { change: merged, known: earlier.known })
}
