import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { type PeerId, type ReplicaId, fromHex, toHex } from './ids.js'
import { isSmallOrder } from './small-order.js'

/** Signing, hashing and chance are handed in: the replica itself has none of them. */
export interface Crypto {
  /** SHA-256. */
  hash(this: void, bytes: Uint8Array): Uint8Array
  /** Ed25519 with this peer's own key. */
  sign(this: void, bytes: Uint8Array): Uint8Array
  verify(this: void, peer: PeerId, bytes: Uint8Array, signature: Uint8Array): boolean
  random(this: void, bytes: number): Uint8Array
}

/** What all peers of a mesh share. */
export interface MeshRules {
  /** SHA-256 of the genesis, inside every signature. */
  readonly id: Uint8Array
  /** Who may issue cuts and seals. */
  readonly admins: ReadonlySet<PeerId>
  /**
   * A mesh without revocation has no cuts and waits for no seals: what is older than the sealing
   * age counts as sealed.
   */
  readonly revocable: boolean
  /** Only who has a badge from an admin, however many links away, may number releases or write. */
  readonly closed?: boolean | undefined
  /** Why the author may not write this key, or undefined. A pure function of its arguments. */
  readonly writeFault?: (author: PeerId, key: string, ms: number) => string | undefined
}

/** The rules together with this peer's means to sign, hash and verify under them. */
export interface Mesh extends MeshRules, Crypto {
  signedBytes(this: void, what: Signed, ...parts: readonly Uint8Array[]): Uint8Array
  /** One and the same object for all releases of a replica id. */
  writerOf(this: void, peer: PeerId, incarnation: Uint8Array): Writer
}

/** A peer in one of its incarnations, and the replica id that follows from the two. */
export interface Writer {
  readonly peer: PeerId
  readonly incarnation: Uint8Array
  readonly replica: ReplicaId
}

type Signed = 'release' | 'statement' | 'presence' | 'badge' | 'intent'

export const incarnationBytes = 8

export function openMesh(rules: MeshRules, crypto: Crypto): Mesh {
  // Domain separation: nothing signed for one mesh or purpose can be shown in another.
  const domain = (what: string): Uint8Array =>
    concat([fromString(`grapevine/${what}/1\n`), rules.id])
  const domains = {
    release: domain('release'),
    statement: domain('statement'),
    presence: domain('presence'),
    badge: domain('badge'),
    intent: domain('intent'),
  }
  const replicaDomain = domain('replica')
  const writers = new Map<string, Writer>()

  return {
    ...rules,
    ...crypto,
    verify(peer, bytes, signature) {
      // Part of the protocol, and not of one library: all must refuse the same.
      if (isSmallOrder(peer)) return false
      try {
        return crypto.verify(peer, bytes, signature)
      } catch {
        return false // a key or signature that the library cannot even read
      }
    },
    signedBytes: (what, ...parts) => concat([domains[what], ...parts]),
    writerOf(peer, incarnation) {
      const name = peer + toHex(incarnation)
      let writer = writers.get(name)
      if (writer === undefined) {
        const named = concat([replicaDomain, fromHex(peer), incarnation])
        const replica = toHex<ReplicaId>(crypto.hash(named).subarray(0, 16))
        writer = { peer, incarnation: incarnation.slice(), replica }
        // Outsiders can name writers without end; forgetting them all only costs a hash each.
        if (writers.size >= 100_000) writers.clear()
        writers.set(name, writer)
      }
      return writer
    },
  }
}
