import type { Key } from '@grapevine/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sortedKeys } from './sorted-keys.js'

const key = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', '/', '-') })

describe('sorted keys', () => {
  it('are what sorting all of them gives, whatever came and went', () => {
    const keys = fc.uniqueArray(key, { maxLength: 60 })
    const law = fc.property(keys, keys, fc.string(), (before, after, prefix) => {
      const sorted = sortedKeys(before as Key[])
      const came = after.filter((one) => !before.includes(one))
      const went = before.filter((one) => !after.includes(one))
      sorted.update(came as Key[], new Set(went as Key[]))
      for (const under of ['', 'a', 'a/', 'b', prefix]) {
        const expected = after.filter((one) => one.startsWith(under)).sort()
        expect(sorted.under(under)).toEqual(expected)
      }
    })
    fc.assert(law, { numRuns: 500 })
  })
})
