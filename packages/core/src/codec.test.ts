import { describe, expect, it } from 'vitest'
import {
  asBoolean,
  asBytes,
  asCount,
  asList,
  asText,
  checkFormat,
  decode,
  encode,
} from './codec.js'
import { Malformed } from './errors.js'

const hex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits, 'hex'))

describe('codec', () => {
  it('reads what it wrote', () => {
    const value = { a: [1, -1, 1.5, null, true, 'é', new Uint8Array([1])] }
    expect(decode(encode(value))).toEqual(value)
  })

  it.each([
    ['nothing', ''],
    ['half of something', '8201'],
    ['two things', '0101'],
    ['a long integer', '1801'],
    ['a long length', '780161'],
    ['unsorted members', 'a2616201616102'],
    ['a member twice', 'a2616101616102'],
    ['a short float', 'f93c00'],
    ['a float that is a whole number', 'fb3ff0000000000000'],
    ['NaN', 'fb7ff8000000000000'],
    ['undefined', 'f7'],
    ['indefinite length', '9f01ff'],
    ['invalid UTF-8', '62c328'],
    ['a tag', 'c101'],
  ])('refuses %s', (_what, digits) => {
    expect(() => decode(hex(digits))).toThrow(Malformed)
  })

  it('says how much is too much', () => {
    expect(() => decode(new Uint8Array(9), 8)).toThrow('it is 9 bytes long, the limit is 8')
  })

  it('names what it did not find', () => {
    expect(() => asList({}, 'tips')).toThrow('tips is not a list')
    expect(() => asList([1], 'pair', 2)).toThrow('pair has 1 parts, not 2')
    expect(() => asBytes('x', 'peer')).toThrow('peer is not bytes')
    expect(() => asBytes(new Uint8Array(1), 'peer', 32)).toThrow('peer is 1 bytes, not 32')
    expect(() => asCount(-1, 'seq')).toThrow('seq is not a whole number from 0 to 9007199254740991')
    expect(() => asCount(4, 'step', 3)).toThrow('step is not a whole number from 0 to 3')
    expect(() => asCount(1n, 'seq')).toThrow(Malformed)
    expect(() => asText('éé', 'label', 3)).toThrow('label is longer than 3 bytes')
    expect(() => asText(null, 'label', 3)).toThrow('label is not a text')
    expect(() => asBoolean(0, 'is last')).toThrow('is last is neither true nor false')
    expect(() => checkFormat(2, 1)).toThrow('its format is 2, this replica reads 1')
    expect(() => checkFormat({ toString: 0 }, 1)).toThrow(Malformed)
  })
})
