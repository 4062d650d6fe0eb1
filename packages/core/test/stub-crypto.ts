import { createHash } from 'node:crypto'
import type * as Core from '../src/index.js'

/** The library under test: the real one, or one with a bug planted in it. */
export type Library = typeof Core

export const sha256 = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

export const text = new TextEncoder()
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const unhex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits, 'hex'))

export const peerOf = (name: string): Core.PeerId =>
  hex(sha256(text.encode(`peer ${name}`))) as Core.PeerId

/** Stands in for Ed25519 where speed matters: whoever knows the name can sign, nobody does by chance. */
export function stubSign(peer: Core.PeerId, bytes: Uint8Array): Uint8Array {
  const half = sha256(text.encode(peer), bytes)
  return new Uint8Array([...half, ...half])
}

/** A small seeded generator: the same seed gives the same world. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function stubCrypto(peer: Core.PeerId, seed: number): Core.Crypto {
  const next = mulberry32(seed)
  return {
    hash: sha256,
    sign: (bytes) => stubSign(peer, bytes),
    verify: (signer, bytes, signature) => hex(stubSign(signer, bytes)) === hex(signature),
    random: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)),
  }
}
