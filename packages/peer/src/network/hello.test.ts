import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Malformed, decode, encode } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import { decodeHello, encodeHello, ownVersions, strangeness } from './hello.js'
import type { Hello } from './hello.js'
import { decodeBookPage, decodeTwins, encodeBookPage, encodeTwins } from './wire.js'

const hello: Hello = {
  versions: ownVersions,
  meshId: new Uint8Array(32).fill(1),
  introduction: { name: 'payments-3', instance: 'a1b2', software: 'grapevine 0.1.0' },
  addresses: ['/ip4/10.0.0.2/tcp/7000'],
  gossips: true,
}
const fields = decode(encodeHello(hello)) as unknown[]

describe('an introduction', () => {
  it('is read as it was written', () => {
    expect(decodeHello(encodeHello(hello))).toEqual(hello)
  })

  it('may have fields that are not known yet', () => {
    expect(decodeHello(encode([...fields, 'later', { more: 1 }]))).toEqual(hello)
  })

  it('is shortened by its writer, and refused by its reader where it is too long', () => {
    const long = { ...hello, introduction: { ...hello.introduction, name: 'é'.repeat(1_000) } }
    expect(decodeHello(encodeHello(long)).introduction.name).toBe('é'.repeat(64))
    const forged = fields.with(3, 'é'.repeat(1_000))
    expect(() => decodeHello(encode(forged))).toThrow(Malformed)
  })

  it('cannot steer a terminal', () => {
    const forged = encode(fields.with(3, 'ann\u001b[2Ja\u202e'))
    expect(decodeHello(forged).introduction.name).toBe('ann?[2Ja?')
  })

  it('of another mesh, or of versions that do not meet, is strange, with a word on what to do', () => {
    expect(strangeness(hello, hello)).toBeUndefined()
    expect(strangeness(hello, { ...hello, meshId: new Uint8Array(32) })).toMatchObject({
      notice: 'stranger',
      why: 'belongs to another mesh (00000000…, this one is 01010101…): check `mesh` and `peers` on both',
    })
    expect(strangeness(hello, { ...hello, versions: { min: 1, max: 5 } })).toBeUndefined()
    const newer = strangeness(hello, { ...hello, versions: { min: 2, max: 5 } })
    expect(newer).toMatchObject({ notice: 'incompatible' })
    expect(newer?.why).toContain('speaks protocol 2 to 5; this peer speaks 1: upgrade this one')
  })
})

/** Any failure but the one that is meant to be. */
function failureOf(act: () => unknown): string {
  try {
    act()
    return 'none'
  } catch (error) {
    return error instanceof Malformed ? 'none' : String(error)
  }
}

describe('bytes from outside', () => {
  const page = encodeBookPage([
    { peer: 'ab'.repeat(32) as PeerId, name: 'bob', addresses: ['/ip4/10.0.0.3/tcp/1'], seenAt: 5 },
  ])
  const readers = [
    ['introduction', encodeHello(hello), decodeHello],
    ['book page', page, decodeBookPage],
    ['twin warning', encodeTwins(['one', 'two']), decodeTwins],
  ] as const

  it.each(readers)('are a %s, or malformed, and nothing else', (_, golden, read) => {
    const bent = fc
      .tuple(fc.nat(golden.length * 8 - 1), fc.nat(golden.length))
      .map(([bit, length]) => {
        const bytes = Uint8Array.from(golden)
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        return bytes.subarray(0, length)
      })
    fc.assert(
      fc.property(fc.oneof(bent, fc.uint8Array({ maxLength: 64 })), (bytes) => {
        expect(failureOf(() => read(bytes))).toBe('none')
      }),
    )
  })

  it('that are nested without end are malformed', () => {
    for (const [, , read] of readers) {
      expect(() => read(new Uint8Array(1_000).fill(0x81))).toThrow(Malformed)
      expect(() => read(randomBytes(100_000))).toThrow(Malformed)
    }
  })
})
