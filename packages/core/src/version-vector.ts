import { type Dot, type ReplicaId } from './ids.js'

/** replica id → highest seq. An absent id counts as 0. Values are never changed in place. */
export type VersionVector = ReadonlyMap<ReplicaId, number>

export const emptyVector: VersionVector = new Map()

export const coversDot = (vector: VersionVector, dot: Dot): boolean =>
  (vector.get(dot.replica) ?? 0) >= dot.seq

export function covers(vector: VersionVector, other: VersionVector): boolean {
  // order: a conjunction over all entries
  for (const [replica, seq] of other) if ((vector.get(replica) ?? 0) < seq) return false
  return true
}

/** The least vector that covers all of them. */
export function join(vectors: readonly VersionVector[]): VersionVector {
  // Nearly always there is one, and nobody changes a vector: a copy for each key would be wasted.
  if (vectors.length === 1) return vectors[0]!
  const joined = new Map<ReplicaId, number>()
  for (const vector of vectors) {
    // order: a maximum per entry
    for (const [replica, seq] of vector) {
      if (seq > (joined.get(replica) ?? 0)) joined.set(replica, seq)
    }
  }
  return joined
}

/** The greatest vector that all of them cover. */
export function meet(vectors: readonly VersionVector[]): VersionVector {
  const met = new Map<ReplicaId, number>()
  const [first, ...rest] = vectors
  // order: a minimum per entry
  for (const [replica, seq] of first ?? emptyVector) {
    const least = rest.reduce((low, vector) => Math.min(low, vector.get(replica) ?? 0), seq)
    if (least > 0) met.set(replica, least)
  }
  return met
}

export const withDot = (vector: VersionVector, dot: Dot): VersionVector =>
  coversDot(vector, dot) ? vector : new Map(vector).set(dot.replica, dot.seq)

/** Entries above what `limitOf` allows count as the limit: what lies beyond is void. */
export function cap(vector: VersionVector, limitOf: (replica: ReplicaId) => number): VersionVector {
  let capped: Map<ReplicaId, number> | undefined
  // order: each entry alone
  for (const [replica, seq] of vector) {
    const limit = limitOf(replica)
    if (seq <= limit) continue
    capped ??= new Map(vector)
    if (limit > 0) capped.set(replica, limit)
    else capped.delete(replica)
  }
  return capped ?? vector
}
