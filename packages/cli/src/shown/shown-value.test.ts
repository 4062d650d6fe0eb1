import { describe, expect, it } from 'vitest'
import { harmless, isSealed, onOneLine, valueInWords } from './shown-value.js'

describe('a value in a line', () => {
  it('is JSON, bytes are counted, and what is sealed stays so', () => {
    expect(valueInWords('Sale!')).toBe('"Sale!"')
    expect(valueInWords({ a: [1, null], b: new Uint8Array([1]) })).toBe(
      '{"a":[1,null],"b":{"$bytes":"AQ=="}}',
    )
    expect(valueInWords(new Uint8Array(12))).toBe('(12 bytes)')
    expect(valueInWords(new Uint8Array(1))).toBe('(1 byte)')
    expect(valueInWords({ $secret: { age: new Uint8Array(9) } })).toBe('(sealed)')
    expect(valueInWords(undefined)).toBe('no value')
    expect([isSealed(['$secret']), isSealed('$secret'), isSealed(null)]).toEqual([
      false,
      false,
      false,
    ])
  })

  it('is cut where it is long, and never inside of a letter', () => {
    expect(valueInWords('x'.repeat(99))).toBe(`"${'x'.repeat(58)}…`)
    expect(valueInWords('abc😀def', 6)).toBe('"abc…')
    expect(valueInWords('x'.repeat(99), Infinity)).toHaveLength(101)
  })
})

describe('a text that others wrote', () => {
  it('cannot steer a terminal', () => {
    expect(harmless('a\u001b[31m\u202eb\u009b\r')).toBe('a\\u001b[31m\\u202eb\\u009b\\u000d')
    expect(harmless('two\n\tlines')).toBe('two\n\tlines')
    expect(onOneLine(' two\n lines\u0007')).toBe('two lines\\u0007')
  })
})
