import type { Fact, Said } from './oracle.js'
import { byStampDown, covers, isPut, joinInto } from './oracle.js'

/**
 * What one peer holds on one key, kept up to date change by change. In whatever order changes are
 * added, the heads are those that none of the others has seen.
 */
export interface KeyHeads {
  /** Everything that any change held here has seen. */
  readonly seen: Map<string, number>
  /** Removes, too. */
  heads: readonly Said[]
}

export const noHeads = (): KeyHeads => ({ seen: new Map(), heads: [] })

export function addChange(key: KeyHeads, said: Said): void {
  const { fact, change } = said
  const left = change.seen.size === 0 ? key.heads : withoutSeen(key.heads, change.seen)
  key.heads = covers(key.seen, fact) ? left : [...left, said]
  joinInto(key.seen, change.seen)
}

const withoutSeen = (heads: readonly Said[], seen: ReadonlyMap<string, number>): readonly Said[] =>
  heads.filter(({ fact }) => !covers(seen, fact))

const none: readonly Said[] = []

/** What must be shown, the greatest stamp first. */
export function putHeadsOf(key: KeyHeads | undefined): readonly Said[] {
  const heads = key?.heads ?? none
  if (heads.length === 1) return isPut(heads[0]!) ? heads : none
  return heads.filter(isPut).sort(byStampDown)
}

/** On which keys a release speaks. */
export const keysOf = (fact: Fact): readonly string[] => fact.changes.map(({ key }) => key)
