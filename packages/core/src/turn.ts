import { type Effect, type KeyChange } from './effect.js'
import { refreshReads } from './heads.js'
import { type Key } from './ids.js'
import { type Held, type KeyState, type State } from './state.js'
import { emptyVector } from './version-vector.js'

/**
 * One call of `handle`: it gathers what must be stored and told. The order of the effects is a
 * promise to the interpreter: what comes after `persist` waits until that is durable.
 */
export interface Turn {
  readonly now: number
  /** The state of a key, about to be changed: watchers will be told the difference. */
  touch(state: State, key: Key): KeyState
  /** Dots that the clock has reached, or `all`: what is parked for them is due again. */
  readonly moved: Set<string>
  record(name: string, bytes: Uint8Array | null): void
  tell(effect: Effect): void
  /** Bring what this turn did into the order of the promise. */
  end(state: State): readonly Effect[]
}

interface Before {
  readonly shown: Held | undefined
  readonly version: string | null
}

const absent: Before = { shown: undefined, version: null }

export function beginTurn(now: number): Turn {
  const before = new Map<Key, Before>()
  const records = new Map<string, Uint8Array | null>()
  const told: Effect[] = []

  return {
    now,
    moved: new Set(),
    touch(state, name) {
      const key = state.keys.get(name)
      if (key !== undefined) {
        if (!before.has(name)) before.set(name, { shown: key.shown, version: key.version })
        return key
      }
      if (!before.has(name)) before.set(name, absent)
      const fresh: KeyState = {
        unsettled: [],
        heads: [],
        shown: undefined,
        version: null,
        seen: emptyVector,
        context: emptyVector,
      }
      state.keys.set(name, fresh)
      return fresh
    },
    record: (name, bytes) => void records.set(name, bytes),
    tell: (effect) => void told.push(effect),
    end(state) {
      refreshReads(state)
      const changes: KeyChange[] = []
      // order: as the keys were touched, which the input alone decides
      for (const [key, was] of before) {
        const held = state.keys.get(key)
        const version = held?.version ?? null
        if (version !== was.version)
          changes.push({ key, now: held?.shown, before: was.shown, version })
      }
      const effects: Effect[] = []
      if (records.size > 0) effects.push({ type: 'persist', records })
      if (changes.length > 0) effects.push({ type: 'changed', changes })
      // A write is acknowledged before it is told to others: what is told may take its time.
      const isAnswer = (effect: Effect): boolean => effect.type === 'written'
      return [...effects, ...told.filter(isAnswer), ...told.filter((effect) => !isAnswer(effect))]
    },
  }
}
