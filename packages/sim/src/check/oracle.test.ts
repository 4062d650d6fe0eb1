import { openReplica } from '@grapevine/core'
import type * as Core from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { epochMs } from '../world/clock.js'
import { cryptoOf, signaturesOf } from '../world/crypto.js'
import type { Fact, FactChange } from './oracle.js'
import { createReader, oracleView } from './oracle.js'

const signatures = signaturesOf('stub')
const meshId = signatures.hash(Uint8Array.of(1))
const read = createReader(meshId, signatures.hash)

/** What a replica stores of one write. */
function stored(write: Core.Write): { readonly release: Core.Release; readonly bytes: Uint8Array } {
  const peer = signatures.peerOf('alice')
  const mesh = { id: meshId, admins: new Set<Core.PeerId>(), revocable: false }
  const { replica } = openReplica({ mesh, crypto: cryptoOf(signatures, peer, 1, 1), peer })
  const effects = replica.handle({ type: 'write', ...write }, epochMs)
  const answer = effects.find((effect) => effect.type === 'written')!.release!
  const { records } = effects.find((effect) => effect.type === 'persist')!
  return { release: answer, bytes: records.get(`release/${answer.replica}/1`)! }
}

describe('createReader', () => {
  it('reads from the bytes alone what the replica says of a release', () => {
    const put = new Map<string, unknown>([
      ['a', 1],
      ['b/c', { deep: [true, null, 'text'] }],
      ['d', new Uint8Array([1, 2])],
    ])
    const { release, bytes } = stored({ put })
    const fact = read(bytes)
    const { id, peer, replica, seq, stamp } = release
    expect(fact).toMatchObject({ id, peer, replica, seq, prev: undefined, ...stamp })
    expect(fact.changes.map((change) => [change.key, change.put?.value])).toEqual([...put])
  })
})

const change = (seen: Readonly<Record<string, number>>, value?: unknown): FactChange => ({
  key: 'k',
  seen: new Map(Object.entries(seen)),
  put: value === undefined ? undefined : { value },
})

const fact = (replica: string, seq: number, ms: number, said: FactChange): Fact => ({
  id: `${replica}${seq}`,
  peer: replica,
  replica,
  seq,
  prev: undefined,
  ms,
  counter: 0,
  badge: undefined,
  authorship: undefined,
  spentBytes: 0,
  changesBytes: 0,
  changes: [said],
})

const heads = (...facts: readonly Fact[]): readonly string[] =>
  (oracleView(facts).get('k') ?? []).map(({ fact: { id } }) => id)

describe('oracleView', () => {
  it('shows a put that nobody has seen', () => {
    expect(heads(fact('a', 1, 5, change({}, 1)))).toEqual(['a1'])
  })

  it('hides what another change has seen, whatever the stamps say', () => {
    const later = fact('a', 1, 9, change({}, 1))
    expect(heads(later, fact('b', 1, 5, change({ a: 1 }, 2)))).toEqual(['b1'])
  })

  it('lists concurrent puts, the greatest stamp first', () => {
    const all = [fact('a', 1, 5, change({}, 1)), fact('b', 1, 6, change({}, 2))] as const
    expect(heads(...all)).toEqual(['b1', 'a1'])
  })

  it('orders equal stamps by replica id, and those of one replica id by seq', () => {
    const all = ['a', 'b'].flatMap((name) => [1, 2].map((seq) => fact(name, seq, 5, change({}, 1))))
    expect(heads(...all)).toEqual(['b2', 'b1', 'a2', 'a1'])
  })

  it('shows neither a remove nor what it has seen, and lets a put survive that it had not seen', () => {
    const put = fact('a', 1, 5, change({}, 1))
    const remove = fact('b', 1, 6, change({ a: 1 }))
    expect(heads(put, remove)).toEqual([])
    expect(heads(put, fact('c', 1, 5, change({}, 2)), remove)).toEqual(['c1'])
  })

  it('believes who knows better what a writer had seen', () => {
    const facts = [fact('a', 1, 5, change({}, 1)), fact('b', 1, 6, change({}, 2))]
    const truly = oracleView(facts, () => new Map([['a', 1]]))
    expect(truly.get('k')?.map(({ fact: { id } }) => id)).toEqual(['b1'])
  })
})
