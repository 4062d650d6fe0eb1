import { limits } from '@grapevine/core'
import type { PeerId, Release, ReleaseId, Replica, ReplicaId, Verdict } from '@grapevine/core'

/** Which releases came from whom, each told once: when it is held. */
export interface Arrivals {
  judged(this: void, release: Release, from: PeerId, verdict: Verdict['verdict']): void
  /** What is held has moved: what waited for it may be held now, too. */
  settle(this: void, replica: Replica): void
}

interface Waiting {
  readonly release: Release
  /** Who brought it first. */
  readonly from: PeerId
}

export function createArrivals(arrived: (release: Release, from: PeerId) => void): Arrivals {
  const waiting = new Map<ReleaseId, Waiting>()
  /** Where those replica ids stood when it was last looked. */
  const looked = new Map<ReplicaId, number>()

  function wait(release: Release, from: PeerId): void {
    if (waiting.has(release.id)) return
    waiting.set(release.id, { release, from })
    looked.delete(release.replica)
    // No more of them are kept to be judged again, either.
    const [oldest] = waiting.keys()
    if (waiting.size > limits.parkedReleasesMax && oldest !== undefined) waiting.delete(oldest)
  }

  function settle(replica: Replica): void {
    if (waiting.size === 0) return looked.clear()
    const clock = replica.clock()
    const moved = new Set<ReplicaId>()
    for (const [id, seq] of clock) {
      if (looked.get(id) !== seq) moved.add(id)
      looked.set(id, seq)
    }
    if (moved.size === 0) return
    for (const { release, from } of Array.from(waiting.values())) {
      if (!moved.has(release.replica) || (clock.get(release.replica) ?? 0) < release.seq) continue
      waiting.delete(release.id)
      // Another one of this name may be held instead.
      if (replica.release(release)?.release.id === release.id) arrived(release, from)
    }
  }

  return {
    judged(release, from, verdict) {
      if (verdict === 'waiting' || verdict === 'early') return wait(release, from)
      if (verdict !== 'applied') return
      waiting.delete(release.id)
      arrived(release, from)
    },
    settle,
  }
}
