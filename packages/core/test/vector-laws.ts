import * as fc from 'fast-check'
import type { ReplicaId } from '../src/ids.js'
import type * as Vectors from '../src/version-vector.js'
import { Violation } from './invariants.js'

type Vector = Vectors.VersionVector

const ids = ['a1', 'b2', 'c3', 'd4'] as ReplicaId[]

const vectors: fc.Arbitrary<Vector> = fc
  .array(fc.nat(4), { minLength: ids.length, maxLength: ids.length })
  .map(
    (seqs) =>
      new Map(
        ids.flatMap((id, index) => {
          const seq = seqs[index] ?? 0
          return seq > 0 ? [[id, seq] as const] : []
        }),
      ),
  )

const print = (vector: Vector): string =>
  JSON.stringify([...vector].sort(([a], [b]) => (a < b ? -1 : 1)))

/** Join and meet make a lattice under `covers`; `cap` is the meet with the limits. */
export function vectorLaws(
  { cap, covers, coversDot, join, meet, withDot }: typeof Vectors,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): void {
  const demand = (held: boolean, law: string): void => {
    if (!held) throw new Violation(`vectors: ${law} does not hold`)
  }
  const same = (a: Vector, b: Vector, law: string): void => demand(print(a) === print(b), law)

  const law = fc.property(vectors, vectors, vectors, (a, b, c) => {
    const before = [a, b, c].map(print).join()
    for (const [name, both] of [
      ['join', join],
      ['meet', meet],
    ] as const) {
      same(both([a, b]), both([b, a]), `commutative ${name}`)
      same(both([a, both([b, c])]), both([both([a, b]), c]), `associative ${name}`)
      same(both([a, b, c]), both([a, both([b, c])]), `${name} of many`)
      same(both([a, a]), a, `idempotent ${name}`)
    }
    same(join([a, meet([a, b])]), a, 'absorption of meet')
    same(meet([a, join([a, b])]), a, 'absorption of join')
    same(join([]), new Map(), 'join of nothing')

    demand(covers(join([a, b]), a) && covers(a, meet([a, b])), 'bounds')
    demand(covers(a, b) === (print(join([a, b])) === print(a)), 'covers as join')
    demand(covers(a, b) === (print(meet([a, b])) === print(b)), 'covers as meet')
    demand(!(covers(c, a) && covers(c, b)) || covers(c, join([a, b])), 'least upper bound')
    demand(!(covers(a, c) && covers(b, c)) || covers(meet([a, b]), c), 'greatest lower bound')

    same(
      cap(a, (id) => b.get(id) ?? 0),
      meet([a, b]),
      'cap as meet',
    )
    same(
      cap(a, () => Number.POSITIVE_INFINITY),
      a,
      'cap at no limit',
    )
    for (const replica of ids) {
      const dot = { replica, seq: 2 }
      const one = new Map([[replica, 2]])
      demand(coversDot(a, dot) === covers(a, one), 'covers of a dot')
      same(withDot(a, dot), join([a, one]), 'with a dot as join')
    }
    demand([a, b, c].map(print).join() === before, 'arguments left alone')
  })
  fc.assert(law, { numRuns: runs, seed })
}
