import { describe, expect, it } from 'vitest'
import { checksumBytes, checksumOf, seal, unseal } from './checksum.js'

describe('a checksum', () => {
  it('tells name and value apart, wherever the one ends', () => {
    const of = (name: string, value: string): string =>
      Buffer.from(checksumOf(name, Buffer.from(value))).toString('hex')
    expect(of('a', 'bc')).not.toBe(of('ab', 'c'))
    expect(of('a', 'bc')).toBe(of('a', 'bc'))
    expect(of('', '')).toHaveLength(2 * checksumBytes)
  })

  it('is the same over values that fit its buffer and those that do not', () => {
    const sizes = [65_528, 65_529, 65_530, 200_000]
    const checksums = sizes.map((size) => checksumOf('n', new Uint8Array(size)))
    expect(new Set(checksums.map((each) => Buffer.from(each).toString('hex'))).size).toBe(4)
  })
})

describe('a sealed line', () => {
  const content = { transaction: 412, words: 'größer' }

  it('opens to what was sealed', () => {
    expect(unseal(seal(content))).toEqual(content)
    expect(unseal(seal(7))).toBe(7)
  })

  it('does not open once any bit of it is wrong', () => {
    const line = Buffer.from(seal(content))
    for (let at = 0; at < line.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bent = Buffer.from(line)
        bent[at]! ^= 1 << bit
        expect(unseal(bent.toString())).toBeUndefined()
      }
    }
  })

  it('does not open when a part of it is missing, or something is added', () => {
    const line = seal(content)
    for (let size = 0; size < line.length; size++) {
      expect(unseal(line.slice(0, size))).toBeUndefined()
    }
    expect(unseal(`${line} `)).toBeUndefined()
  })
})
