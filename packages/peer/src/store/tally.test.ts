import { describe, expect, it } from 'vitest'
import { checksumOf, seal } from './checksum.js'
import { countFrom, decodeTally, emptyTally, encodeTally, storeFormat } from './tally.js'

const checksum = (text: string): Uint8Array => checksumOf(text, Buffer.from(text))

describe('a tally', () => {
  it('names the same records alike, in whatever order they came and went', () => {
    const [there, back] = [countFrom(emptyTally), countFrom(emptyTally)]
    for (const text of ['a', 'b', 'c']) there.add(checksum(text))
    for (const text of ['c', 'x', 'a', 'b']) back.add(checksum(text))
    back.remove(checksum('x'))
    expect(back.at(1)).toEqual(there.at(1))
    expect(back.at(1)).not.toEqual(emptyTally)
  })

  it('goes on from where it was stored', () => {
    const first = countFrom(emptyTally)
    first.add(checksum('a'))
    const stored = decodeTally(encodeTally(first.at(5)))
    expect(stored).toEqual(first.at(5))
    const next = countFrom(first.at(5))
    next.remove(checksum('a'))
    expect(next.at(6)).toEqual({ ...emptyTally, transaction: 6 })
  })

  it('cannot be read of anything else', () => {
    for (const other of ['', seal(null), seal('text'), seal([]), seal({ format: storeFormat })]) {
      expect(decodeTally(other)).toBeUndefined()
    }
    expect(decodeTally(encodeTally(emptyTally).replace('0', '1'))).toBeUndefined()
    expect(decodeTally(seal({ format: storeFormat, ...emptyTally, records: -1 }))).toBeUndefined()
  })

  it('of a newer version says so', () => {
    expect(decodeTally(seal({ format: storeFormat + 1 }))).toEqual({ format: storeFormat + 1 })
  })
})
