import { randomBytes } from 'node:crypto'
import { xsalsa20 } from '@noble/ciphers/salsa.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyStream, nonceBytes } from './salsa.js'

describe('a key stream', () => {
  const key = randomBytes(32)
  const nonce = randomBytes(nonceBytes)

  it('is one and the same, in whatever pieces the bytes come', () => {
    const bytes = randomBytes(1_000)
    const whole = xsalsa20(key, nonce, bytes)
    const cuts = fc.array(fc.nat(bytes.length), { maxLength: 12 })
    fc.assert(
      fc.property(cuts, (list) => {
        const at = [0, ...list.toSorted((a, b) => a - b), bytes.length]
        const mix = keyStream(key, nonce)
        const pieces = at.slice(1).map((end, index) => mix(bytes.subarray(at[index], end)))
        expect(Buffer.concat(pieces).equals(Buffer.from(whole))).toBe(true)
      }),
    )
  })

  it('leaves the bytes that it was handed as they were', () => {
    const bytes = Buffer.alloc(100, 1)
    keyStream(key, nonce)(bytes)
    expect(bytes).toEqual(Buffer.alloc(100, 1))
  })
})
