import { badgesOf, linksOf, showBadge } from './badges.js'
import { type ReplicaId, sortedEntries } from './ids.js'
import { limitsMoved } from './limit.js'
import { type Evidence, type Release } from './release.js'
import { isRevoked } from './revocation.js'
import { type Snapshot } from './snapshot-read.js'
import { type State, limitOf } from './state.js'
import { isStray, keepStray } from './strays.js'
import { type Turn } from './turn.js'
import { type VersionVector, join } from './version-vector.js'

/**
 * The snapshot may have been read before its sender knew of a revocation. Replica ids that it ends, and
 * no mark names, are left out; where something else had seen one, why there is no more of it is kept.
 */
export function withoutRevoked(state: State, snapshot: Snapshot, turn: Turn): Snapshot {
  if (state.revoked.length === 0) return snapshot
  const limit = limitOf(state)
  const out = sortedEntries(snapshot.tipProofs).filter(([replica, { release }]) => {
    showBadgesOf(state, snapshot, release, turn)
    return release.seq <= limit(replica) && isRevoked(state, release)
  })
  if (out.length === 0) return snapshot
  const gone = new Set(out.map(([replica]) => replica))
  const isLeft = (replica: ReplicaId): boolean => !gone.has(replica)
  const seen = seenIn(snapshot, ({ replica }) => isLeft(replica))
  for (const [replica] of out) {
    const first = seen.has(replica) ? firstRevoked(state, snapshot, replica, turn) : undefined
    if (first !== undefined && isStray(state, first)) keepStray(state, first, turn)
  }
  limitsMoved(state, turn)
  return {
    ...snapshot,
    clock: new Map(sortedEntries(snapshot.clock).filter(([replica]) => isLeft(replica))),
    changes: snapshot.changes.filter(({ release }) => isLeft(release.replica)),
    struck: snapshot.struck.filter(({ release }) => isLeft(release.replica)),
  }
}

/** The lowest release of a replica id that is shown and does not count. */
function firstRevoked(
  state: State,
  snapshot: Snapshot,
  replica: ReplicaId,
  turn: Turn,
): Evidence | undefined {
  const { changes, struck, tipProofs } = snapshot
  const tip = tipProofs.get(replica)
  const shown = [...changes, ...struck, ...(tip === undefined ? [] : [tip])]
  return shown
    .filter(({ release }) => release.replica === replica)
    .sort((a, b) => a.release.seq - b.release.seq)
    .find(({ release }) => {
      showBadgesOf(state, snapshot, release, turn)
      return isRevoked(state, release)
    })
}

/** What the changes of some releases, and contexts, have seen together. */
function seenIn(
  { changes, contexts }: Snapshot,
  isAsked: (release: Release) => boolean,
): VersionVector {
  const asked = changes.filter(({ release }) => isAsked(release))
  const vectors = asked.flatMap((evidence) => evidence.changes.map(({ seen }) => seen))
  return join([...contexts.values(), ...vectors]) // order: a join
}

/** Of many badges only the last are remembered: so each is shown right before it is asked for. */
function showBadgesOf(state: State, { badges }: Snapshot, release: Release, turn: Turn): void {
  for (const id of badgesOf(release)) {
    const chain = badges.get(id)
    if (chain !== undefined) showBadge(state, linksOf(chain), turn)
  }
}

export function takeStrays(state: State, snapshot: Snapshot, turn: Turn): void {
  const { strays } = snapshot
  let hasNews = false
  const seen = seenIn(snapshot, () => true)
  // order: each replica id alone, in the order of the snapshot
  for (const evidence of strays) {
    // Of a revoked key there can be any number: only those that something waits for are kept.
    if (!seen.has(evidence.release.replica)) continue
    showBadgesOf(state, snapshot, evidence.release, turn)
    if (!isStray(state, evidence)) continue
    keepStray(state, evidence, turn)
    hasNews = true
  }
  if (hasNews) limitsMoved(state, turn)
}
