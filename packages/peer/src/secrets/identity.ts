import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Records } from '@grapevine/core'
import { asBytes, asList, decode, encode } from '@grapevine/core'
import type { Transaction } from '../store/store.js'
import { recipientOf } from './recipient.js'

/** What this peer opens secrets with. Printing it shows no more than the recipient. */
export interface AgeIdentity {
  /** `age1…`: what others seal to. */
  readonly recipient: string
  readonly key: KeyObject
}

const recordName = 'peer/age'
const formatVersion = 1
/** What stands before the 32 bytes of an X25519 key in PKCS#8. */
const pkcs8Header = Buffer.from('302e020100300506032b656e04220420', 'hex')

/**
 * The identity that the records hold; where there is none, a new one, handed to `note`. Until that is
 * durable nobody should hear of the recipient: what is sealed to it would be lost with it.
 */
export function ensureAgeIdentity(
  records: Records,
  note: (transaction: Transaction) => void,
): AgeIdentity {
  const stored = records.get(recordName)
  if (stored !== undefined) return identityFrom(seedIn(stored))
  const seed = randomBytes(32)
  note(new Map([[recordName, encode([formatVersion, seed])]]))
  return identityFrom(seed)
}

const seedIn = (record: Uint8Array): Uint8Array =>
  asBytes(asList(decode(record), 'age identity', 2)[1], 'age key', 32)

function identityFrom(seed: Uint8Array): AgeIdentity {
  const der = Buffer.concat([pkcs8Header, seed])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return { recipient: recipientOf(spki.subarray(-32)), key }
}
