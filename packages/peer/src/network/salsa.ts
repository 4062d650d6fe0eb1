import { xsalsa20 } from '@noble/ciphers/salsa.js'

/** XSalsa20 over bytes that come in pieces. Both sides walk through one and the same key stream. */
export type KeyStream = (bytes: Uint8Array) => Uint8Array

export const nonceBytes = 24
const blockBytes = 64

export function keyStream(key: Uint8Array, nonce: Uint8Array): KeyStream {
  let block = 0
  let used = 0
  return (bytes) => {
    // The library begins at whole blocks: what was used of the current one is walked over again. After
    // 2^32 of them, 256 GiB, it throws, which ends the connection; the next one has another nonce.
    const whole = new Uint8Array(used + bytes.length)
    whole.set(bytes, used)
    const mixed = xsalsa20(key, nonce, whole, whole, block).subarray(used)
    block += Math.floor(whole.length / blockBytes)
    used = whole.length % blockBytes
    return mixed
  }
}
