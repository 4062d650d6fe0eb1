import { describe, expect, it } from 'vitest'
import { type ReplicaId } from './ids.js'
import {
  type VersionVector,
  cap,
  covers,
  coversDot,
  emptyVector,
  join,
  meet,
  withDot,
} from './version-vector.js'

const vector = (entries: Record<string, number>): VersionVector =>
  new Map(Object.entries(entries) as [ReplicaId, number][])
const a = 'a' as ReplicaId
const b = 'b' as ReplicaId

describe('version vector', () => {
  it('counts an absent id as 0', () => {
    expect(coversDot(emptyVector, { replica: a, seq: 1 })).toBe(false)
    expect(coversDot(vector({ a: 2 }), { replica: a, seq: 2 })).toBe(true)
    expect(coversDot(vector({ a: 2 }), { replica: a, seq: 3 })).toBe(false)
  })

  it('covers another where no entry is less', () => {
    expect(covers(vector({ a: 2, b: 1 }), vector({ a: 2 }))).toBe(true)
    expect(covers(vector({ a: 2, b: 1 }), vector({ a: 1, b: 2 }))).toBe(false)
    expect(covers(emptyVector, emptyVector)).toBe(true)
  })

  it('joins to the least that covers all', () => {
    expect(join([vector({ a: 1, b: 3 }), vector({ a: 2 })])).toEqual(vector({ a: 2, b: 3 }))
    expect(join([vector({ a: 2 }), vector({ a: 1 })])).toEqual(vector({ a: 2 }))
    expect(join([])).toEqual(emptyVector)
  })

  it('meets in the greatest that all cover', () => {
    expect(meet([vector({ a: 1, b: 3 }), vector({ a: 2 })])).toEqual(vector({ a: 1 }))
    expect(meet([])).toEqual(emptyVector)
  })

  it('is never changed in place', () => {
    const old = vector({ a: 1 })
    expect(withDot(old, { replica: b, seq: 4 })).toEqual(vector({ a: 1, b: 4 }))
    expect(withDot(old, { replica: a, seq: 1 })).toBe(old)
    expect(join([old, vector({ a: 5 })])).toEqual(vector({ a: 5 }))
    expect(cap(old, () => 0)).toEqual(emptyVector)
    expect(old).toEqual(vector({ a: 1 }))
  })

  it('is capped entry by entry, and loses an entry that is capped at 0', () => {
    const limits = new Map([
      [a, 2],
      [b, 0],
    ])
    const limitOf = (replica: ReplicaId): number => limits.get(replica) ?? Number.POSITIVE_INFINITY
    expect(cap(vector({ a: 5, b: 1, c: 9 }), limitOf)).toEqual(vector({ a: 2, c: 9 }))
    const within = vector({ a: 2, c: 9 })
    expect(cap(within, limitOf)).toBe(within)
  })
})
