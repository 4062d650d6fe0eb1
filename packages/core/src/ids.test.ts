import { describe, expect, it } from 'vitest'
import {
  type ReplicaId,
  compareText,
  formatDot,
  fromHex,
  sortedEntries,
  sortedValues,
  toHex,
} from './ids.js'

describe('ids', () => {
  it('are hex of their bytes, both ways', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
    expect(fromHex(toHex(bytes))).toEqual(bytes)
    expect(fromHex('')).toEqual(new Uint8Array())
  })

  it('sort alike as texts and as bytes', () => {
    const rows = [
      [0, 9],
      [0, 10],
      [9, 0],
      [10, 0],
      [255, 0],
    ].map((row) => toHex(new Uint8Array(row)))
    expect(rows.toReversed().sort(compareText)).toEqual(rows)
  })

  it('name a dot in one way', () => {
    expect(formatDot({ replica: 'ab' as ReplicaId, seq: 12 })).toBe('ab·12')
  })

  it('walk maps and sets in the order of their keys, whatever the order of insertion', () => {
    expect(
      sortedEntries(
        new Map([
          ['b', 1],
          ['a', 2],
        ]),
      ),
    ).toEqual([
      ['a', 2],
      ['b', 1],
    ])
    expect(sortedValues(new Set(['b', 'a']))).toEqual(['a', 'b'])
  })
})
