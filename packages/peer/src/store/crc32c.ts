/** The remainder of each byte: the polynomial of Castagnoli, bits reversed, as in iSCSI and LevelDB. */
const near = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1
  }
  return remainder
})

const pushed = (remainders: Uint32Array): Uint32Array =>
  remainders.map((remainder) => near[remainder & 0xff]! ^ (remainder >>> 8))

/** The same for a byte with one, two and three more behind it: four are taken in one step. */
const second = pushed(near)
const third = pushed(second)
const far = pushed(third)

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  let at = 0
  for (; at + 4 <= bytes.length; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    crc =
      far[crc & 0xff]! ^
      third[(crc >>> 8) & 0xff]! ^
      second[(crc >>> 16) & 0xff]! ^
      near[crc >>> 24]!
  }
  for (; at < bytes.length; at++) crc = near[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** LevelDB stores it masked, for the checksum of something that holds its own checksum is no good one. */
export const maskedCrc32c = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
