import { describe, expect, it } from 'vitest'
import { prefixOf } from './prefixes.js'

describe('a prefix of keys', () => {
  it('is what keys begin with, or a folder and all below it', () => {
    for (const [typed, prefix] of [
      [undefined, ''],
      ['**', ''],
      ['', ''],
      ['payments/**', 'payments/'],
      ['payments/', 'payments/'],
      ['pay', 'pay'],
    ] as const) {
      expect(prefixOf(typed)).toBe(prefix)
    }
  })

  it('is refused where it could mean something else', () => {
    for (const typed of ['pay*', '*/max', 'a/**/b', 'a?', '[ab]', '{a,b}']) {
      expect(() => prefixOf(typed)).toThrow(/is no prefix of keys/)
    }
  })
})
