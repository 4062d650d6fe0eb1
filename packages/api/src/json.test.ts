import type { Value } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { bytesFrom, shownFrom, toJson, valueFrom } from './json.js'

const there = (value: unknown): unknown => JSON.parse(toJson(value))

describe('values as JSON', () => {
  it('come back as they were', () => {
    const values: readonly Value[] = [
      null,
      true,
      0,
      -1.5e-300,
      '',
      'ä\u2028😀',
      [],
      {},
      [[{}]],
      new Uint8Array(),
      new Uint8Array([0, 255, 128]),
      { a: [new Uint8Array([1])] },
      { $bytes: 'AQ==', more: 1 },

      JSON.parse('{"__proto__":1,"constructor":{"a":2}}') as Value,
    ]
    for (const value of values) expect(valueFrom(there(value))).toEqual(value)
  })

  it('are bytes also where somebody wrote a Buffer, or a part of one', () => {
    const part = Buffer.from('abcdef').subarray(2, 4)
    expect(there({ part })).toEqual({ part: { $bytes: 'Y2Q=' } })
    expect(valueFrom(there(part))).toEqual(new Uint8Array([99, 100]))
  })

  it('write bytes as every base64 does, however many', () => {
    for (const length of [0, 1, 2, 3, 4, 255, 8_192, 8_193, 300_000]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 31) % 256)
      expect(there(bytes)).toEqual({ $bytes: Buffer.from(bytes).toString('base64') })
      expect(valueFrom(there(bytes))).toEqual(bytes)
    }
  })

  it('are refused where they are marked as bytes and are none', () => {
    for (const text of ['"?"', '"AQ"', '"AQ==\\n"', '"AR=="', '7', 'null', '{}', '"-_"']) {
      const marked = JSON.parse(`{"a":[{"$bytes":${text}}]}`) as unknown
      expect(() => valueFrom(marked), text).toThrow('stands for bytes, and this is no base64')
      expect(shownFrom(marked)).toEqual(marked)
    }
  })
})

describe('answers as JSON', () => {
  it('have Maps as objects, whatever their names, and leave out what is not there', () => {
    const labels = new Map([
      ['__proto__', 'a'],
      ['zone', 'b'],
    ])
    const text = toJson({ labels, none: undefined, reached: () => 1, list: [undefined] })
    expect(text).toBe('{"labels":{"__proto__":"a","zone":"b"},"list":[null]}')
  })
})

describe('bytesFrom', () => {
  it('takes nothing but bytes', () => {
    expect(bytesFrom({ $bytes: 'AQ==' })).toEqual(new Uint8Array([1]))
    for (const other of [null, 7, 'AQ==', {}, [], { $bytes: 'AQ==', b: 1 }, { bytes: 'AQ==' }]) {
      expect(bytesFrom(other)).toBe(undefined)
    }
  })
})
