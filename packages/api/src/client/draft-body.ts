import { checkKey, usableValue } from '@grapevine/core'
import type { Draft, Value } from '@grapevine/peer'

/** What JSON would make something else of (`undefined`, NaN, a Date) is refused here, as by the peer. */
export function draftBody({ set, ...rest }: Draft): object {
  if (set === undefined) return rest
  const given: Iterable<readonly [string, unknown]> = set instanceof Map ? set : Object.entries(set)
  return { ...rest, set: new Map(Array.from(given, ([key, value]) => [key, ownValue(key, value)])) }
}

export const ownValue = (key: string, value: unknown): Value => usableValue(checkKey(key), value)
