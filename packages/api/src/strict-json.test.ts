import { describe, expect, it } from 'vitest'
import { JsonFault, readStrictJson } from './strict-json.js'

describe('readStrictJson', () => {
  it('reads what JSON.parse reads, and as it does', () => {
    const texts = [
      'null',
      ' true ',
      'false',
      '0',
      '-0',
      '-1.5e-3',
      '1E+2',
      '9007199254740991',
      '0.1',
      '""',
      '"a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é😀"',
      '"\u007f\u2028"',
      '[]',
      '[ ]',
      '[1,[2,[]],{}]',
      '{}',
      '{ }',
      '{"a":{"b":[{"c":null}]},"":1}',
      '\t{\r\n "constructor" : 1 , "toString":2 }\n',
      '1e21',
      '123456789012345680000',
      '5e-324',
    ]
    for (const text of texts) expect(readStrictJson(text), text).toEqual(JSON.parse(text))
  })

  it('refuses what JSON.parse refuses', () => {
    const texts = [
      '',
      ' ',
      '{',
      '}',
      '[',
      ']',
      '[1',
      '[1,',
      '[1,]',
      '[,1]',
      '{"a"',
      '{"a":',
      '{"a":1',
      '{"a":1,',
      '{"a":1,}',
      '{a:1}',
      "{'a':1}",
      '{"a" 1}',
      '"',
      '"a',
      '"\\x"',
      '"\\u12"',
      '"\\u12g4"',
      '"\n"',
      '"\u0000"',
      '01',
      '1.',
      '.5',
      '+1',
      '1e',
      '-',
      'nul',
      'nulll',
      'NaN',
      'Infinity',
      '1 2',
      '[1]]',
      '\u00a01',
      '// 1',
      'undefined',
    ]
    for (const text of texts) {
      expect(() => JSON.parse(text) as unknown, text).toThrow(SyntaxError)
      expect(() => readStrictJson(text), text).toThrow(JsonFault)
    }
  })

  it('says where', () => {
    expect(() => readStrictJson('{\n  "a": 1,\n  "b": x\n}')).toThrow('(line 3, column 8)')
    expect(() => readStrictJson('[1 2]')).toThrow('"]" is missing (line 1, column 4)')
    expect(() => readStrictJson('{"a": "b')).toThrow('a text does not end (line 1, column 7)')
    expect(() => readStrictJson('[1,')).toThrow('it ends before its value does (line 1, column 4)')
  })

  it('refuses a member that is there twice, however it is written', () => {
    expect(() => readStrictJson('{"a":1,\n"\\u0061":2}')).toThrow(
      'the member "a" is there twice (line 2, column 1)',
    )
    expect(() => readStrictJson('{"__proto__":1,"__proto__":2}')).toThrow('is there twice')
  })

  it('refuses numbers that would become others', () => {
    for (const text of ['1e400', '-1e999']) {
      expect(() => readStrictJson(text)).toThrow('a number is too large')
    }
    for (const text of ['9007199254740993', '-12345678901234567890']) {
      expect(() => readStrictJson(text)).toThrow('more digits than are held exactly')
    }
  })

  it('takes a member named __proto__ for a member', () => {
    const read = readStrictJson('{"__proto__":{"isAdmin":true}}') as object
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(Object.keys(read)).toEqual(['__proto__'])
    expect('isAdmin' in read).toBe(false)
  })

  it('does not go deeper than anything can be', () => {
    expect(() => readStrictJson('['.repeat(100_000))).toThrow('nested deeper than 64')
    expect(() => readStrictJson('{"a":'.repeat(100_000))).toThrow('nested deeper than 64')
    expect(readStrictJson('['.repeat(64) + ']'.repeat(64))).toBeInstanceOf(Array)
  })

  it('reads large texts without growing slow', () => {
    const text = JSON.stringify({ long: 'x\n'.repeat(1_000_000), list: Array(50_000).fill('a b') })
    expect(readStrictJson(text)).toEqual(JSON.parse(text))
    expect(() => readStrictJson(`"${' '.repeat(4_000_000)}`)).toThrow('does not end')
  })
})
