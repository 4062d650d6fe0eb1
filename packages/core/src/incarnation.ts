import { commit, draftFault } from './commit.js'
import { MeshError } from './errors.js'
import { type Key, type ReplicaId } from './ids.js'
import { incarnationBytes } from './mesh.js'
import { recordSelf } from './record.js'
import { type Change, type Evidence, type Release } from './release.js'
import { nextStamp } from './stamp.js'
import { type State, limitOf, loggedAt, seqOf } from './state.js'
import { type Turn } from './turn.js'
import { cap, withDot } from './version-vector.js'

/** From now on this store writes under a new replica id. What it wrote before stays valid. */
export function reincarnate(state: State, why: string, turn: Turn): void {
  const before = state.replica
  state.incarnation = state.mesh.random(incarnationBytes)
  state.replica = state.mesh.writerOf(state.peer, state.incarnation).replica
  state.ownReplicas.add(state.replica)
  recordSelf(state, turn)
  const text = `replica id ${before} is given up for ${state.replica}: ${why}`
  turn.tell({ type: 'notice', notice: 'reincarnated', text })
}

/**
 * Writes again, under the present replica id, what an own replica id wrote and its limit has taken
 * away. Each keeps what it had seen, as far as that still counts, and sees its own predecessors' new
 * dots.
 */
export function reissue(
  state: State,
  from: ReplicaId,
  written: readonly Evidence[],
  turn: Turn,
): void {
  const lost = written.filter(
    ({ release }) => loggedAt(state, from, release.seq)?.release.id !== release.id,
  )
  if (lost.length === 0) return
  const limit = limitOf(state)
  if (seqOf(state, state.replica) >= limit(state.replica)) reincarnate(state, 'it was cut', turn)
  else if (lost.some(({ changes }) => changes.some(({ key }) => hasWritten(state, key)))) {
    reincarnate(state, 'what it writes again has not seen what it wrote since', turn)
  }
  const reissued: { readonly old: number; readonly seq: number }[] = []
  for (const { release, changes } of lost) {
    const moved = changes.map((change) => {
      const seenFrom = change.seen.get(from) ?? 0
      const seen = cap(change.seen, (replica) => Math.min(limit(replica), seqOf(state, replica)))
      const before = reissued.findLast(({ old }) => old <= seenFrom)
      if (before === undefined) return { ...change, seen }
      return { ...change, seen: withDot(seen, { replica: state.replica, seq: before.seq }) }
    })
    const again = commitParts(state, release, moved, turn)
    if (again !== undefined) reissued.push({ old: release.seq, seq: again.seq })
  }
}

/**
 * A fork can turn out to lie deeper than it seemed. What this replica id wrote on the key meanwhile, a
 * later release of the same id would claim to have seen: a vector knows no holes.
 */
const hasWritten = (state: State, key: Key): boolean =>
  state.keys.get(key)?.unsettled.some(({ release }) => release.replica === state.replica) ?? false

/**
 * Nobody waits for a re-issue, so nobody could answer a refusal: what is too large by the dots it
 * gained goes in two parts, and what its author may not write any more is named and left.
 */
function commitParts(
  state: State,
  named: Pick<Release, 'message' | 'requestId' | 'authorship'>,
  changes: readonly Change[],
  turn: Turn,
): Release | undefined {
  const stamp = nextStamp(state.stamp, turn.now)
  const isAllowed = (change: Change): boolean =>
    draftFault(state, { ...named, changes: [change] }, stamp) === undefined
  const allowed = changes.filter(isAllowed)
  if (allowed.length < changes.length) {
    const keys = changes.filter((change) => !isAllowed(change)).map(({ key }) => key)
    const text = `what this peer may not write any more is not written again: ${keys.join(', ')}`
    turn.tell({ type: 'notice', notice: 'void', text })
  }
  if (allowed.length === 0) return undefined
  try {
    // What its author signed for as a whole cannot go in part.
    if (named.authorship !== undefined && allowed.length < changes.length) return undefined
    const { message, requestId, authorship } = named
    return commit(state, { changes: allowed, message, requestId, authorship }, turn)
  } catch (error) {
    if (error instanceof MeshError && error.code === 'BUDGET_EXCEEDED') {
      const keys = allowed.map(({ key }) => key).join(', ')
      const text = `what is over this peer's budget is not written again: ${keys}`
      turn.tell({ type: 'notice', notice: 'void', text })
      return undefined
    }
    const isTooLarge = error instanceof MeshError && error.code === 'RELEASE_TOO_LARGE'
    if (!isTooLarge || allowed.length === 1 || named.authorship !== undefined) throw error
    const half = Math.floor(allowed.length / 2)
    commitParts(state, named, allowed.slice(0, half), turn)
    return commitParts(state, named, allowed.slice(half), turn)
  }
}
