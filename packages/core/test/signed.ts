import * as dagCbor from '@ipld/dag-cbor'
import { type Node, cbor, contentOf, join, write } from './cbor.js'
import { hex, sha256, stubSign } from './stub-crypto.js'
import type * as Core from '../src/index.js'

/**
 * What a signature is over, and whether it holds: written from the rules, for the stub signature
 * that whoever knows a peer's id can make.
 */
const text = new TextEncoder()

export type Purpose = 'release' | 'statement' | 'presence'

export const signedBytes = (mesh: Uint8Array, what: Purpose, ...parts: Uint8Array[]): Uint8Array =>
  join([text.encode(`grapevine/${what}/1\n`), mesh, ...parts])

/** The root of a tree of changes; undefined where it is none. */
export function rootOfNode(tree: Node): Uint8Array | undefined {
  if (tree.major === 2) return sha256(new Uint8Array([0]), contentOf(tree))
  if (tree.major !== 4) return undefined
  const [left, right] = tree.children
  if (tree.children.length === 1) return left!.major === 2 ? contentOf(left!) : undefined
  if (tree.children.length !== 2) return undefined
  const roots = [rootOfNode(left!), rootOfNode(right!)]
  if (roots[0] === undefined || roots[1] === undefined) return undefined
  return sha256(new Uint8Array([1]), roots[0], roots[1])
}

/** Signs whatever stands in a release, statement or presence, in the name that stands in it. */
export function resign(mesh: Uint8Array, tree: Node): Node {
  const children = tree.children.map((child) => resign(mesh, child))
  const inner = { ...tree, children }
  const purpose = purposeOf(inner)
  if (purpose === undefined) return inner
  const [body, , changes] = children as [Node, Node, Node]
  const fields = body.children[0]!.children
  const signer = fields[purpose === 'release' || purpose === 'presence' ? 1 : 2]
  const root = purpose === 'release' ? rootOfNode(changes) : new Uint8Array()
  if (signer?.major !== 2 || root === undefined) return inner
  const signed = signedBytes(mesh, purpose, contentOf(body), root)
  const signature = cbor.bytes(stubSign(hex(contentOf(signer)) as Core.PeerId, signed))
  return { ...inner, children: children.map((child, index) => (index === 1 ? signature : child)) }
}

export function purposeOf({ major, children }: Node): Purpose | undefined {
  const [body, signature] = children
  if (major !== 4 || body?.major !== 2 || signature?.major !== 2) return undefined
  const fields = body.children[0]
  if (signature.content.length !== 64 || fields?.major !== 4) return undefined
  const sizes = { 9: 'release', 7: 'statement', 8: 'presence' } as const
  const purpose = sizes[fields.children.length as keyof typeof sizes]
  return (purpose === 'release') === (children.length === 3) ? purpose : undefined
}

type Wire = Uint8Array | readonly Wire[] | number | string | null

/** The ids of a release or statement that is signed; undefined: it is not. */
export function signedId(mesh: Uint8Array, what: Purpose, bytes: Uint8Array): string | undefined {
  const [body, signature, tree] = dagCbor.decode<[Uint8Array, Uint8Array, Wire]>(bytes)
  const fields = dagCbor.decode<Wire[]>(body)
  const signer = hex(fields[what === 'statement' ? 2 : 1] as Uint8Array) as Core.PeerId
  const root = what === 'release' ? rootOf(tree) : new Uint8Array()
  const signed = signedBytes(mesh, what, body, root)
  return hex(stubSign(signer, signed)) === hex(signature) ? hex(sha256(signed)) : undefined
}

function rootOf(tree: Wire): Uint8Array {
  if (tree instanceof Uint8Array) return sha256(new Uint8Array([0]), tree)
  const [left, right] = tree as Wire[]
  return right === undefined
    ? (left as Uint8Array)
    : sha256(new Uint8Array([1]), rootOf(left!), rootOf(right))
}

export interface Sketch {
  readonly peer: Core.PeerId
  readonly incarnation?: Uint8Array
  readonly seq?: number
  readonly prev?: Uint8Array | null
  readonly ms?: number
  readonly counter?: number
  readonly message?: string | null
  readonly requestId?: string | null
}

/** A signed release of any content at all, well-formed or not. */
export function signedRelease(mesh: Uint8Array, sketch: Sketch, tree: Node): Node {
  const seq = sketch.seq ?? 1
  const header = cbor.list(
    cbor.int(1),
    cbor.bytes(Uint8Array.from(Buffer.from(sketch.peer, 'hex'))),
    cbor.bytes(sketch.incarnation ?? new Uint8Array(8)),
    cbor.int(seq),
    sketch.prev ? cbor.bytes(sketch.prev) : cbor.null,
    cbor.int(sketch.ms ?? 1),
    cbor.int(sketch.counter ?? 0),
    sketch.message === undefined || sketch.message === null ? cbor.null : cbor.text(sketch.message),
    sketch.requestId === undefined || sketch.requestId === null
      ? cbor.null
      : cbor.text(sketch.requestId),
  )
  return resign(mesh, cbor.list(cbor.wrapped(header), cbor.bytes(new Uint8Array(64)), tree))
}

export const change = (key: string, ...value: Node[]): Node =>
  cbor.wrapped(cbor.list(cbor.text(key), cbor.list(), ...value))

export const releaseFrame = (release: Node): Uint8Array =>
  write(cbor.list(cbor.int(0), cbor.wrapped(release)))
