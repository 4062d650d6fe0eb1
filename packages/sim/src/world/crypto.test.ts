import { describe, expect, it } from 'vitest'
import { cryptoOf, signaturesOf, stubHash } from './crypto.js'

const text = new TextEncoder()
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('stand-in hash', () => {
  it('tells apart whatever differs by one bit, one byte more, or in order', () => {
    const seen = new Set<string>()
    let made = 0
    const make = (bytes: Uint8Array): void => {
      made += 1
      seen.add(hex(stubHash(bytes)).slice(0, 32))
    }
    for (let size = 0; size < 70; size++) {
      make(new Uint8Array(size))
      for (let bit = 0; bit < size * 8; bit++) {
        const bytes = new Uint8Array(size)
        bytes[bit >> 3] = 1 << (bit & 7)
        make(bytes)
      }
    }
    for (let number = 0; number < 50_000; number++) make(text.encode(`number ${number}`))
    expect(seen.size).toBe(made)
  })

  it('turns over about half of its bits for each bit that differs', () => {
    const bytes = text.encode('the quick brown fox jumps over the lazy dog')
    const before = stubHash(bytes)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const bent = Uint8Array.from(bytes)
      bent[bit >> 3]! ^= 1 << (bit & 7)
      const turned = stubHash(bent).map((byte, index) => byte ^ before[index]!)
      const bits = [...turned].reduce(
        (sum, byte) => sum + byte.toString(2).replaceAll('0', '').length,
        0,
      )
      expect(bits).toBeGreaterThan(80)
      expect(bits).toBeLessThan(176)
    }
  })
})

for (const kind of ['stub', 'ed25519'] as const) {
  describe(`${kind} signatures`, () => {
    const signatures = signaturesOf(kind)
    const alice = signatures.peerOf('alice')
    const bob = signatures.peerOf('bob')
    const bytes = text.encode('a release')
    const signature = signatures.signAs(alice, bytes)

    it('hold for the signer and these bytes alone', () => {
      expect([hex(signature).length, alice.length]).toEqual([128, 64])
      expect(signatures.verify(alice, bytes, signature)).toBe(true)
      expect(signatures.verify(bob, bytes, signature)).toBe(false)
      expect(signatures.verify(alice, text.encode('a lie'), signature)).toBe(false)
    })

    it('do not hold when any byte of them is bent or gone', () => {
      for (const at of [0, 31, 32, 63]) {
        const bent = Uint8Array.from(signature)
        bent[at]! ^= 1
        expect(signatures.verify(alice, bytes, bent)).toBe(false)
      }
      expect(signatures.verify(alice, bytes, signature.subarray(0, 32))).toBe(false)
    })

    it('are the same in every run', () => {
      const again = signaturesOf(kind)
      expect(again.peerOf('alice')).toBe(alice)
      expect(again.signAs(alice, bytes)).toEqual(signature)
    })
  })
}

describe('chance of a replica', () => {
  it('differs from process to process', () => {
    const signatures = signaturesOf('stub')
    const alice = signatures.peerOf('alice')
    const draws = [1, 2, 1].map((process) => hex(cryptoOf(signatures, alice, 5, process).random(8)))
    expect(draws[0]).not.toBe(draws[1])
    expect(draws[0]).toBe(draws[2])
  })
})
