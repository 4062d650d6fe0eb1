import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type PeerId } from './ids.js'
import { openMesh } from './mesh.js'
import { isSmallOrder } from './small-order.js'

const spkiHeader = Buffer.from('302a300506032b6570032100', 'hex')
const asKnown = (peer: string, bytes: Uint8Array, signature: Uint8Array): boolean => {
  const der = Buffer.concat([spkiHeader, Buffer.from(peer, 'hex')])
  return verify(null, bytes, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature)
}

/** The neutral element: R = A, s = 0 holds for any text. */
const nobody = `01${'00'.repeat(31)}` as PeerId
const forAnyText = Buffer.concat([Buffer.from(nobody, 'hex'), Buffer.alloc(32)])

describe('a key of small order', () => {
  it('signs any text by itself, as the system sees it, and nothing in a mesh', () => {
    const text = Buffer.from('anything')
    expect(asKnown(nobody, text, forAnyText)).toBe(true)
    const mesh = openMesh(
      { id: new Uint8Array(32), admins: new Set(), revocable: true },
      {
        hash: (bytes) => bytes,
        sign: (bytes) => bytes,
        verify: asKnown,
        random: (count) => new Uint8Array(count),
      },
    )
    expect(mesh.verify(nobody, text, forAnyText)).toBe(false)
  })

  it('is known with either sign, and no other key is taken for one', () => {
    const negative = `01${'00'.repeat(30)}80`
    expect([nobody, negative].map(isSmallOrder)).toEqual([true, true])
    expect(isSmallOrder(`02${'00'.repeat(31)}`)).toBe(false)
  })
})
