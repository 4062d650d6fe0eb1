import { isDeepStrictEqual } from 'node:util'
import type { Key } from '@grapevine/core'
import type { Binding, BindingEvents, BindingMeta } from './bind.js'
import type { BoundValue } from './bound-value.js'
import type { Fault } from './judge.js'
import { callSafely, checkCallback, checkSignal, createListeners } from '../api/listeners.js'
import type { Inside } from '../api/parts.js'
import type { ReleaseInfo } from '../peer.js'
import { frozen } from '../api/plain.js'
import { refusedKeys } from './refusal-text.js'
import type { Refusals } from './refusals.js'

export interface BoundParts extends Pick<Inside, 'view' | 'clock' | 'events'> {
  readonly refusals: Refusals
  /** There are other members, and none was heard for a while. */
  readonly isAlone: () => boolean
}

/** What a binding shows to the code, and tells to listeners and to the mesh. */
interface Bound<T> extends Pick<Binding<T>, 'subscribe' | 'on'> {
  value(): T
  meta(): BindingMeta
  /** The schema was asked; until it answers, the value is not the newest. */
  judging(): void
  show(value: T, found: BoundValue): void
  refuse(faults: readonly Fault[], found: BoundValue): void
  /** Instead of the default, what an earlier release said; what is refused stays refused. */
  recall(value: T, release: ReleaseInfo): void
  close(): void
}

interface State<T> {
  value: T
  source: BindingMeta['source']
  release: ReleaseInfo | undefined
  since: number
  isJudged: boolean
  /** What the schema refused last, while that is what the mesh shows. */
  refused: BindingEvents<T>['invalid'] | undefined
}

export function openBound<T>(parts: BoundParts, key: Key, initial: T): Bound<T> {
  const { clock, events, refusals, isAlone, view } = parts
  const failed = (error: unknown): void =>
    events.failed(error, `a listener of the binding of ${key}`)
  const listeners = createListeners<BindingEvents<T>>(['change', 'invalid'], failed)
  const state: State<T> = {
    value: frozen(initial),
    source: 'default',
    release: undefined,
    since: clock.now(),
    isJudged: true,
    refused: undefined,
  }
  const meta = (): BindingMeta => metaOf(state, isAlone)

  function move(value: T): void {
    const previous = state.value
    if (isSame(previous, value)) return
    state.value = frozen(value)
    state.since = clock.now()
    const change = { value: state.value, previous, meta: meta() }
    view.afterwards(() => listeners.fire('change', change))
  }
  // Who has just bound it gets a moment in which to listen.
  let tellInvalid = queueMicrotask
  queueMicrotask(() => (tellInvalid = view.afterwards))

  return {
    value: () => state.value,
    meta,
    judging() {
      state.isJudged = false
    },
    show(value, found) {
      refusals.tell(state, nothing)
      Object.assign(state, { isJudged: true, refused: undefined, ...originOf(parts, found) })
      move(value)
    },
    refuse(faults, found) {
      const refused = refusedKeys(key, found, faults)
      refusals.tell(state, refused)
      const reason = [...refused]
        .map(([at, why]) => (at === key ? why : `${at}: ${why}`))
        .join('; ')
      state.isJudged = true
      if (state.refused?.reason === reason && isSame(state.refused.value, found.value)) return
      const invalid = (state.refused = { value: frozen(found.value), reason })
      tellInvalid(() => state.refused === invalid && listeners.fire('invalid', invalid))
    },
    recall(value, release) {
      Object.assign(state, { source: 'disk', release })
      move(value)
    },
    subscribe(run, options = {}) {
      checkCallback('subscriber', run)
      checkSignal(options.signal)
      if (options.signal?.aborted === true) return () => {}
      callSafely(run, [state.value, undefined], failed)
      return listeners.on('change', ({ value, previous }) => run(value, previous), options)
    },
    on: listeners.on,
    close() {
      refusals.tell(state, nothing)
      listeners.clear()
    },
  }
}

const metaOf = (
  { source, release, since, isJudged, refused }: State<unknown>,
  isAlone: () => boolean,
): BindingMeta => ({
  source,
  release,
  author: release?.author,
  since,
  stale: !isJudged || refused !== undefined || isAlone(),
})

const nothing: ReadonlyMap<Key, string> = new Map()

function originOf(
  { view }: BoundParts,
  { keys, newest }: BoundValue,
): Pick<BindingMeta, 'source' | 'release'> {
  if (newest === undefined) return { source: 'default', release: undefined }
  const source = keys.every((key) => view.isFromDisk(key)) ? 'disk' : 'mesh'
  return { source, release: view.entry(newest)?.release }
}

/** Schemas can make values of any kind, also some that cannot be compared. */
function isSame(a: unknown, b: unknown): boolean {
  try {
    return isDeepStrictEqual(a, b)
  } catch {
    return false
  }
}
