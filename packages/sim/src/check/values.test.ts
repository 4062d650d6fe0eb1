import { describe, expect, it } from 'vitest'
import { printValue, sameValue } from './values.js'

describe('sameValue', () => {
  it('compares by content, whatever the order of the fields', () => {
    expect(sameValue({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] })).toBe(true)
    expect(sameValue(new Uint8Array([1]), Buffer.from([1]))).toBe(true)
  })

  it.each([
    [1, '1'],
    [[], {}],
    [{ a: undefined }, { b: undefined }],
    [new Uint8Array([1]), [1]],
    [null, {}],
  ])('tells %j from %j', (a, b) => {
    expect(sameValue(a, b)).toBe(false)
  })
})

describe('printValue', () => {
  it('is short, whatever the value', () => {
    expect(printValue({ a: 1 })).toBe('{"a":1}')
    expect(printValue(new Uint8Array(9))).toBe('9 bytes')
    expect(printValue(undefined)).toBe('nothing')
    expect(printValue('x'.repeat(99))).toHaveLength(41)
  })
})
