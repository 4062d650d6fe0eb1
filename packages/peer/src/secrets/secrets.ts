import type { Value } from '@grapevine/core'
import type { Inside } from '../api/parts.js'
import type { Published } from '../peer.js'
import { invalid } from '../writing/draft.js'
import { exposedTo } from './exposure.js'
import type { Exposure } from './exposure.js'
import { holdersOf } from './holders.js'
import { listSecrets } from './list-secrets.js'
import type { SecretInfo } from './list-secrets.js'
import { readSecret } from './read-secret.js'
import type { ReadSecretOptions } from './read-secret.js'
import { reseal } from './reseal.js'
import type { ResealOptions, Resealed } from './reseal.js'
import type { SecretParts } from './secret-parts.js'
import { sealSecret, setSecret } from './set-secret.js'
import type { SealOptions, SetSecretOptions } from './set-secret.js'

/**
 * Values that only their recipients can read. Everything else of them is as with all values: they
 * spread, have a history and receipts, can be in conflict, and are rolled back as they are, sealed.
 */
export interface Secrets {
  /** `age1…`: what others seal to, so that this peer can read it. */
  readonly recipient: string
  /** Equal to what is there, for the same recipients, it is not written again: if this peer can tell. */
  setSecret(key: string, secret: string | Uint8Array, options: SetSecretOptions): Promise<Published>
  /** What `setSecret` would write, for whoever signs it elsewhere. */
  sealSecret(key: string, secret: string | Uint8Array, options: SealOptions): Promise<Value>
  /**
   * What was sealed, as the text or the bytes it was; undefined: the key has no value. Rejects with
   * `SECRET_UNREADABLE`, also for a value that was written in plain.
   */
  secret(key: string, options?: ReadSecretOptions): Promise<string | Uint8Array | undefined>
  /** Keys that begin with the prefix, ascending. */
  secrets(prefix?: string): readonly SecretInfo[]
  /** Seals to the present recipients what was sealed to others, as far as this peer can open it. */
  reseal(options?: ResealOptions): Promise<Resealed>
  /**
   * What a peer id or an age recipient could read, now or before: to be replaced once it is revoked.
   * Sealing again takes nothing back.
   */
  exposedTo(who: string): Promise<readonly Exposure[]>
}

/** What secrets need of the public object that they become part of. */
type Based = SecretParts['peer']

export function secretsOf(inside: Inside, peer: Based): Secrets {
  const { age, name, closing, interpreter } = inside
  return openSecrets({
    peer,
    name,
    age,
    closing,
    holders: () => holdersOf({ ...inside, presences: () => interpreter.replica.presences() }),
    knownKeys: () => interpreter.replica.knownKeys(),
  })
}

export const openSecrets = (parts: SecretParts): Secrets => ({
  recipient: parts.age.recipient,
  setSecret: async (key, secret, options) => setSecret(parts, key, secret, options),
  sealSecret: async (key, secret, options) => sealSecret(parts, key, secret, options),
  secret: async (key, options = {}) => readSecret(parts, key, options),
  secrets(prefix = '') {
    if (typeof prefix !== 'string') throw invalid('prefix', prefix, 'a text')
    return listSecrets(parts, prefix)
  },
  reseal: async (options = {}) => reseal(parts, options),
  exposedTo: async (who) => exposedTo(parts, who),
})
