import * as dagCbor from '@ipld/dag-cbor'
import { frameKinds } from '../frames.js'
import type { FrameKind } from '../frames.js'

/**
 * The wire format, written from the protocol and not from the code that speaks it: whoever lies must
 * be able to say what no honest encoder would.
 */
export type Wire =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Wire[]
  | { readonly [name: string]: Wire }

/** The protocol's largest page; more than two of these is too much for a frame of many things. */
export const pageBytes = 64 * 1024

/** The codec writes Buffers where it can; what leaves here is the plain kind, and nobody else's. */
export const encode = (value: Wire): Uint8Array => Uint8Array.from(dagCbor.encode(value))

export function decode(bytes: Uint8Array): Wire | undefined {
  try {
    return dagCbor.decode<Wire>(bytes)
  } catch {
    return undefined // another hostile peer wrote it
  }
}

export const frameOf = (kind: FrameKind, ...parts: readonly Wire[]): Uint8Array =>
  encode([frameKinds.indexOf(kind), ...parts])

/** The parts of a frame; none: nobody could read it. */
export function partsOf(frame: Uint8Array): readonly Wire[] {
  const whole = decode(frame)
  return Array.isArray(whole) ? (whole as readonly Wire[]).slice(1) : []
}

export const releaseFrame = (release: Uint8Array): Uint8Array => frameOf('release', release)

export const deltaFrame = (releases: readonly Uint8Array[]): Uint8Array =>
  frameOf('delta', releases, [], false)

/** As many frames as these releases need, none larger than an honest one. */
export function deltaFrames(releases: readonly Uint8Array[]): readonly Uint8Array[] {
  const pages: Uint8Array[][] = [[]]
  let room = pageBytes
  for (const release of releases) {
    room -= release.length + 5
    if (room < 0 && pages.at(-1)!.length > 0) {
      pages.push([])
      room = pageBytes - release.length
    }
    pages.at(-1)!.push(release)
  }
  return pages.map(deltaFrame)
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

export const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
