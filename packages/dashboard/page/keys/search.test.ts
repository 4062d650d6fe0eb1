import { describe, expect, it } from 'vitest'
import type { Value } from '@grapevine/core'
import type { KeyRow } from '../desk.js'
import { excerptOf, isFound, marked, markedEnd, searchFor } from './search.js'

const row = (key: string, value: Value): KeyRow => ({
  key: key as KeyRow['key'],
  value,
  version: 'v',
  release: undefined,
})

const finds = (typed: string, one: KeyRow): boolean => {
  const search = searchFor(typed)
  return search !== undefined && isFound(search, one)
}

const shown = (pieces: ReturnType<typeof marked>): string =>
  pieces.map(({ text, isMarked }) => (isMarked ? `[${text}]` : text)).join('')

describe('search', () => {
  const banner = row('shop/banner', { text: 'Sale!', until: 'Sunday' })

  it('finds every word, in the key or in the value, in capitals or not', () => {
    expect(finds('BANNER sunday', banner)).toBe(true)
    expect(finds('banner monday', banner)).toBe(false)
    expect(finds('shop/ban', banner)).toBe(true)
  })

  it('takes what is typed as it stands', () => {
    expect(finds('a.b', row('a.b', 1))).toBe(true)
    expect(finds('a.b', row('axb', 1))).toBe(false)
    expect(finds('(*[', row('x', 'so: (*[ ok'))).toBe(true)
    expect(finds('\\u-/', row('x', 'a \\u-/ b'))).toBe(true)
  })

  it('looks for nothing where nothing was typed', () => {
    expect(searchFor('  ')).toBeUndefined()
  })

  it('finds the same again: nothing is remembered between two looks', () => {
    const search = searchFor('sale')!
    expect([isFound(search, banner), isFound(search, banner)]).toEqual([true, true])
  })

  it('does not look into secrets', () => {
    const secret = { $secret: { age: new Uint8Array(3), recipients: [{ name: 'bob' }] } }
    expect(finds('bob', row('db', secret))).toBe(false)
  })
})

describe('marks', () => {
  it('stand around what was found', () => {
    expect(shown(marked('A sale, a SALE', searchFor('sale')))).toBe('A [sale], a [SALE]')
    expect(shown(marked('sale', undefined))).toBe('sale')
  })

  it('go over the segments of a key', () => {
    expect(shown(markedEnd('shop/banner', 6, searchFor('op/ban')))).toBe('[ban]ner')
    expect(shown(markedEnd('shop/banner', 6, searchFor('shop')))).toBe('banner')
  })
})

describe('excerpt', () => {
  it('is one line, and begins near what was found', () => {
    const text = `${'x'.repeat(100)}\nneedle`
    expect(excerptOf(row('a', 'one\n two'), undefined)).toBe('one two')
    expect(excerptOf(row('a', text), searchFor('needle'))).toBe(`…${'x'.repeat(11)} needle`)
  })
})
