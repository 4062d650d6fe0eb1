import type { Draft, Value } from '@grapevine/peer'
import { countOf } from '../in-words.js'

export interface Returning {
  readonly key: string
  readonly now: Value | undefined
  /** undefined: there was none. */
  readonly back: Value | undefined
}

/** What a rollback's draft would do to what is shown now, by key. */
export function returningBy(
  { set, remove = [] }: Pick<Draft, 'set' | 'remove'>,
  valueOf: (key: string) => Value | undefined,
): readonly Returning[] {
  const puts: Iterable<readonly [string, Value]> =
    set instanceof Map ? (set as ReadonlyMap<string, Value>) : Object.entries(set ?? {})
  const back = new Map<string, Value | undefined>(puts)
  for (const key of remove) back.set(key, undefined)
  return [...back]
    .map(([key, value]) => ({ key, now: valueOf(key), back: value }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

/** What a rollback does, in a sentence or two. */
export function planInWords(plan: {
  readonly label: string
  readonly returning: readonly Returning[]
  /** So many keys stay as they are. */
  readonly leftAlone: number
}): string {
  const { length } = plan.returning
  const are = plan.leftAlone === 1 ? 'is' : 'are'
  const rest =
    plan.leftAlone === 0 ? '' : `; ${countOf(plan.leftAlone, 'key')} ${are} left alone, see below`
  if (length === 0) return `Nothing of ${plan.label} is left to return${rest}.`
  const returns = length === 1 ? 'returns to what it was' : 'return to what they were'
  return `${countOf(length, 'key')} ${returns} before ${plan.label}${rest}. A rollback is a release itself, and can be undone.`
}
