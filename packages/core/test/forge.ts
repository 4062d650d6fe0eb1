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
  /** In a closed mesh: the badge that it names, what it says to have spent, and whose will it shows. */
  readonly trust?: {
    readonly badge: string
    readonly spentBytes?: number
    readonly will?: Will | undefined
  }
}

/** What an author signed; a relay may number something else under it. */
export interface Will {
  readonly author: string
  readonly badge: string
  readonly atMs: number
  readonly untilMs: number
  readonly put: unknown
}

const text = new TextEncoder()
const incarnation = new Uint8Array(8)

/** A well-formed, rightly signed release of one put, written by hand from the wire format. */
export function forgeRelease(mesh: Uint8Array, forgery: Forgery): Uint8Array {
  const { by, seq, prev, ms, key, seen = new Map<string, number>(), put, trust } = forgery
  const peer = peerOf(by)
  const parent = seq === 1 ? null : unhex(prev ?? '00'.repeat(32))
  const flat = [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([id, to]) => [unhex(id), to])
  const leaf = dagCbor.encode([key, flat, put])
  const plain = [unhex(peer), incarnation, seq, parent, ms, 0, null, null]
  const { badge, will, spentBytes = releaseCostBytes + leaf.length } = trust ?? { badge: '' }
  const authorship = will === undefined ? null : authorshipOf(mesh, key, will)
  const header = dagCbor.encode(
    trust === undefined ? [1, ...plain] : [2, ...plain, unhex(badge), authorship, spentBytes],
  )
  const signed = domain('release', mesh, header, sha256(new Uint8Array([0]), leaf))
  return dagCbor.encode([header, stubSign(peer, signed), leaf])
}

/** What a release costs beside its changes. */
const releaseCostBytes = 512

const domain = (what: string, ...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array([...text.encode(`grapevine/${what}/1\n`), ...parts.flatMap((part) => [...part])])

function authorshipOf(mesh: Uint8Array, key: string, will: Will): unknown[] {
  const { author, badge, atMs, untilMs, put } = will
  const named = [unhex(peerOf(author)), unhex(badge), atMs, untilMs]
  const root = sha256(new Uint8Array([0]), dagCbor.encode([key, put]))
  const body = dagCbor.encode([1, ...named, null, null, root])
  return [...named, stubSign(peerOf(author), domain('intent', mesh, body))]
}

/** The frame by which a release travels. */
export const releaseFrame = (release: Uint8Array): Uint8Array => dagCbor.encode([0, release])

/** The frame by which bare releases travel. */
export const evidenceFrame = (release: Uint8Array): Uint8Array => dagCbor.encode([8, [release]])

/** A release of one put as the mere proof that it exists. */
export function bareOf(release: Uint8Array): Uint8Array {
  const [header, signature, leaf] = dagCbor.decode<[Uint8Array, Uint8Array, Uint8Array]>(release)
  return dagCbor.encode([header, signature, [sha256(new Uint8Array([0]), leaf)]])
}

export const isReleaseFrame = (frame: Uint8Array): boolean =>
  dagCbor.decode<[number]>(frame)[0] === 0

export const releaseIn = (frame: Uint8Array): Uint8Array =>
  dagCbor.decode<[number, Uint8Array]>(frame)[1]

/** The replica id of a forger. */
export const forgerId = (mesh: Uint8Array, by: string): ReplicaId => {
  const named = sha256(text.encode('grapevine/replica/1\n'), mesh, unhex(peerOf(by)), incarnation)
  return hex(named.subarray(0, 16)) as ReplicaId
}
