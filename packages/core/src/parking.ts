import { type Dot, type PeerId, formatDot } from './ids.js'
import { limits } from './limits.js'
import { type Evidence } from './release.js'
import { compareStamps, isEarly } from './stamp.js'
import { type Parked, type State } from './state.js'
import { type Turn } from './turn.js'

/**
 * Releases that cannot be judged yet: something they saw is missing, or their stamp is too far
 * ahead. What is parked is never in the clock; losing it is harmless, since it can be pulled again.
 */
export function park(
  state: State,
  evidence: Evidence,
  missing: Dot | undefined,
  from: PeerId | undefined,
  turn: Turn,
): void {
  const name = formatDot(evidence.release)
  if (state.parked.has(name)) return
  const isFull =
    state.parked.size >= limits.parkedReleasesMax ||
    state.parkedBytes + evidence.bytes.length > limits.parkedBytesMax
  if (isFull) {
    const text = `${state.parked.size} releases wait for others; ${name} was dropped and will be pulled again`
    return turn.tell({ type: 'notice', notice: 'parking-full', text })
  }
  state.parked.set(name, { evidence, from, missing })
  state.parkedBytes += evidence.bytes.length
  if (missing === undefined) return
  const dot = formatDot(missing)
  const names = state.blocked.get(dot)
  if (names === undefined) state.blocked.set(dot, new Set([name]))
  else names.add(name)
}

export const parkedAt = (state: State, dot: Dot): Parked | undefined =>
  state.parked.get(formatDot(dot))

function unpark(state: State, dot: Dot): void {
  const name = formatDot(dot)
  const parked = state.parked.get(name)
  if (parked === undefined) return
  state.parked.delete(name)
  state.parkedBytes -= parked.evidence.bytes.length
  if (parked.missing === undefined) return
  const missing = formatDot(parked.missing)
  const names = state.blocked.get(missing)
  names?.delete(name)
  if (names?.size === 0) state.blocked.delete(missing)
}

/** What waited for these dots; it leaves the parking. */
export function takeUnblocked(state: State, dots: ReadonlySet<string>): readonly Parked[] {
  // order: taken by stamp
  const names = [...dots].flatMap((dot) => [...(state.blocked.get(dot) ?? [])])
  return take(state, names, () => true)
}

/** Early releases whose time has come. */
export const takeRipe = (state: State, now: number): readonly Parked[] =>
  take(
    state,
    parkedNames(state),
    ({ missing, evidence }) => missing === undefined && !isEarly(evidence.release.stamp, now),
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
  for (const { evidence } of due) unpark(state, evidence.release)
  return due.sort((a, b) => compareStamps(a.evidence.release, b.evidence.release))
}
