import { keyStream, nonceBytes } from './salsa.js'
import type { KeyStream } from './salsa.js'

/**
 * The keys that open the door of the network. There are several while one takes the place of another:
 * whoever dials shows the newest, and one before it where that was not answered.
 */
export interface Keyring {
  /** The key with which to dial that address now. */
  dialKey(this: void, address: string): Uint8Array | undefined
  /** Nobody answered that key at that address. */
  unanswered(this: void, address: string, key: Uint8Array): void
  answered(this: void, address: string): void
  /** Whether somebody was there, and did not answer the key that was tried last. */
  isUnanswered(this: void, address: string): boolean
  /** The key stream of whoever began like that, behind its greeting; undefined: it has none of the keys. */
  open(this: void, opening: Uint8Array): Opened | undefined
}

interface Opened {
  readonly key: Uint8Array
  readonly stream: KeyStream
}

/** The first that either side says of itself, before anything else. It is said in libp2p for ever. */
export const greeting = Buffer.from('\x13/multistream/1.0.0\n', 'latin1')
export const openingBytes = nonceBytes + greeting.length

/** Addresses cost nothing: the oldest are forgotten. */
const addressesMax = 1_024

export function createKeyring(keys: () => readonly Uint8Array[]): Keyring {
  /** Where which key was tried last, in vain. */
  const refused = new Map<string, Uint8Array>()
  return {
    dialKey(address) {
      const live = keys()
      const last = refused.get(address)
      const next = last === undefined ? 0 : live.findIndex((key) => isSame(key, last)) + 1
      return live[next] ?? live[0]
    },
    unanswered(address, key) {
      refused.delete(address)
      refused.set(address, key)
      const [oldest] = refused.keys()
      if (refused.size > addressesMax && oldest !== undefined) refused.delete(oldest)
    },
    answered: (address) => void refused.delete(address),
    isUnanswered: (address) => refused.has(address),
    open(opening) {
      for (const key of keys()) {
        const stream = keyStream(key, opening.slice(0, nonceBytes))
        if (isSame(stream(opening.subarray(nonceBytes)), greeting)) return { key, stream }
      }
      return undefined
    },
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
