import * as dagCbor from '@ipld/dag-cbor'
import type { ReplicaId } from '../src/index.js'
import { hex, peerOf, sha256, stubSign, unhex } from './stub-crypto.js'

/** What a member with a key of its own may sign, and an honest one never would. */
export interface Forgery {
  readonly by: string
  readonly seq: number
  readonly prev?: string
  readonly ms: number
  readonly key: string
  readonly seen?: ReadonlyMap<string, number>
  readonly put: unknown
}

const text = new TextEncoder()
const incarnation = new Uint8Array(8)

/** A well-formed, rightly signed release of one put, written by hand from the wire format. */
export function forgeRelease(mesh: Uint8Array, forgery: Forgery): Uint8Array {
  const { by, seq, prev, ms, key, seen = new Map<string, number>(), put } = forgery
  const peer = peerOf(by)
  const parent = seq === 1 ? null : unhex(prev ?? '00'.repeat(32))
  const header = dagCbor.encode([1, unhex(peer), incarnation, seq, parent, ms, 0, null, null])
  const flat = [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([id, to]) => [unhex(id), to])
  const leaf = dagCbor.encode([key, flat, put])
  const root = sha256(new Uint8Array([0]), leaf)
  const signed = new Uint8Array([
    ...text.encode('grapevine/release/1\n'),
    ...mesh,
    ...header,
    ...root,
  ])
  return dagCbor.encode([header, stubSign(peer, signed), leaf])
}

/** The frame by which a release travels. */
export const releaseFrame = (release: Uint8Array): Uint8Array => dagCbor.encode([0, release])

export const isReleaseFrame = (frame: Uint8Array): boolean =>
  dagCbor.decode<[number]>(frame)[0] === 0

export const releaseIn = (frame: Uint8Array): Uint8Array =>
  dagCbor.decode<[number, Uint8Array]>(frame)[1]

/** The replica id of a forger. */
export const forgerId = (mesh: Uint8Array, by: string): ReplicaId => {
  const named = sha256(text.encode('grapevine/replica/1\n'), mesh, unhex(peerOf(by)), incarnation)
  return hex(named.subarray(0, 16)) as ReplicaId
}
