import { createHash } from 'node:crypto'
import {
  Malformed,
  MeshError,
  asBytes,
  asCount,
  asList,
  asText,
  encode,
  limits,
} from '@grapevine/core'
import type { Key, PeerId, Value } from '@grapevine/core'
import { equals } from 'uint8arrays/equals'
import { openWith, sealTo, sealedBytes } from './age.js'
import type { AgeIdentity } from './identity.js'
import { looksLikeRecipient } from './recipient.js'

/**
 * A secret, as it lies in the replica like any other value:
 *
 *     { $secret: { version: 1, kind: 'text', audience: 'named', recipients: [{ age, peer, name }], age: bytes } }
 *
 * `age` is an age file. What it opens to begins with 32 bytes that bind it to its key and recipients, so
 * that nobody who cannot open it can move it to another key, or have it sealed again to himself.
 */
export interface Sealed extends Audience {
  readonly kind: Plain['kind']
  readonly age: Uint8Array
}

/** Whom a value is sealed to. `members`: to all there were, and sealed again to all there are then. */
export interface Audience {
  readonly audience: 'members' | 'named'
  readonly recipients: readonly SealedTo[]
}

export interface SealedTo {
  readonly age: string
  readonly peer?: PeerId
  /** What its writer called it. */
  readonly name?: string
}

export interface Plain {
  readonly kind: 'text' | 'bytes'
  readonly content: Uint8Array
}

const reserved = '$secret'
const formatVersion = 1
const peerForm = /^[0-9a-f]{64}$/
const nameForm = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,128}$/u
/** Whoever opens a value may have to try them all: a quarter of a second. */
export const recipientsMax = 1024

type Members = { readonly [name: string]: Value }

/** Whether it wants to be a secret; whether it is one is for `readSealed` to say. */
export const isSecret = (value: Value | undefined): value is Members =>
  isMembers(value) && Object.hasOwn(value, reserved)

const isMembers = (value: Value | undefined): value is Members =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array)

/** Reads what a member wrote, hostile or not: throws `Malformed`. Nothing is opened yet. */
export function readSealed(value: Value): Sealed {
  const sealed = isMembers(value) ? value[reserved] : undefined
  if (!isMembers(sealed)) throw new Malformed('it is no sealed value')
  if (sealed['version'] !== formatVersion) throw new Malformed('it has a format that is not known')
  const { kind, audience } = sealed
  if (kind !== 'text' && kind !== 'bytes') throw new Malformed('it is neither text nor bytes')
  if (audience !== 'members' && audience !== 'named') throw new Malformed('it is for nobody')
  const list = asList(sealed['recipients'], 'recipients')
  asCount(list.length, 'number of recipients', recipientsMax)
  if (list.length === 0) throw new Malformed('it has no recipients')
  return { kind, audience, recipients: list.map(readRecipient), age: asBytes(sealed['age'], 'age') }
}

function readRecipient(given: unknown): SealedTo {
  const read = given as Value
  if (!isMembers(read)) throw new Malformed('it has a recipient that is none')
  const age = asText(read['age'], 'recipient', 64)
  if (!looksLikeRecipient(age)) throw new Malformed('it has a recipient that is no X25519 key')
  const { peer, name } = read
  if (peer !== undefined && (typeof peer !== 'string' || !peerForm.test(peer))) {
    throw new Malformed('it has a recipient that is no peer')
  }
  if (name !== undefined && (typeof name !== 'string' || !nameForm.test(name) || !peer)) {
    throw new Malformed('it has a recipient whose name cannot be shown')
  }
  return sealedTo(age, peer as PeerId | undefined, name)
}

/** A name that cannot be shown is left out: its peer id stands for it. */
export const sealedTo = (age: string, peer?: PeerId, name?: string): SealedTo => ({
  age,
  ...(peer !== undefined && { peer }),
  ...(name !== undefined && nameForm.test(name) && { name }),
})

/** Throws before anything is written where it would be too large. */
export async function seal(key: Key, plain: Plain, to: Audience): Promise<Value> {
  const { kind, content } = plain
  const { audience, recipients } = to
  const header = { version: formatVersion, kind, audience, recipients: recipients.map(plainly) }
  const binding = bindingOf(key, plain.kind, to)
  const bytes =
    encode(header).length + sealedBytes(binding.length + content.length, recipients.length)
  if (bytes + frameBytes > limits.valueBytesMax) throw tooLarge(key, bytes, recipients.length)
  const age = await sealTo(
    recipients.map((recipient) => recipient.age),
    Buffer.concat([binding, content]),
  )
  return { [reserved]: { ...header, age } }
}

/** The reserved name, and that of the bytes, with their lengths. */
const frameBytes = 32

const tooLarge = (key: Key, bytes: number, recipients: number): MeshError =>
  new MeshError(
    'VALUE_INVALID',
    `the secret for ${key} takes ${bytes} bytes, sealed to ${recipients} recipient${recipients === 1 ? '' : 's'}; the limit is ${limits.valueBytesMax}: seal what it is encrypted with instead, or less of it`,
    { key, bytes },
  )

const plainly = ({ age, peer, name }: SealedTo): Members => ({
  age,
  ...(peer !== undefined && { peer }),
  ...(name !== undefined && { name }),
})

/** Throws `Malformed`. */
export async function open(key: Key, sealed: Sealed, identity: AgeIdentity): Promise<Plain> {
  const { kind, age, recipients } = sealed
  const opened = await openWith(identity.key, age, recipients.length)
  const binding = bindingOf(key, kind, sealed)
  if (!equals(opened.subarray(0, binding.length), binding)) {
    throw new Malformed('it was sealed for another key, or to others than it says')
  }
  return { kind, content: opened.subarray(binding.length) }
}

const bindingOf = (key: Key, kind: string, { audience, recipients }: Audience): Uint8Array =>
  createHash('sha256')
    .update('grapevine/secret/1\n')
    .update(encode([key, kind, audience, recipients.map(plainly)]))
    .digest()
