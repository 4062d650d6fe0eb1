import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type * as Core from '@grapevine/core'
import { randomOf } from '../random.js'

/** A way to hash and sign, and the identity that goes with a name. */
export interface Signatures {
  hash(this: void, bytes: Uint8Array): Uint8Array
  peerOf(this: void, name: string): Core.PeerId
  signAs(this: void, peer: Core.PeerId, bytes: Uint8Array): Uint8Array
  verify(this: void, peer: Core.PeerId, bytes: Uint8Array, signature: Uint8Array): boolean
}

const text = new TextEncoder()
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/**
 * Stands in for SHA-256, ten times as fast. Nobody in the simulation looks for collisions; by chance
 * there is none. Four lanes take a word each in turn, and are then mixed into each other.
 */
export function stubHash(bytes: Uint8Array, key = 0): Uint8Array {
  let a = key ^ 0x243f_6a88
  let b = key ^ 0x85a3_08d3
  let c = key ^ 0x1319_8a2e
  let d = bytes.length ^ 0x0370_7344
  const { length } = bytes
  for (let index = 0; index < length; index += 4) {
    // Past the end a byte reads as undefined, which counts as zero; the length tells such tails apart.
    const word =
      bytes[index]! |
      (bytes[index + 1]! << 8) |
      (bytes[index + 2]! << 16) |
      (bytes[index + 3]! << 24)
    const turned = Math.imul(a ^ word, 0x9e37_79b1)
    a = (b + ((turned << 13) | (turned >>> 19))) | 0
    b = Math.imul(c ^ turned, 0x85eb_ca77)
    c = (d ^ (b >>> 15)) | 0
    d = (turned + Math.imul(word ^ a, 0xc2b2_ae3d)) | 0
  }
  const out = new Uint8Array(32)
  const view = new DataView(out.buffer)
  for (let index = 0; index < 32; index += 4) {
    a = Math.imul(a ^ (d >>> 15) ^ index, 0x2c1b_3c6d)
    b = Math.imul((b + a) ^ (a >>> 12), 0x297a_2d39)
    c = Math.imul((c + b) ^ (b >>> 15), 0x9e37_79b1)
    d = Math.imul((d + c) ^ (c >>> 13), 0x85eb_ca77)
    view.setUint32(index, a ^ b ^ c ^ d)
  }
  return out
}

/** Whoever knows a peer's id can sign for it; only the forger tries, and it must not. */
export function stubSign(peer: Core.PeerId, bytes: Uint8Array): Uint8Array {
  const half = stubHash(bytes, keyOf(peer))
  const whole = new Uint8Array(64)
  whole.set(half)
  whole.set(half, 32)
  return whole
}

const keyOf = (peer: Core.PeerId): number => Number.parseInt(peer.slice(0, 8), 16) | 0

const stub: Signatures = {
  hash: (bytes) => stubHash(bytes),
  peerOf: (name) => hexOf(stubHash(text.encode(`peer ${name}`))) as Core.PeerId,
  signAs: stubSign,
  verify(peer, bytes, signature) {
    if (signature.length !== 64) return false
    const half = stubHash(bytes, keyOf(peer))
    for (let index = 0; index < 32; index++) {
      if (half[index] !== signature[index] || half[index] !== signature[index + 32]) return false
    }
    return true
  },
}

/** DER before the 32 bytes of an Ed25519 private key. */
const privateKeyHead = Buffer.from('302e020100300506032b657004220420', 'hex')

function realSignatures(): Signatures {
  const keys = new Map<Core.PeerId, { readonly own: KeyObject; readonly shown: KeyObject }>()
  const sha256 = (bytes: Uint8Array): Uint8Array =>
    new Uint8Array(createHash('sha256').update(bytes).digest())
  return {
    hash: sha256,
    peerOf(name) {
      const der = Buffer.concat([privateKeyHead, sha256(text.encode(`key of ${name}`))])
      const own = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
      const shown = createPublicKey(own)
      const peer = hexOf(shown.export({ format: 'der', type: 'spki' }).subarray(-32)) as Core.PeerId
      keys.set(peer, { own, shown })
      return peer
    },
    signAs: (peer, bytes) => new Uint8Array(sign(null, bytes, keys.get(peer)!.own)),
    verify: (peer, bytes, signature) => {
      const known = keys.get(peer)
      return known !== undefined && verify(null, bytes, known.shown, signature)
    },
  }
}

export const signaturesOf = (kind: 'stub' | 'ed25519'): Signatures =>
  kind === 'stub' ? stub : realSignatures()

/** What one replica is handed. Each process has its own stream of chance, so that it draws no id twice. */
export function cryptoOf(
  signatures: Signatures,
  peer: Core.PeerId,
  seed: number,
  process: number,
): Core.Crypto {
  const random = randomOf(seed, 'replica', process)
  return {
    hash: signatures.hash,
    sign: (bytes) => signatures.signAs(peer, bytes),
    verify: signatures.verify,
    random: (count) => Uint8Array.from({ length: count }, () => random.below(256)),
  }
}
