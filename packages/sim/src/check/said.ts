import * as dagCbor from '@ipld/dag-cbor'
import type { BadgeBook, Foundation, Link } from './badge-book.js'
import { isAdminOfAll, isGoodAt } from './badge-book.js'
import { hexOf } from './oracle.js'
import type { Vector } from './oracle.js'

/** A statement about the mesh, as its bytes tell it. */
export interface SaidOfMesh {
  readonly kind: 'cut' | 'seal' | 'close' | 'revoke'
  readonly issuer: string
  readonly number: number
  readonly marks: Vector
  /** By what its issuer says it; empty: it is the root. */
  readonly shown: readonly Link[]
  readonly revocation: Revocation | undefined
  /** Why it should not have been taken. */
  readonly fault: string | undefined
}

export interface Revocation {
  readonly subject: string
  readonly kept: ReadonlySet<string>
  /** Up to where what the key wanted counts, on replica ids of others. */
  readonly authored: Vector
  /** Up to where statements of the key, and of those it let in, count. */
  readonly chains: Vector
}

type Body = readonly [
  format: number,
  kind: number,
  issuer: Uint8Array,
  number: number,
  prev: Uint8Array | null,
  marks: readonly (readonly [Uint8Array, number, unknown])[],
  incarnation: Uint8Array | null,
  badge: Uint8Array | null,
  revocation?: readonly [
    subject: Uint8Array,
    atMs: number,
    kept: readonly Uint8Array[],
    authored: readonly (readonly [Uint8Array, number])[],
    chains: readonly (readonly [Uint8Array, number])[],
  ],
]

const kinds = ['cut', 'seal', 'close', 'revoke'] as const

export type ReadSaid = (bytes: Uint8Array) => SaidOfMesh

export function createSaidReader(foundation: Foundation, book: BadgeBook): ReadSaid {
  const { meshId, hash, root, verify } = foundation
  const domain = (what: string): Uint8Array =>
    Buffer.concat([new TextEncoder().encode(`grapevine/${what}/1\n`), meshId])
  const [statements, replicas] = [domain('statement'), domain('replica')]
  const counts = (entries: readonly (readonly [Uint8Array, number, ...unknown[]])[]): Vector =>
    new Map(entries.map(([id, count]) => [hexOf(id), count]))
  const replicaOf = (peer: Uint8Array, incarnation: Uint8Array): string =>
    hexOf(hash(Buffer.concat([replicas, peer, incarnation])).subarray(0, 16))

  return (bytes) => {
    const [body, signature, links = []] =
      dagCbor.decode<readonly [Uint8Array, Uint8Array, (readonly Uint8Array[])?]>(bytes)
    const [, kindNumber, issuerBytes, number, , marks, incarnation, badge, revoked] =
      dagCbor.decode<Body>(body)
    const [issuer, kind] = [hexOf(issuerBytes), kinds[kindNumber]!]
    const shown = links.map(book.learn)
    const last = shown.at(-1)
    const said = {
      kind,
      issuer,
      number,
      marks: counts(marks),
      shown,
      revocation: revoked && {
        subject: hexOf(revoked[0]),
        kept: new Set(revoked[2].map(hexOf)),
        authored: counts(revoked[3]),
        chains: counts(revoked[4]),
      },
    }
    const rightFault = (): string | undefined => {
      if (issuer === root) return undefined
      if (last === undefined || last.subject !== issuer) return 'it shows no badge of its own'
      if (badge === null || hexOf(badge) !== last.id) return 'it names another badge than it shows'
      const wrong = book.faultOf(last.id)
      if (wrong !== undefined) return wrong
      const chain = book.chainOf(last.id)!
      if (kind === 'revoke') {
        const isAdmin = isAdminOfAll(chain) && isGoodAt(chain, revoked![1])
        return isAdmin ? undefined : 'it is no admin of everything'
      }
      const isOwn = incarnation !== null && said.marks.has(replicaOf(issuerBytes, incarnation))
      return kind === 'close' && isOwn && marks.length === 1 ? undefined : 'it is no admin'
    }
    const isSigned = verify(issuer, Buffer.concat([statements, body]), signature)
    const ofRoot = revoked !== undefined && hexOf(revoked[0]) === root
    const fault = ofRoot ? 'the root cannot be revoked' : rightFault()
    return { ...said, fault: isSigned ? fault : 'its signature does not hold' }
  }
}
