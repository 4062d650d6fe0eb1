import { Malformed, MeshError } from '@grapevine/core'
import type { Key } from '@grapevine/core'
import { equals } from 'uint8arrays/equals'
import { shown } from '../api/shown.js'
import type { ReleaseInfo } from '../peer.js'
import { openWritten } from './read-secret.js'
import type { Written } from './read-secret.js'
import { looksLikeRecipient } from './recipient.js'
import { isSecret, readSealed } from './sealed-value.js'
import type { SealedTo } from './sealed-value.js'
import type { SecretParts } from './secret-parts.js'

/** A key whose secret somebody could read, now or before: what it said then is to be replaced. */
export interface Exposure {
  readonly key: Key
  /** The newest one that he could read. */
  readonly release: ReleaseInfo
  /**
   * - readable: he can open what is there now; seal again, and then replace it.
   * - same: sealed again, but it says what he has read: replace it.
   * - changed: it says something else since.
   * - removed: nothing is there any more; whatever the secret opened may still take it.
   * - unknown: this peer cannot open all of it, or it is in plain.
   */
  readonly present: 'readable' | 'same' | 'changed' | 'removed' | 'unknown'
}

/** All that a peer id, or an age recipient, could have read, as far as history is known here. */
export async function exposedTo(parts: SecretParts, who: string): Promise<readonly Exposure[]> {
  parts.closing.throwIfAborted()
  const isHim = recognizer(parts, who)
  const exposed: Exposure[] = []
  for (const key of parts.knownKeys()) {
    const found = readableBy(versionsOf(parts, key), isHim)
    const newest = found.at(-1)
    if (newest === undefined) continue
    const present = await presentState(parts, key, found, isHim)
    exposed.push({ key, release: newest.release, present })
  }
  return exposed
}

type IsHim = (one: SealedTo) => boolean

const peerForm = /^[0-9a-f]{64}$/

/** A peer by its id, and by the key that its badge names; a recipient by itself. */
function recognizer({ holders }: SecretParts, who: unknown): IsHim {
  if (typeof who === 'string' && looksLikeRecipient(who)) return ({ age }) => age === who
  if (typeof who === 'string' && peerForm.test(who)) {
    const recipient = holders().find(({ peer }) => peer === who)?.recipient
    return ({ age, peer }) => peer === who || age === recipient
  }
  throw new MeshError(
    'OPTION_INVALID',
    `${shown(who)} is neither a peer id (64 hex digits) nor an age recipient (age1…)`,
    { option: 'who' },
  )
}

/** Oldest first, those that are shown last. */
function versionsOf({ peer }: SecretParts, key: Key): readonly Written[] {
  const entry = peer.entry(key)
  const versions: Written[] = [...peer.history(key)]
  if (entry !== undefined) versions.push(...entry.others, entry)
  return [...new Map(versions.map((version) => [version.release.id, version])).values()]
}

const readableBy = (versions: readonly Written[], isHim: IsHim): readonly Written[] =>
  versions.filter(({ value }) => {
    if (!isSecret(value)) return false
    try {
      return readSealed(value).recipients.some(isHim)
    } catch (error) {
      if (error instanceof Malformed) return false
      throw error
    }
  })

async function presentState(
  parts: SecretParts,
  key: Key,
  exposed: readonly Written[],
  isHim: IsHim,
): Promise<Exposure['present']> {
  const entry = parts.peer.entry(key)
  if (entry === undefined) return 'removed'
  const now = [entry, ...entry.others]
  if (readableBy(now, isHim).length > 0) return 'readable'
  const [then, there] = [await contents(parts, key, exposed), await contents(parts, key, now)]
  if (there.known.some((one) => then.known.some((other) => equals(one, other)))) return 'same'
  return then.isAll && there.isAll ? 'changed' : 'unknown'
}

async function contents(
  parts: SecretParts,
  key: Key,
  versions: readonly Written[],
): Promise<{ readonly known: readonly Uint8Array[]; readonly isAll: boolean }> {
  const known: Uint8Array[] = []
  for (const written of versions) {
    try {
      known.push((await openWritten(parts, key, written)).content)
    } catch (error) {
      if (!(error instanceof MeshError)) throw error
    }
  }
  return { known, isAll: known.length === versions.length }
}
