import { webcrypto } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { Malformed } from '@grapevine/core'

/**
 * The one place that knows the library. It takes 70 ms to load, so it is loaded when the first value is
 * sealed or opened, and never by peers without secrets.
 */
const library = async (): Promise<typeof import('age-encryption')> => import('age-encryption')

export async function sealTo(
  recipients: readonly string[],
  content: Uint8Array,
): Promise<Uint8Array> {
  const { Encrypter } = await library()
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return encrypter.encrypt(content)
}

/** Throws `Malformed` for whatever does not open; the library's own words are kept from everybody. */
export async function openWith(
  key: KeyObject,
  sealed: Uint8Array,
  recipients: number,
): Promise<Uint8Array> {
  checkHeader(sealed, recipients)
  const { Decrypter } = await library()
  const decrypter = new Decrypter()
  decrypter.addIdentity(await cryptoKeyOf(key))
  try {
    return await decrypter.decrypt(sealed)
  } catch {
    throw new Malformed('it does not open with the key it says it was sealed to')
  }
}

const cryptoKeyOf = async (key: KeyObject): Promise<webcrypto.CryptoKey> => {
  const der = key.export({ format: 'der', type: 'pkcs8' })
  return webcrypto.subtle.importKey('pkcs8', der, { name: 'X25519' }, false, ['deriveBits'])
}

const line = '[A-Za-z0-9+/]{43}\n'
const header = new RegExp(`^age-encryption\\.org/v1\n(?:-> X25519 ${line}${line})+--- ${line}$`)
const bytesOf = { version: 22, stanza: 98, mac: 48, nonce: 16, tag: 16 }
const chunkBytes = 64 * 1024

/**
 * The library tries each X25519 stanza, however many there are. What it is given has exactly one for
 * each recipient that is named, and none of another kind; passphrases it is never given.
 */
function checkHeader(sealed: Uint8Array, recipients: number): void {
  const { version, stanza, mac } = bytesOf
  const headerBytes = version + stanza * recipients + mac
  const start = Buffer.from(sealed.subarray(0, headerBytes)).toString('latin1')
  if (start.length === headerBytes && header.test(start)) return
  throw new Malformed(
    `it is no age file for ${recipients} X25519 recipient${recipients === 1 ? '' : 's'}`,
  )
}

/** How long content becomes, sealed to so many. */
export function sealedBytes(contentBytes: number, recipients: number): number {
  const { version, stanza, mac, nonce, tag } = bytesOf
  const chunks = Math.max(1, Math.ceil(contentBytes / chunkBytes))
  return version + stanza * recipients + mac + nonce + contentBytes + tag * chunks
}
