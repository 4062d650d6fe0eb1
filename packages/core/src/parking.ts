import { badgeNeed } from './badges.js'
import { type BadgeId, type Dot, type PeerId, formatDot } from './ids.js'
import { limits } from './limits.js'
import { type Evidence } from './release.js'
import { compareStamps, isEarly } from './stamp.js'
import { type Parked, type State } from './state.js'
import { type Turn } from './turn.js'

/** What something waits for: a dot that the clock must cover, or a badge that must be known. */
export type Need = { readonly missing: Dot } | { readonly badge: BadgeId }

const needName = ({ missing, badge }: Pick<Parked, 'missing' | 'badge'>): string | undefined =>
  missing !== undefined ? formatDot(missing) : badge && badgeNeed(badge)

/** What nobody knows to be right yet must not stand in the place of what is. */
const nameOf = ({ evidence: { release }, badge }: Parked): string =>
  badge === undefined ? formatDot(release) : `${formatDot(release)} ${release.id}`

/**
 * Releases that cannot be judged yet: something they saw is missing, or their stamp is too far
 * ahead. What is parked is never in the clock; losing it is harmless, since it can be pulled again.
 */
export function park(
  state: State,
  evidence: Evidence,
  need: Need | undefined,
  from: PeerId | undefined,
  turn: Turn,
): void {
  const parked = { evidence, from, missing: undefined, badge: undefined, ...need }
  const name = nameOf(parked)
  if (state.parked.has(name)) return
  const isFull =
    state.parked.size >= limits.parkedReleasesMax ||
    state.parkedBytes + evidence.bytes.length > limits.parkedBytesMax
  if (isFull) {
    const text = `${state.parked.size} releases wait for others; ${name} was dropped and will be pulled again`
    return turn.tell({ type: 'notice', notice: 'parking-full', text })
  }
  state.parked.set(name, parked)
  state.parkedBytes += evidence.bytes.length
  const awaited = needName(parked)
  if (awaited === undefined) return
  const names = state.blocked.get(awaited)
  if (names === undefined) state.blocked.set(awaited, new Set([name]))
  else names.add(name)
}

export const parkedAt = (state: State, dot: Dot): Parked | undefined =>
  state.parked.get(formatDot(dot))

function unpark(state: State, parked: Parked): void {
  const name = nameOf(parked)
  if (!state.parked.delete(name)) return
  state.parkedBytes -= parked.evidence.bytes.length
  const awaited = needName(parked)
  if (awaited === undefined) return
  const names = state.blocked.get(awaited)
  names?.delete(name)
  if (names?.size === 0) state.blocked.delete(awaited)
}

/** What waited for these dots; it leaves the parking. */
export function takeUnblocked(state: State, dots: ReadonlySet<string>): readonly Parked[] {
  // order: taken by stamp
  const names = [...dots].flatMap((dot) => [...(state.blocked.get(dot) ?? [])])
  return take(state, names, () => true)
}

export const isEarlyParked = (parked: Parked): boolean => needName(parked) === undefined

/** Early releases whose time has come. */
export const takeRipe = (state: State, now: number): readonly Parked[] =>
  take(
    state,
    parkedNames(state),
    (parked) => isEarlyParked(parked) && !isEarly(parked.evidence.release.stamp, now),
  )

/** Everything: after the limits moved, each is judged anew. */
export const takeAll = (state: State): readonly Parked[] =>
  take(state, parkedNames(state), () => true)

const parkedNames = (state: State): readonly string[] => [...state.parked.keys()] // order: taken by stamp

function take(
  state: State,
  names: readonly string[],
  isDue: (parked: Parked) => boolean,
): readonly Parked[] {
  const due = names.map((name) => state.parked.get(name)!).filter(isDue)
  for (const parked of due) unpark(state, parked)
  return due.sort((a, b) => compareStamps(a.evidence.release, b.evidence.release))
}
