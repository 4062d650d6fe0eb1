import {
  Malformed,
  asBytes,
  asCount,
  asList,
  asText,
  decode,
  encode,
  fromHex,
  toHex,
} from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import type { Contact } from './network.js'

/** What a frame on a link is, in its first byte. A reader skips kinds it does not know. */
export const frameKinds = { replica: 0, book: 1, twin: 2 } as const
export type FrameKind = keyof typeof frameKinds

const addressesMax = 8
export const contactsPerPageMax = 48

const addressBytesMax = 128
const lineBytesMax = 128
/** So many contacts of the greatest size fit into it. */
const bookPageBytesMax = 64 * 1024
const twinBytesMax = 1024

export const frameOf = (kind: FrameKind, body: Uint8Array): Uint8Array => {
  const frame = new Uint8Array(1 + body.length)
  frame[0] = frameKinds[kind]
  frame.set(body, 1)
  return frame
}

/** Whom one peer knows, as it tells another. All of it is hearsay. */
export const encodeBookPage = (contacts: readonly Contact[]): Uint8Array =>
  encode(
    contacts
      .slice(0, contactsPerPageMax)
      .map(({ peer, name, addresses, seenAt }) => [
        fromHex(peer),
        clipLine(name),
        clipAddresses(addresses),
        Math.max(0, Math.trunc(seenAt)),
      ]),
  )

export function decodeBookPage(bytes: Uint8Array): readonly Contact[] {
  const contacts = asList(decode(bytes, bookPageBytesMax), 'contacts')
  if (contacts.length > contactsPerPageMax)
    throw new Malformed(`it has ${contacts.length} contacts`)
  return contacts.map((contact) => {
    const [peer, name, addresses, seenAt] = asList(contact, 'contact')
    return {
      peer: toHex<PeerId>(asBytes(peer, 'peer', 32)),
      name: asLine(name, 'name'),
      addresses: asAddresses(addresses),
      seenAt: asCount(seenAt, 'seen at'),
    }
  })
}

/** The two instances that were met under the key of whoever gets this. */
export const encodeTwins = (instances: readonly [string, string]): Uint8Array =>
  encode(instances.map(clipLine))

export function decodeTwins(bytes: Uint8Array): readonly [string, string] {
  const [one, two] = asList(decode(bytes, twinBytesMax), 'instances')
  return [asLine(one, 'instance'), asLine(two, 'instance')]
}

/** A text for people: one that comes from outside must not steer the terminal that shows it. */
export const asLine = (value: unknown, what: string): string =>
  asText(value, what, lineBytesMax).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')

export const asAddresses = (value: unknown): readonly string[] =>
  asList(value, 'addresses')
    .slice(0, addressesMax)
    .map((address) => asText(address, 'address', addressBytesMax))

/** As much of our own text as fits; what others say too long is refused instead. */
export function clipLine(text: string): string {
  let clipped = ''
  for (const character of text.replace(/\p{Cs}/gu, '?')) {
    if (Buffer.byteLength(clipped) + Buffer.byteLength(character) > lineBytesMax) break
    clipped += character
  }
  return clipped
}

export const clipAddresses = (addresses: readonly string[]): readonly string[] =>
  addresses
    .filter((address) => Buffer.byteLength(address) <= addressBytesMax)
    .slice(0, addressesMax)
