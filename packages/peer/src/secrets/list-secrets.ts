import { Malformed } from '@grapevine/core'
import type { Key, PeerId } from '@grapevine/core'
import type { Entry, ReleaseInfo } from '../peer.js'
import { isFor } from './read-secret.js'
import { isStale, missingFrom, nameOf, rosterOf } from './roster.js'
import type { Roster } from './roster.js'
import { isSecret, readSealed } from './sealed-value.js'
import type { Sealed } from './sealed-value.js'
import type { SecretParts } from './secret-parts.js'

/** A secret as everybody can see it: for whom it is, and not what. */
export interface SecretInfo {
  readonly key: Key
  readonly release: ReleaseInfo
  /** `members`: sealed again, it goes to all who are members then. */
  readonly to: 'members' | 'named'
  readonly recipients: readonly SecretRecipient[]
  /** Members whom it is not sealed to, where it is for all of them. */
  readonly missing: readonly string[]
  /** Whether this peer is among its recipients. */
  readonly isReadable: boolean
  /** Others wrote it at the same time: read each by its release, then `resolve`. */
  readonly isConflict: boolean
  /** Why nobody can open it: somebody wrote what only looks like a secret. */
  readonly fault: string | undefined
}

export interface SecretRecipient {
  readonly age: string
  readonly peer: PeerId | undefined
  readonly name: string
  /** Revoked, no member any more, or it has another key since: seal again. */
  readonly isStale: boolean
}

export function listSecrets(parts: SecretParts, prefix: string): readonly SecretInfo[] {
  const roster = rosterOf(parts.holders())
  return parts.peer
    .entries(prefix)
    .filter(({ value }) => isSecret(value))
    .map((entry) => infoOf(parts, roster, entry))
}

function infoOf(parts: SecretParts, roster: Roster, entry: Entry): SecretInfo {
  const { sealed, fault } = looked(entry)
  const { key, release, others } = entry
  return {
    key,
    release,
    to: sealed.audience,
    recipients: sealed.recipients.map((one) => ({
      age: one.age,
      peer: one.peer,
      name: nameOf(one, roster),
      isStale: isStale(one, roster),
    })),
    missing: missingFrom(sealed, roster).map(({ name }) => name),
    isReadable: isFor(parts, sealed),
    isConflict: others.length > 0,
    fault,
  }
}

function looked({ value }: Entry): { readonly sealed: Sealed; readonly fault: string | undefined } {
  try {
    return { sealed: readSealed(value), fault: undefined }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    const nothing: Sealed = {
      kind: 'bytes',
      audience: 'named',
      recipients: [],
      age: new Uint8Array(),
    }
    return { sealed: nothing, fault: error.message }
  }
}
