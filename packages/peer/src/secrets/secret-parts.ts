import type { Key } from '@grapevine/core'
import type { Peer } from '../peer.js'
import type { AgeIdentity } from './identity.js'
import type { Holder } from './roster.js'

/** What secrets are made of: the peer as its users hold it, its key, and who is a member. */
export interface SecretParts {
  readonly peer: Pick<Peer, 'entry' | 'entries' | 'history' | 'set' | 'publish'>
  readonly name: string
  readonly age: AgeIdentity
  readonly holders: () => readonly Holder[]
  /** Keys that show a value, or that history knows a value of. */
  readonly knownKeys: () => readonly Key[]
  /** Aborted when the peer closes. */
  readonly closing: AbortSignal
}
