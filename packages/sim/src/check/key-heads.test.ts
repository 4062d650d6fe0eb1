import { describe, expect, it } from 'vitest'
import type { Fact } from './oracle.js'
import { oracleView } from './oracle.js'
import { randomOf } from '../random.js'
import { addChange, noHeads, putHeadsOf } from './key-heads.js'

const replicas = ['a', 'b', 'c']

/** Changes of one key by three writers, each of which has seen some of what there was. */
function history(seed: number): readonly Fact[] {
  const random = randomOf(seed, 'history')
  const seqs = new Map<string, number>()
  return Array.from({ length: 12 }, (_, at) => {
    const replica = random.pick(replicas)
    const seen = new Map<string, number>()
    for (const other of replicas) {
      const seq = random.below((seqs.get(other) ?? 0) + 1)
      if (seq > 0) seen.set(other, seq)
    }
    const seq = (seqs.get(replica) ?? 0) + 1
    seqs.set(replica, seq)
    const put = random.chance(0.7) ? { value: at } : undefined
    return {
      id: `${replica}${seq}`,
      peer: replica,
      replica,
      seq,
      prev: undefined,
      ms: random.below(4),
      counter: 0,
      badge: undefined,
      authorship: undefined,
      spentBytes: 0,
      changesBytes: 0,
      changes: [{ key: 'k', seen, put }],
    }
  })
}

describe('heads kept change by change', () => {
  it('are those that the oracle finds, whatever the order', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const facts = history(seed)
      const random = randomOf(seed, 'order')
      const key = noHeads()
      const left = [...facts]
      while (left.length > 0) {
        const [fact] = left.splice(random.below(left.length), 1)
        addChange(key, { fact: fact!, change: fact!.changes[0]! })
      }
      const expected = oracleView(facts).get('k') ?? []
      expect(putHeadsOf(key).map(({ fact }) => fact.id)).toEqual(
        expected.map(({ fact }) => fact.id),
      )
    }
  })
})
