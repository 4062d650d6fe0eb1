import { describe, expect, it } from 'vitest'
import { crc32c, maskedCrc32c } from './crc32c.js'

describe('crc32c', () => {
  // From the definition of iSCSI, RFC 3720, B.4.
  it.each([
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
    [Buffer.from('123456789'), 0xe3069283],
    [new Uint8Array(), 0],
  ])('of known bytes is what everybody else computes', (bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc)
  })

  it('is another one when it is masked, also of itself', () => {
    const crc = maskedCrc32c(Buffer.from('foo'))
    expect(crc).not.toBe(crc32c(Buffer.from('foo')))
    expect(crc).toBeLessThan(2 ** 32)
  })
})
