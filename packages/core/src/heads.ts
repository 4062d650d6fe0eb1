import { type Key, compareText } from './ids.js'
import { type Held, type KeyState, type State, limitOf } from './state.js'
import { compareStamps } from './stamp.js'
import { type Turn } from './turn.js'
import {
  type VersionVector,
  cap,
  covers,
  coversDot,
  emptyVector,
  join,
  withDot,
} from './version-vector.js'

/** Members that no other member has seen. A change never sees itself, so one join serves all. */
export function headsOf(unsettled: readonly Held[]): Held[] {
  if (unsettled.length < 2) return [...unsettled]
  const seen = join(unsettled.map((held) => held.change.seen))
  return unsettled.filter((held) => !coversDot(seen, held.release))
}

export const isPut = (held: Held): boolean => held.change.put !== undefined

export function winnerOf(heads: readonly Held[]): Held | undefined {
  if (heads.length === 1) return isPut(heads[0]!) ? heads[0] : undefined
  const puts = heads.filter(isPut)
  return puts.length < 2
    ? puts[0]
    : puts.reduce((best, held) => (compareStamps(held.release, best.release) > 0 ? held : best))
}

/** The put heads, greatest stamp first: the first is shown, more than one is a conflict. */
export const putHeads = (key: KeyState): readonly Held[] =>
  [...key.heads].filter(isPut).sort((a, b) => compareStamps(b.release, a.release))

/** What the next writer of a key has seen: every head, whatever it saw, and what has left. */
export function seenOn(state: State, key: Key): VersionVector {
  const held = state.keys.get(key)
  if (held === undefined) return emptyVector
  const dots = held.heads.map((head) => withDot(head.change.seen, head.release))
  const seen =
    dots.length === 1 && held.context.size === 0 ? dots[0]! : join([held.context, ...dots])
  return cap(seen, limitOf(state))
}

/**
 * A change that was just applied is a head, unless a change held here has seen it already: that can
 * be where a limit was lifted, and a release comes back that others had seen before it was void.
 */
export function addHeld(state: State, held: Held, turn: Turn): void {
  const key = turn.touch(state, held.change.key)
  const { seen } = held.change
  const isSeen = coversDot(key.seen, held.release)
  key.unsettled.push(held)
  if (key.heads.length > 0) {
    key.heads = key.heads.filter((head) => !coversDot(seen, head.release))
  }
  if (!isSeen) key.heads.push(held)
  key.seen = covers(seen, key.seen) ? seen : join([key.seen, seen])
  state.stale.add(held.change.key)
}

export function replaceUnsettled(
  state: State,
  key: Key,
  unsettled: readonly Held[],
  turn: Turn,
): void {
  const held = turn.touch(state, key)
  held.unsettled = [...unsettled]
  held.heads = headsOf(held.unsettled)
  held.seen = join(unsettled.map(({ change }) => change.seen))
  state.stale.add(key)
}

/** Brings what is derived for reads up to its heads: once per turn, however much came in it. */
export function refreshReads(state: State): void {
  // order: each key alone
  for (const key of state.stale) {
    const held = state.keys.get(key)
    if (held !== undefined) refresh(state, key, held)
  }
  state.stale.clear()
}

function refresh(state: State, key: Key, held: KeyState): void {
  held.shown = winnerOf(held.heads)
  const hasWork =
    held.heads.length < held.unsettled.length || held.heads.some((head) => !isPut(head))
  if (hasWork) state.settling.add(key)
  else state.settling.delete(key)
  held.version = versionOf(held.heads)
  state.hash.set(key, held.version)
  if (held.unsettled.length === 0 && held.context.size === 0) state.keys.delete(key)
}

/** Which put heads there are, whatever their order; null: none. */
export function versionOf(heads: readonly Held[]): string | null {
  if (heads.length === 1) return isPut(heads[0]!) ? heads[0]!.release.id : null
  const puts = heads.filter(isPut)
  const ids = puts.map(({ release }) => release.id)
  return ids.length === 0 ? null : ids.sort(compareText).join('+')
}
