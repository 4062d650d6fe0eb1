import {
  Malformed,
  asBytes,
  asCount,
  asList,
  asText,
  decode,
  encode,
  fromHex,
  limits,
  toHex,
} from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import type { Contact } from './network.js'

/** What a frame on a link is, in its first byte. A reader skips kinds it does not know. */
export const frameKinds = {
  replica: 0,
  book: 1,
  twin: 2,
  /** About the keys of the network. */
  keys: 3,
  /** A badge for whoever gets it. */
  badge: 4,
  /** The badge that its sender has from now on. */
  renewed: 5,
} as const
export type FrameKind = keyof typeof frameKinds

const addressesMax = 8
const contactsPerPageMax = 48

const addressBytesMax = 128
const lineBytesMax = 128
/** One contact of the greatest size fits into it, or many as they are. */
const bookPageBytesMax = 64 * 1024
/** What a page needs beside its contacts. */
const bookPageHeadBytes = 8
const twinBytesMax = 1024
const badgeFrameBytesMax = limits.badgeLinksMax * (limits.badgeBytesMax + 8) + 8

export const frameOf = (kind: FrameKind, body: Uint8Array): Uint8Array => {
  const frame = new Uint8Array(1 + body.length)
  frame[0] = frameKinds[kind]
  frame.set(body, 1)
  return frame
}

/** Whom one peer knows, as it tells another, in as many pages as that takes. All of it is hearsay. */
export function encodeBookPages(contacts: readonly Contact[]): readonly Uint8Array[] {
  const pages: unknown[][] = []
  let bytes = Infinity
  for (const { peer, name, addresses, seenAt, badge } of contacts) {
    const contact = [
      fromHex(peer),
      clipLine(name),
      clipAddresses(addresses),
      Math.max(0, Math.trunc(seenAt)),
      badge ?? [],
    ]
    const length = encode(contact).length
    const isFull = bytes + length > bookPageBytesMax || pages.at(-1)?.length === contactsPerPageMax
    if (isFull) {
      pages.push([])
      bytes = bookPageHeadBytes
    }
    pages.at(-1)?.push(contact)
    bytes += length
  }
  return pages.map((page) => encode(page))
}

export function decodeBookPage(bytes: Uint8Array): readonly Contact[] {
  const contacts = asList(decode(bytes, bookPageBytesMax), 'contacts')
  if (contacts.length > contactsPerPageMax)
    throw new Malformed(`it has ${contacts.length} contacts`)
  return contacts.map((contact) => {
    const [peer, name, addresses, seenAt, badge] = asList(contact, 'contact')
    const links = asBadge(badge)
    return {
      peer: toHex<PeerId>(asBytes(peer, 'peer', 32)),
      name: asLine(name, 'name'),
      addresses: asAddresses(addresses),
      seenAt: asCount(seenAt, 'seen at'),
      ...(links.length === 0 ? {} : { badge: links }),
    }
  })
}

export const encodeBadge = (badge: readonly Uint8Array[]): Uint8Array => encode(badge)

export const decodeBadge = (bytes: Uint8Array): readonly Uint8Array[] =>
  asBadge(decode(bytes, badgeFrameBytesMax))

/** Form only: what is wrong with a chain is judged, and said, by whoever reads it. */
export function asBadge(value: unknown): readonly Uint8Array[] {
  const links = asList(value, 'badge')
  if (links.length > 2 * limits.badgeLinksMax) {
    throw new Malformed(`it has a badge of ${links.length} links`)
  }
  return links.map((link) => asBytes(link, 'link of a badge'))
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
  printable(asText(value, what, lineBytesMax))

export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')

export const asAddresses = (value: unknown): readonly string[] =>
  asList(value, 'addresses')
    .slice(0, addressesMax)
    .map((address) => asText(address, 'address', addressBytesMax))

/** As much of our own text as fits; what others say too long is refused instead. */
export const clipLine = (text: string): string => clipText(text, lineBytesMax)

export function clipText(text: string, bytesMax: number): string {
  let clipped = ''
  for (const character of text.replace(/\p{Cs}/gu, '?')) {
    if (Buffer.byteLength(clipped) + Buffer.byteLength(character) > bytesMax) break
    clipped += character
  }
  return clipped
}

export const clipAddresses = (addresses: readonly string[]): readonly string[] =>
  addresses
    .filter((address) => Buffer.byteLength(address) <= addressBytesMax)
    .slice(0, addressesMax)
