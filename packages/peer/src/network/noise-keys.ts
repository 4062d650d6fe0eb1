import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'
import type { ICryptoInterface } from '@libp2p/noise'
import { defaultCrypto } from '@libp2p/noise/crypto'

/**
 * The library's own cryptography, with a faster way to hand keys to it: Node takes a millisecond to
 * read one in DER, and a twelfth of that in JWK. Each new connection needs four on either side.
 */
export const quickKeys: ICryptoInterface = {
  ...defaultCrypto,
  generateX25519SharedKey: (privateKey, publicKey) =>
    diffieHellman({
      // Of a private key Node reads only `d`.
      privateKey: createPrivateKey({
        key: { ...curve, x: '', d: base64(privateKey) },
        format: 'jwk',
      }),
      publicKey: createPublicKey({ key: { ...curve, x: base64(publicKey) }, format: 'jwk' }),
    }),
}

const curve = { kty: 'OKP', crv: 'X25519' } as const
const base64 = (bytes: { subarray(): Uint8Array }): string =>
  Buffer.from(bytes.subarray()).toString('base64url')
