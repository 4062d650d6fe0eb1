import type { Known } from './facts.js'

/**
 * Releases by replica id and seq: one each, unless a replica id forked. Who lies can sign any seq at
 * all, so nothing here walks from 1 to the last.
 */
export interface Dots {
  place(known: Known): void
  remove(known: Known): void
  at(replica: string, seq: number): readonly Known[]
  /** Seqs above the first and up to the last under which something was signed, the greatest first. */
  seqsDown(replica: string, above: number, upTo: number): readonly number[]
  /** The greatest seq that was ever signed under a replica id. */
  reach(replica: string): number
  isForked(replica: string): boolean
  hasForks(): boolean
}

const none: readonly Known[] = []

export function createDots(): Dots {
  const chains = new Map<string, Map<number, readonly Known[]>>()
  const reaches = new Map<string, number>()
  const forked = new Set<string>()

  const at = (replica: string, seq: number): readonly Known[] =>
    chains.get(replica)?.get(seq) ?? none

  function set(replica: string, seq: number, all: readonly Known[]): void {
    let chain = chains.get(replica)
    if (chain === undefined) chains.set(replica, (chain = new Map<number, readonly Known[]>()))
    if (all.length > 0) chain.set(seq, all)
    else chain.delete(seq)
  }

  return {
    place(known) {
      const { replica, seq, id, prev } = known.fact
      const same = at(replica, seq)
      const parents = at(replica, seq - 1)
      const isStranger =
        same.length > 0 ||
        (parents.length > 0 && !parents.some(({ fact }) => fact.id === prev)) ||
        at(replica, seq + 1).some(({ fact }) => fact.prev !== id)
      set(replica, seq, [...same, known])
      reaches.set(replica, Math.max(seq, reaches.get(replica) ?? 0))
      if (isStranger) forked.add(replica)
    },
    remove(known) {
      const { replica, seq } = known.fact
      const left = at(replica, seq).filter((other) => other !== known)
      set(replica, seq, left)
      reaches.set(replica, Math.max(0, ...chains.get(replica)!.keys()))
    },
    at,
    seqsDown(replica, above, upTo) {
      const chain = chains.get(replica)
      if (chain === undefined) return []
      const seqs: number[] = []
      if (upTo - above > chain.size) {
        for (const seq of chain.keys()) if (seq > above && seq <= upTo) seqs.push(seq)
        return seqs.sort((a, b) => b - a)
      }
      for (let seq = upTo; seq > above; seq--) if (chain.has(seq)) seqs.push(seq)
      return seqs
    },
    reach: (replica) => reaches.get(replica) ?? 0,
    isForked: (replica) => forked.has(replica),
    hasForks: () => forked.size > 0,
  }
}
