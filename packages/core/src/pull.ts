import { type PeerId, type ReplicaId, sortedEntries } from './ids.js'
import { limits } from './limits.js'
import { type Message, type Range, encodeMessage } from './message.js'
import { type Evidence } from './release.js'
import { type State, idAt, limitOf, seqOf } from './state.js'
import { type Turn } from './turn.js'

/** Bounded; what is left over is named again by the next session. */
export const wantOf = (ranges: readonly Range[]): Message => ({
  type: 'want',
  ranges: ranges.slice(0, limits.wantRangesMax),
})

export const rangeFrom = (state: State, replica: ReplicaId, to: number): Range => ({
  replica,
  after: seqOf(state, replica),
  afterId: idAt(state, replica, seqOf(state, replica)) ?? null,
  to,
})

/** A parked release shows holes: ask whoever sent it. */
export function pullHoles(
  state: State,
  { release, changes }: Evidence,
  from: PeerId,
  turn: Turn,
): void {
  const needed = new Map<ReplicaId, number>()
  if (release.seq > 1) needed.set(release.replica, release.seq - 1)
  for (const { seen } of changes) {
    // order: a maximum per entry
    for (const [replica, seq] of seen) needed.set(replica, Math.max(seq, needed.get(replica) ?? 0))
  }
  pull(state, from, needed, turn)
}

/** Asks for everything up to these dots that is missing here; for each only once in a while. */
export function pull(
  state: State,
  from: PeerId,
  needed: ReadonlyMap<ReplicaId, number>,
  turn: Turn,
): void {
  const ranges: Range[] = []
  for (const [replica, wanted] of sortedEntries(needed).slice(0, limits.wantRangesMax)) {
    const seq = Math.min(wanted, limitOf(state)(replica))
    if (seq <= seqOf(state, replica) || wasAsked(state, replica, seq, turn.now)) continue
    ranges.push(rangeFrom(state, replica, seq))
  }
  if (ranges.length > 0) turn.tell({ type: 'pull', from, bytes: encodeMessage(wantOf(ranges)) })
}

function wasAsked(state: State, replica: ReplicaId, seq: number, now: number): boolean {
  const asked = state.asked.get(replica)
  if (asked !== undefined && asked.seq >= seq && now - asked.at < limits.pullAgainMs) return true
  // Anybody can name replica ids without end; to forget what was asked only costs asking again.
  if (state.asked.size >= limits.parkedReleasesMax) state.asked.clear()
  state.asked.set(replica, { seq, at: now })
  return false
}
