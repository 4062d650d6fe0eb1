import { badgeAt, holdBadges } from './badges.js'
import { type ReplicaId, sortedEntries } from './ids.js'
import { recordName } from './record.js'
import { type Evidence, decodeEvidence, showOnly } from './release.js'
import { isRevoked } from './revocation.js'
import { rightFault } from './rights.js'
import { type Logged, type State, limitOf, sortedLog } from './state.js'
import { type Turn } from './turn.js'

/*
 * A revocation names the replica ids of its subject that its issuer knew. Some members may hold another
 * one, and may have written over it: others, who never took it, would wait for it without end. So its
 * first release is kept as a proof of whose it was, and shown to whoever asks for the rest.
 */

/** Looks for replica ids whose peer is revoked and that no limit ends yet; true: there are some. */
export function findStrays(state: State, turn: Turn): boolean {
  let isFound = false
  if (state.revoked.length === 0) return isFound
  for (const [replica] of sortedEntries(state.clock)) {
    const first = firstRevoked(state, replica)
    if (first === undefined || first.release.seq > limitOf(state)(replica)) continue
    keepStray(state, first, turn)
    isFound = true
  }
  return isFound
}

function firstRevoked(
  state: State,
  replica: ReplicaId,
): Pick<Logged, 'release' | 'bytes'> | undefined {
  const tip = state.tipProofs.get(replica)
  const held = [...sortedLog(state, replica), ...(tip === undefined ? [] : [tip])]
  return held.find(({ release }) => isRevoked(state, release))
}

export function keepStray(
  state: State,
  { release, bytes }: Pick<Evidence, 'release' | 'bytes'>,
  turn: Turn,
): void {
  const bare = showOnly(state.mesh, bytes, () => false)
  state.strays.set(release.replica, decodeEvidence(state.mesh, bare))
  turn.record(recordName.stray(release.replica), bare)
  holdBadges(state, release, turn)
}

/**
 * Whether a proof shows where a replica id ends, and nothing here says so yet. Its signature was checked.
 * What names the badge of another was never a release, and proves nothing.
 */
export const isStray = (state: State, { release }: Evidence): boolean =>
  isRevoked(state, release) &&
  release.seq <= limitOf(state)(release.replica) &&
  rightFault(state, release, [], (id) => badgeAt(state, id)) === undefined

/** What proves the end of a replica id, for whoever wants more of it. */
export function strayBeyond(state: State, replica: ReplicaId, to: number): Evidence | undefined {
  const stray = state.strays.get(replica)
  return stray !== undefined && limitOf(state)(replica) < to && isRevoked(state, stray.release)
    ? stray
    : undefined
}
