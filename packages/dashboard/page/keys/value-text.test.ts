import { describe, expect, it } from 'vitest'
import type { Value } from '@grapevine/core'
import { kindOf, kinds, readText, textAs, textOf } from './value-text.js'
import type { Kind } from './value-text.js'

const values: readonly Value[] = [
  'plain',
  '12',
  '',
  ' {"a": 1} ',
  'two\nlines',
  0,
  -1.5e21,
  true,
  false,
  null,
  [],
  [1, 'a', null],
  { a: { b: [true] } },
  new Uint8Array([0, 255, 7]),
  new Uint8Array(),
  { inside: new Uint8Array([1, 2]) },
]

describe('value and text', () => {
  it.each(values)('%j is read back as it was', (value) => {
    expect(readText(textOf(value), kindOf(value))).toEqual({ isValid: true, value })
  })

  it('keeps a text a text, whatever it looks like', () => {
    for (const text of ['12', 'true', 'null', '{"a":1}']) {
      expect(readText(text, 'text')).toEqual({ isValid: true, value: text })
    }
  })

  it.each<[Kind, string, string]>([
    ['json', '{\n  "daily": 9,\n  "x" 1\n}', '":" is missing (line 3, column 7)'],
    ['json', '{"a": 1, "a": 2}', 'the member "a" is there twice (line 1, column 10)'],
    ['json', '  ', 'there is nothing yet'],
    ['json', '{"$bytes": "?"}', 'no base64'],
    ['number', '"12"', 'this is no number'],
    ['number', '12345678901234567890', 'more digits than are held exactly'],
    ['number', 'twelve', '(line 1, column 1)'],
    ['boolean', 'yes', 'choose true or false'],
    ['bytes', 'AAAA\nA?AA', 'here stands no base64 (line 2, column 2)'],
    ['bytes', 'AAA', 'this is no base64'],
  ])('as %s says of %j what is wrong with it', (kind, text, why) => {
    const read = readText(text, kind)
    expect(read.isValid ? '' : read.why).toContain(why)
  })

  it('takes base64 over several lines', () => {
    expect(readText('AAE\nC\n', 'bytes')).toEqual({
      isValid: true,
      value: new Uint8Array([0, 1, 2]),
    })
  })
})

describe('a text of another kind', () => {
  it.each<[string, Kind, Kind, string]>([
    ['hello', 'text', 'json', '"hello"'],
    ['{"a": 1}', 'text', 'json', '{"a": 1}'],
    ['"hello"', 'json', 'text', 'hello'],
    ['{"a":1}', 'json', 'text', '{"a":1}'],
    [' 12 ', 'text', 'number', '12'],
    ['12', 'number', 'text', '12'],
    ['hi', 'text', 'bytes', 'aGk='],
    ['aGk=', 'bytes', 'text', 'hi'],
    ['/w==', 'bytes', 'text', '/w=='],
    ['aGk=', 'bytes', 'json', '{\n  "$bytes": "aGk="\n}'],
    ['true', 'text', 'boolean', 'true'],
    ['{', 'json', 'text', '{'],
  ])('%j as %s becomes as %s %j', (text, from, to, after) => {
    expect(textAs(text, from, to)).toBe(after)
  })

  it('is not lost on the way there and back', () => {
    for (const to of kinds) {
      expect(textAs(textAs('say "hi"', 'text', to), to, 'text')).toBe('say "hi"')
    }
  })
})
