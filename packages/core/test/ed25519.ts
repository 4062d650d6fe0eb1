import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type * as Core from '../src/index.js'
import { hex, mulberry32, sha256, unhex } from './stub-crypto.js'

const text = new TextEncoder()
const privateHead = unhex('302e020100300506032b657004220420')
const publicHead = unhex('302a300506032b6570032100')

/** Real keys, the same for a name each time. */
export function ed25519Crypto(name: string): {
  readonly peer: Core.PeerId
  readonly crypto: Core.Crypto
} {
  const seed = sha256(text.encode(`key ${name}`))
  const der = (head: Uint8Array, raw: Uint8Array): Buffer => Buffer.concat([head, raw])
  const key = createPrivateKey({ key: der(privateHead, seed), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const next = mulberry32(seed[0]!)
  const crypto = {
    hash: sha256,
    sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, key)),
    verify: (signer: Core.PeerId, bytes: Uint8Array, signature: Uint8Array) =>
      verify(
        null,
        bytes,
        { key: der(publicHead, unhex(signer)), format: 'der', type: 'spki' },
        signature,
      ),
    random: (count: number) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)),
  }
  return { peer: hex(spki.subarray(publicHead.length)) as Core.PeerId, crypto }
}
