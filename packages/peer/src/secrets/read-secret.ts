import { Malformed, MeshError, formatDot } from '@grapevine/core'
import type { Key, Value } from '@grapevine/core'
import { dotOf, unknownRelease } from '../api/release-info.js'
import type { ReleaseInfo, ReleaseRef } from '../peer.js'
import { checkText } from '../writing/draft.js'
import { listed, nameOf, rosterOf } from './roster.js'
import { isSecret, open, readSealed } from './sealed-value.js'
import type { Plain, Sealed } from './sealed-value.js'
import type { SecretParts } from './secret-parts.js'

export interface ReadSecretOptions {
  /** Another version than the one shown: of the key's history, or the other side of a conflict. */
  readonly release?: ReleaseRef | undefined
}

/** A value that was written, and by what. */
export interface Written {
  readonly value: Value | undefined
  readonly release: ReleaseInfo
}

export async function readSecret(
  parts: SecretParts,
  name: string,
  { release }: ReadSecretOptions,
): Promise<string | Uint8Array | undefined> {
  parts.closing.throwIfAborted()
  const key = checkText(name)
  const written = release === undefined ? parts.peer.entry(key) : versionBy(parts, key, release)
  if (written?.value === undefined) return undefined
  const { kind, content } = await openWritten(parts, key, written)
  return kind === 'bytes' ? content.slice() : textOf(parts, key, written, content)
}

/** Throws SECRET_UNREADABLE, with whom to ask. */
export async function openWritten(parts: SecretParts, key: Key, written: Written): Promise<Plain> {
  const sealed = sealedIn(parts, key, written)
  if (!isFor(parts, sealed)) throw notForUs(parts, key, sealed)
  try {
    return await open(key, sealed, parts.age)
  } catch (error) {
    throw faulty(parts, key, written, error)
  }
}

export const isFor = ({ age }: SecretParts, { recipients }: Sealed): boolean =>
  recipients.some((one) => one.age === age.recipient)

function sealedIn(parts: SecretParts, key: Key, written: Written): Sealed {
  const { value = null, release } = written
  if (!isSecret(value)) {
    throw unreadable(
      key,
      `is no secret: release ${release.name} wrote it in plain; read it with \`get\``,
    )
  }
  try {
    return readSealed(value)
  } catch (error) {
    throw faulty(parts, key, written, error)
  }
}

function textOf(parts: SecretParts, key: Key, written: Written, content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    throw faulty(parts, key, written, new Malformed('it says that it is text, and is none'))
  }
}

function versionBy({ peer }: SecretParts, key: Key, ref: ReleaseRef): Written {
  const entry = peer.entry(key)
  const versions = [...(entry ? [entry, ...entry.others] : []), ...peer.history(key)]
  const wanted = formatDot(dotOf(ref, new Set(versions.map(({ release }) => release.replica))))
  const found = versions.find(({ release }) => release.name === wanted)
  if (found === undefined) throw unknownRelease(wanted)
  return found
}

function notForUs(parts: SecretParts, key: Key, { recipients }: Sealed): MeshError {
  const roster = rosterOf(parts.holders())
  const names = recipients.map((one) => nameOf(one, roster))
  const own = roster.byRecipient.get(parts.age.recipient)?.name ?? parts.name
  return unreadable(
    key,
    `is sealed to ${listed(names)}, and not to ${own}: ask one of them to seal it to ${own}, too`,
    { recipients: names },
  )
}

function faulty(parts: SecretParts, key: Key, { release }: Written, error: unknown): MeshError {
  if (!(error instanceof Malformed)) throw error
  const { authorName, author } = release
  const called = authorName ?? parts.holders().find(({ peer }) => peer === author)?.name ?? author
  return unreadable(
    key,
    `cannot be opened: ${error.message}; ask ${called}, who wrote it by release ${release.name}, or roll that back`,
    { release: release.name },
  )
}

const unreadable = (
  key: Key,
  why: string,
  data: Readonly<Record<string, unknown>> = {},
): MeshError => new MeshError('SECRET_UNREADABLE', `${key} ${why}`, { key, ...data })
