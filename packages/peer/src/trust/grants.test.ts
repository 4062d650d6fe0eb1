import { describe, expect, it } from 'vitest'
import { grantsInWords, grantsOf } from './grants.js'
import type { Can } from './grants.js'

describe('grants', () => {
  it('are for a prefix of whole segments, or for every key', () => {
    expect(grantsOf({ 'payments/**': 'write', 'shop/a': 'invite', '**': 'admin' })).toEqual([
      { prefix: 'payments', can: 'write' },
      { prefix: 'shop/a', can: 'invite' },
      { prefix: '', can: 'admin' },
    ])
    expect(grantsInWords(grantsOf({ 'payments/**': 'write', '**': 'admin' }))).toBe(
      'write payments/**, admin **',
    )
  })

  it('are none where nothing is said: to read with', () => {
    expect([grantsOf(undefined), grantsOf({})]).toEqual([[], []])
    expect(grantsInWords([])).toBe('read only')
  })

  it('are refused where they could mean something else', () => {
    const refused: [unknown, string][] = [
      [
        { 'pay*': 'write' },
        "can 'pay*' cannot be used: write 'payments/**', or '**' for every key",
      ],
      [{ '': 'write' }, "can '' cannot be used"],
      [{ '/**': 'write' }, "can '/**' cannot be used"],
      [{ a: 'read' }, "can 'read' cannot be used: write 'write', 'invite' or 'admin'"],
      [['a'], "can [ 'a' ] cannot be used"],
      [null, 'can null cannot be used'],
      [
        Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`k${at}`, 'write'])),
        'has 33 prefixes',
      ],
    ]
    for (const [given, text] of refused) expect(() => grantsOf(given as Can)).toThrow(text)
    expect(() => grantsOf({ 'a/../b/**': 'write' })).toThrow('key')
  })
})
