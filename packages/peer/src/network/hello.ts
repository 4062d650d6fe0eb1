import {
  Malformed,
  asBoolean,
  asBytes,
  asCount,
  asList,
  asText,
  decode,
  encode,
  limits,
} from '@grapevine/core'
import type { Introduction } from './network.js'
import {
  asAddresses,
  asBadge,
  asLine,
  clipAddresses,
  clipLine,
  clipText,
  printable,
} from './wire.js'

/**
 * The first frame of a stream, in both directions. Fields are only ever added at its end, and a
 * reader skips those it does not know: so minor versions talk, and others tell each other why not.
 */
export interface Hello {
  /** The versions of what follows that the sender speaks. */
  readonly versions: { readonly min: number; readonly max: number }
  readonly meshId: Uint8Array
  readonly introduction: Introduction
  /** Where it says it can be reached: multiaddrs. */
  readonly addresses: readonly string[]
  /** Without gossip it hears by stream what others publish. */
  readonly gossips: boolean
  /** The links of its badge, root first; none in an open mesh. */
  readonly badge: readonly Uint8Array[]
}

export const ownVersions = { min: 1, max: 1 } as const
export const helloBytesMax = 8 * 1024 + limits.badgeLinksMax * limits.badgeBytesMax

const fieldCount = 9
const refusalBytesMax = 512

export const encodeHello = ({ versions, meshId, introduction, ...rest }: Hello): Uint8Array =>
  encode([
    versions.min,
    versions.max,
    meshId,
    clipLine(introduction.name),
    clipLine(introduction.instance),
    clipLine(introduction.software),
    clipAddresses(rest.addresses),
    rest.gossips,
    rest.badge,
  ])

/** As much of it as whoever is not known to be a member may hear: who it is, and no more. */
export const guardedHello = (hello: Hello): Hello => ({
  ...hello,
  introduction: { name: '', instance: hello.introduction.instance, software: '' },
  addresses: [],
})

/** In the place of an introduction: what is wrong with the other one. */
export const encodeRefusal = (why: string): Uint8Array => encode([clipText(why, refusalBytesMax)])

/** What is wrong with us, in the words of the other side; undefined: it is no refusal. */
export function decodeRefusal(bytes: Uint8Array): string | undefined {
  const fields = asList(decode(bytes, helloBytesMax), 'introduction')
  return fields.length === 1 ? printable(asText(fields[0], 'refusal', refusalBytesMax)) : undefined
}

export function decodeHello(bytes: Uint8Array): Hello {
  const fields = asList(decode(bytes, helloBytesMax), 'introduction')
  if (fields.length < fieldCount) throw new Malformed(`it has only ${fields.length} fields`)
  const [min, max, meshId, name, instance, software, addresses, gossips, badge] = fields
  return {
    versions: { min: asCount(min, 'version'), max: asCount(max, 'version') },
    meshId: asBytes(meshId, 'mesh id', 32),
    introduction: {
      name: asLine(name, 'name'),
      instance: asLine(instance, 'instance'),
      software: asLine(software, 'software'),
    },
    addresses: asAddresses(addresses),
    gossips: asBoolean(gossips, 'gossips'),
    badge: asBadge(badge),
  }
}

/** Why two peers must not talk, as a sentence for whoever runs one of them. */
export function strangeness(own: Hello, other: Hello): Strangeness | undefined {
  if (Buffer.compare(own.meshId, other.meshId) !== 0) {
    const theirs = Buffer.from(other.meshId).toString('hex', 0, 4)
    const ours = Buffer.from(own.meshId).toString('hex', 0, 4)
    return {
      notice: 'stranger',
      why: `belongs to another mesh (${theirs}…, this one is ${ours}…): check \`mesh\` and \`peers\` on both`,
    }
  }
  if (other.versions.max < own.versions.min || other.versions.min > own.versions.max) {
    const isOlder = other.versions.max < own.versions.min
    const { software } = other.introduction
    return {
      notice: 'incompatible',
      why:
        `${software === '' ? 'speaks' : `runs ${software}, which speaks`} protocol ${inWords(other.versions)}; ` +
        `this peer speaks ${inWords(own.versions)}: upgrade ${isOlder ? 'that one' : 'this one'}`,
    }
  }
  return undefined
}

export interface Strangeness {
  readonly notice: 'stranger' | 'incompatible'
  /** What follows the name of the other peer. */
  readonly why: string
}

const inWords = ({ min, max }: Hello['versions']): string =>
  min === max ? `${min}` : `${min} to ${max}`
