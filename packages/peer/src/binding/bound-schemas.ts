import type { Key, ReplicaId, Value } from '@grapevine/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { boundValue } from './bound-value.js'
import type { Readable } from './bound-value.js'
import { judge } from './judge.js'
import { refusedKeys } from './refusal-text.js'
import type { Refused } from '../peer.js'

/** The schemas of all open bindings: so a value can be put before them that nobody has written yet. */
export interface BoundSchemas {
  /** Answers the way to forget it. */
  add(this: void, key: Key, schema: StandardSchemaV1): () => void
  /** By keys; of several that refuse one key the first is told, as everywhere. */
  refusedOf(this: void, view: Readable, wish: Wish): readonly Refused[]
}

interface Wish {
  readonly put: ReadonlyMap<Key, Value>
  readonly remove: readonly Key[]
}

interface Bound {
  readonly key: Key
  readonly schema: StandardSchemaV1
}

export function createBoundSchemas(): BoundSchemas {
  const bound = new Set<Bound>()
  return {
    add(key, schema) {
      const one = { key, schema }
      bound.add(one)
      return () => void bound.delete(one)
    },
    refusedOf(view, wish) {
      const after = leftBy(view, wish)
      const touched = [...wish.put.keys(), ...wish.remove]
      const refused = new Map<Key, string>()
      for (const { key, schema } of Array.from(bound)) {
        const isMeant = touched.some((one) => one === key || one.startsWith(`${key}/`))
        for (const [at, reason] of isMeant ? refusedBy(after, key, schema) : []) {
          if (!refused.has(at)) refused.set(at, reason)
        }
      }
      const keys = [...refused.keys()].sort()
      return keys.map((key) => ({ key, reason: refused.get(key)! }))
    },
  }
}

function refusedBy(after: Readable, key: Key, schema: StandardSchemaV1): ReadonlyMap<Key, string> {
  const found = boundValue(after, key)
  let refused: ReadonlyMap<Key, string> = new Map()
  if (found.value === undefined) return refused
  judge(schema, found.value, (judged) => {
    if (!judged.isValid) refused = refusedKeys(key, found, judged.faults)
  })
  return refused
}

/** Later than anything that is held. */
const last = { replica: '' as ReplicaId, seq: 1, stamp: { ms: Infinity, counter: 0 } }

/** What readers would see after it was written. */
function leftBy(view: Readable, { put, remove }: Wish): Readable {
  const removed = new Set<string>(remove)
  const get = (key: string): Value | undefined =>
    removed.has(key) ? undefined : put.has(key as Key) ? put.get(key as Key) : view.get(key)
  return {
    get,
    keys(prefix) {
      const came = Array.from(put.keys()).filter((key) => key.startsWith(prefix))
      const all = new Set([...view.keys(prefix), ...came])
      return [...all].filter((key) => get(key) !== undefined).sort()
    },
    entry: (key) => (put.has(key) ? { release: last } : view.entry(key)),
  }
}
