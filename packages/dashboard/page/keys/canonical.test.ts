import { copyValue } from '@grapevine/core'
import type { Key, Value } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { inOrder, isSame } from './canonical.js'

describe('order of members', () => {
  it.each<Value>([
    { bb: 1, a: 2, c: { é: 1, zz: 2, z: 3 } },
    { '10': 1, '9': 2, b: [{ y: 1, x: 2 }] },
    { ä: 1, zz: 2, aaa: 3 },
  ])('of %j is that of peers', (value) => {
    expect(JSON.stringify(inOrder(value))).toBe(JSON.stringify(copyValue('k' as Key, value)))
  })

  it('makes no difference to what is the same', () => {
    expect(isSame({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true)
    expect(isSame([1, 2], [2, 1])).toBe(false)
    expect(isSame('1', 1)).toBe(false)
    expect(isSame(new Uint8Array([1]), new Uint8Array([1]))).toBe(true)
  })
})
