import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { bech32 } from '@scure/base'

/** What stands before the 32 bytes of an X25519 public key in SPKI. */
const spkiHeader = Buffer.from('302a300506032b656e032100', 'hex')
const form = /^age1[02-9ac-hj-np-z]{58}$/

/** How age writes an X25519 public key: whom a value can be sealed to. */
export const recipientOf = (publicKey: Uint8Array): string =>
  bech32.encodeFromBytes('age', publicKey)

/** By its looks alone: cheap enough for whatever comes from outside. */
export const looksLikeRecipient = (text: string): boolean => form.test(text)

/**
 * Whether something can really be sealed to it. A hostile member can name a point of low order, with
 * which every key agrees on the same thing: then sealing fails, for all its recipients.
 */
export function isRecipient(text: string): boolean {
  if (!looksLikeRecipient(text)) return false
  try {
    const raw = bech32.decodeToBytes(text).bytes
    const key = Buffer.concat([spkiHeader, raw])
    const publicKey = createPublicKey({ key, format: 'der', type: 'spki' })
    return diffieHellman({ privateKey: probe(), publicKey }).length === raw.length
  } catch {
    return false
  }
}

let probeKey: KeyObject | undefined
const probe = (): KeyObject => (probeKey ??= generateKeyPairSync('x25519').privateKey)

/** Enough of it to tell it from others. */
export const shortRecipient = (text: string): string => `${text.slice(0, 12)}…`
