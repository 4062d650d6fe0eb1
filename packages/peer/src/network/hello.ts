import { Malformed, asBoolean, asBytes, asCount, asList, decode, encode } from '@grapevine/core'
import type { Introduction } from './network.js'
import { asAddresses, asLine, clipAddresses, clipLine } from './wire.js'

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
}

export const ownVersions = { min: 1, max: 1 } as const
export const helloBytesMax = 8 * 1024

const fieldCount = 8

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
  ])

export function decodeHello(bytes: Uint8Array): Hello {
  const fields = asList(decode(bytes, helloBytesMax), 'introduction')
  if (fields.length < fieldCount) throw new Malformed(`it has only ${fields.length} fields`)
  const [min, max, meshId, name, instance, software, addresses, gossips] = fields
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
    return {
      notice: 'incompatible',
      why:
        `runs ${other.introduction.software}, which speaks protocol ${inWords(other.versions)}; ` +
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
