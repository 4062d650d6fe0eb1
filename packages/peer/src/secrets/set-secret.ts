import { Malformed, MeshError } from '@grapevine/core'
import type { Key, Value } from '@grapevine/core'
import { equals } from 'uint8arrays/equals'
import type { Entry, Published, WriteOptions } from '../peer.js'
import { checkText, invalid } from '../writing/draft.js'
import { audienceOf, isSameAudience } from './audience.js'
import type { SealTo } from './audience.js'
import { isFor, openWritten } from './read-secret.js'
import { rosterOf } from './roster.js'
import { isSecret, readSealed, seal } from './sealed-value.js'
import type { Audience, Plain } from './sealed-value.js'
import type { SecretParts } from './secret-parts.js'

export interface SetSecretOptions extends WriteOptions {
  /**
   * Whom to seal it to; this peer can read it only if it is among them. Said anew each time: what a key
   * says of its recipients was said by whoever wrote it last.
   */
  readonly to: SealTo
}

export type SealOptions = Pick<SetSecretOptions, 'to' | 'force'>

export async function setSecret(
  parts: SecretParts,
  name: string,
  given: string | Uint8Array,
  options: SetSecretOptions,
): Promise<Published> {
  const { key, plain, audience, options: write } = wanted(parts, name, given, options)
  if (write.force !== true) {
    const published = await alreadyThere(parts, key, plain, audience, write)
    if (published !== undefined) return published
  }
  return parts.peer.set(key, await seal(key, plain, audience), write)
}

/** What `setSecret` would write: what is there, where that says the same. */
export async function sealSecret(
  parts: SecretParts,
  name: string,
  given: string | Uint8Array,
  options: SealOptions,
): Promise<Value> {
  const {
    key,
    plain,
    audience,
    options: { force },
  } = wanted(parts, name, given, options)
  const entry = force === true ? undefined : parts.peer.entry(key)
  const isThere = entry !== undefined && (await isEqual(parts, entry, plain, audience))
  return isThere ? entry.value : seal(key, plain, audience)
}

function wanted<O extends SealOptions>(
  parts: SecretParts,
  name: string,
  given: string | Uint8Array,
  asked: O,
) {
  parts.closing.throwIfAborted()
  const key = checkText(name)
  const plain = plainOf(key, given)
  if (typeof asked !== 'object' || (asked as unknown) === null) {
    throw invalid('options', asked, "an object such as { to: ['alice'] }")
  }
  const { to, ...options } = asked
  return { key, plain, audience: audienceOf(to, rosterOf(parts.holders())), options }
}

/** Its own copy; no error may show any of it. */
function plainOf(key: Key, given: unknown): Plain {
  if (given instanceof Uint8Array) return { kind: 'bytes', content: given.slice() }
  if (typeof given === 'string') {
    const content = Buffer.from(given, 'utf8')
    if (content.toString('utf8') === given) return { kind: 'text', content }
  }
  const what = typeof given === 'string' ? 'a text that is not well-formed Unicode' : typeof given
  throw new MeshError(
    'VALUE_INVALID',
    `the secret for ${key} cannot be used: it is ${what}; write a text or bytes`,
    { key },
  )
}

/**
 * Sealed twice, the same is never the same. Only who can open what is there can tell that there is
 * nothing to write; then what is there is written again, which is answered with who wrote it.
 */
async function alreadyThere(
  parts: SecretParts,
  key: Key,
  plain: Plain,
  audience: Audience,
  write: WriteOptions,
): Promise<Published | undefined> {
  const entry = parts.peer.entry(key)
  if (entry === undefined || !(await isEqual(parts, entry, plain, audience))) return undefined
  try {
    return await parts.peer.set(key, entry.value, { ifMatch: entry.version, ...write })
  } catch (error) {
    // Something else is there by now; what was asked for can still be written.
    const isOurs = write.ifMatch === undefined
    if (isOurs && error instanceof MeshError && error.code === 'IF_MATCH_FAILED') return undefined
    throw error
  }
}

async function isEqual(
  parts: SecretParts,
  entry: Entry,
  { kind, content }: Plain,
  audience: Audience,
): Promise<boolean> {
  // A conflict is settled by writing.
  if (entry.others.length > 0 || !isSecret(entry.value)) return false
  try {
    const sealed = readSealed(entry.value)
    if (sealed.kind !== kind || !isFor(parts, sealed)) return false
    if (!isSameAudience(sealed, audience)) return false
    const present = await openWritten(parts, entry.key, entry)
    return equals(present.content, content)
  } catch (error) {
    // What cannot be read is overwritten.
    if (error instanceof MeshError || error instanceof Malformed) return false
    throw error
  }
}
