import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Malformed, decode, encode } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import {
  decodeHello,
  decodeRefusal,
  encodeHello,
  encodeRefusal,
  guardedHello,
  ownVersions,
  strangeness,
} from './hello.js'
import type { Hello } from './hello.js'
import {
  decodeBadge,
  decodeBookPage,
  decodeTwins,
  encodeBadge,
  encodeBookPages,
  encodeTwins,
} from './wire.js'

const hello: Hello = {
  versions: ownVersions,
  meshId: new Uint8Array(32).fill(1),
  introduction: { name: 'payments-3', instance: 'a1b2', software: 'grapevine 0.1.0' },
  addresses: ['/ip4/10.0.0.2/tcp/7000'],
  gossips: true,
  badge: [],
}
const fields = decode(encodeHello(hello)) as unknown[]

describe('an introduction', () => {
  it('is read as it was written', () => {
    expect(decodeHello(encodeHello(hello))).toEqual(hello)
  })

  it('may have fields that are not known yet', () => {
    expect(decodeHello(encode([...fields, 'later', { more: 1 }]))).toEqual(hello)
  })

  it('shows a badge, and to whoever is not known to be a member nothing else', () => {
    const shown = { ...hello, badge: [Buffer.alloc(300, 1), Buffer.alloc(300, 2)] }
    expect(decodeHello(encodeHello(shown)).badge.map((link) => link.length)).toEqual([300, 300])
    const text = Buffer.from(encodeHello(guardedHello(shown))).toString('latin1')
    for (const secret of ['payments-3', 'grapevine 0.1.0', '10.0.0.2']) {
      expect(text).not.toContain(secret)
    }
  })

  it('may be a refusal instead, with a word on why that fits and is safe to show', () => {
    expect(decodeRefusal(encodeRefusal('shows no badge'))).toBe('shows no badge')
    expect(decodeRefusal(encodeRefusal('é'.repeat(1_000)))).toBe('é'.repeat(256))
    expect(decodeRefusal(encode(['a\u001b[2Jb']))).toBe('a?[2Jb')
    expect(decodeRefusal(encodeHello(hello))).toBeUndefined()
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

describe('pages of contacts', () => {
  it('hold as many as fit, with their badges, and leave none out', () => {
    const contacts = Array.from({ length: 100 }, (_, index) => ({
      peer: index.toString(16).padStart(64, '0') as PeerId,
      name: `peer ${index}`,
      addresses: ['/ip4/10.0.0.3/tcp/1'],
      seenAt: index,
      badge: Array.from({ length: index % 6 }, () => new Uint8Array(index % 7 === 0 ? 8_000 : 300)),
    }))
    const pages = encodeBookPages(contacts)
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(64 * 1024)
    const read = pages.flatMap(decodeBookPage)
    expect(read).toEqual(
      contacts.map(({ badge, ...rest }) => (badge.length === 0 ? rest : { ...rest, badge })),
    )
    expect(encodeBookPages([])).toEqual([])
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
  const peer = 'ab'.repeat(32) as PeerId
  const addresses = ['/ip4/10.0.0.3/tcp/1']
  const [page = new Uint8Array()] = encodeBookPages([{ peer, name: 'bob', addresses, seenAt: 5 }])
  const readers = [
    ['introduction', encodeHello(hello), decodeHello],
    ['book page', page, decodeBookPage],
    ['twin warning', encodeTwins(['one', 'two']), decodeTwins],
    ['badge', encodeBadge([new Uint8Array(9)]), decodeBadge],
    ['refusal', encodeRefusal('shows no badge'), decodeRefusal],
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
