import { describe, expect, it } from 'vitest'
import { shortJson } from './value-text.js'

describe('a value on one line', () => {
  it('is written as JSON while it is short', () => {
    expect(shortJson('Sale!')).toBe('"Sale!"')
    expect(shortJson({ daily: 800 })).toBe('{"daily":800}')
    expect(shortJson(null)).toBe('null')
    expect(shortJson('x'.repeat(70))).toHaveLength(72)
    expect(shortJson('x'.repeat(71))).toBe(undefined)
  })

  it('says how many bytes there are', () => {
    expect(shortJson(new Uint8Array(12))).toBe('(12 bytes)')
  })
})
