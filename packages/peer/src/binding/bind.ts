import { MeshError } from '@grapevine/core'
import type { Key, PeerId, Value } from '@grapevine/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { openBound } from './bound.js'
import type { BoundParts } from './bound.js'
import type { BoundSchemas } from './bound-schemas.js'
import { boundValue } from './bound-value.js'
import { judge } from './judge.js'
import { checkSignal } from '../api/listeners.js'
import type { Inside } from '../api/parts.js'
import type { ReleaseInfo, Version } from '../peer.js'
import { releaseInfos } from '../api/release-info.js'
import { shown } from '../api/shown.js'

export interface BindOptions<T> {
  /**
   * Shown until the mesh has a value that the schema takes, and again when it has none any more. It is
   * frozen, like every value.
   */
  readonly default: T
  /** Closes the binding. */
  readonly signal?: AbortSignal | undefined
}

export interface BindingMeta {
  /** `disk`: as it was when this process started; `mesh`: written since. */
  readonly source: 'default' | 'disk' | 'mesh'
  /** The newest release behind the value; undefined: the default. */
  readonly release: ReleaseInfo | undefined
  readonly author: PeerId | undefined
  /** Since when this process shows it. */
  readonly since: number
  /** The schema did not take what the mesh shows, or not yet; or nobody else was heard for a while. */
  readonly stale: boolean
}

export interface BindingEvents<T> {
  readonly change: { readonly value: T; readonly previous: T; readonly meta: BindingMeta }
  /** The mesh shows what the schema refuses. Also told, a moment later, of what was there at first. */
  readonly invalid: { readonly value: Value | undefined; readonly reason: string }
}

/** A live typed value: the last one that the schema took. */
export interface Binding<T> extends Disposable {
  /** Deep-frozen as far as it is plain. Reading it costs nothing and never throws. */
  readonly value: T
  readonly meta: BindingMeta
  /** Calls at once, then after each change; answers the way to stop. */
  subscribe(
    run: (value: T, previous: T | undefined) => unknown,
    options?: { readonly signal?: AbortSignal | undefined },
  ): () => void
  on<E extends keyof BindingEvents<T>>(
    event: E,
    listener: (detail: BindingEvents<T>[E]) => unknown,
    options?: { readonly signal?: AbortSignal | undefined },
  ): () => void
  /** It keeps its value, and follows no more. */
  close(): void
}

type BindParts = BoundParts &
  Pick<Inside, 'closing' | 'interpreter'> & { readonly schemas: BoundSchemas }

/**
 * Follows a key and those below it. Whatever is shown there is put before the schema: what it takes is
 * the value from then on, and what it refuses never reaches the code, but is told to the mesh.
 */
export function bindKey<T>(
  parts: BindParts,
  key: Key,
  schema: StandardSchemaV1<unknown, T>,
  options: BindOptions<T>,
): Binding<T> {
  checkBind(schema, options)
  const { view, closing } = parts
  const { default: initial, signal } = options
  checkSignal(signal)
  const below = `${key}/`
  const ends = signal === undefined ? [closing] : [closing, signal]
  const bound = openBound(parts, key, initial)
  // A schema may take its time: what it says of a value that was replaced meanwhile is not heard.
  let turn = 0

  function look(): void {
    const now = (turn += 1)
    const found = boundValue(view, key)
    if (found.value === undefined) return bound.show(initial, found)
    bound.judging()
    judge(schema, found.value, (judged) => {
      if (now !== turn) return
      if (judged.isValid) return bound.show(judged.value, found)
      bound.refuse(judged.faults, found)
      const isAlone = found.keys.length === 1 && found.keys[0] === key
      if (bound.meta().source === 'default' && isAlone) lookBack(now, earlier(parts, key))
    })
  }

  /** A process that has just started has no last good value: the newest one that was written is it. */
  function lookBack(now: number, [version, ...older]: readonly Version[]): void {
    if (version?.value === undefined) return
    judge(schema, version.value, (judged) => {
      if (now !== turn) return
      if (judged.isValid) bound.recall(judged.value, version.release)
      else lookBack(now, older)
    })
  }

  const forget = parts.schemas.add(key, schema)
  const unfollow = view.follow((steps) => {
    if (steps.some(({ change }) => change.key === key || change.key.startsWith(below))) look()
  })
  function close(): void {
    turn += 1
    forget()
    unfollow()
    bound.close()
    for (const end of ends) end.removeEventListener('abort', close)
  }
  look()
  if (ends.some(({ aborted }) => aborted)) close()
  else for (const end of ends) end.addEventListener('abort', close)

  return {
    get value() {
      return bound.value()
    },
    get meta() {
      return bound.meta()
    },
    subscribe: bound.subscribe,
    on: bound.on,
    close,
    [Symbol.dispose]: close,
  }
}

/** What a key showed before, newest first. */
function earlier({ interpreter, view }: BindParts, key: Key): readonly Version[] {
  const shownNow = view.entry(key)?.release.id
  const { replica } = interpreter
  const infoOf = releaseInfos(replica)
  return replica
    .history(key)
    .filter(({ release }) => release.id !== shownNow)
    .map(({ release, change }) => ({ value: change.put?.value, release: infoOf(release) }))
    .toReversed()
}

function checkBind(schema: unknown, options: unknown): void {
  // Some schemas are functions.
  const isObject = (typeof schema === 'object' && schema !== null) || typeof schema === 'function'
  const standard: unknown = isObject
    ? (schema as Partial<StandardSchemaV1>)['~standard']
    : undefined
  if (typeof (standard as Partial<StandardSchemaV1.Props> | undefined)?.validate !== 'function') {
    throw new MeshError(
      'OPTION_INVALID',
      `schema ${shown(schema)} cannot be used: pass a Standard Schema, such as one of zod, valibot or arktype`,
    )
  }
  if (typeof options === 'object' && options !== null && 'default' in options) return
  throw new MeshError(
    'OPTION_INVALID',
    `options ${shown(options)} cannot be used: write { default: … }, the value until there is another`,
  )
}
