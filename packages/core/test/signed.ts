import * as dagCbor from '@ipld/dag-cbor'
import { type Node, cbor, contentOf, join, write } from './cbor.js'
import { hex, sha256, stubSign } from './stub-crypto.js'
import type * as Core from '../src/index.js'

/**
 * What a signature is over, and whether it holds: written from the rules, for the stub signature
 * that whoever knows a peer's id can make.
 */
const text = new TextEncoder()

export type Purpose = 'release' | 'statement' | 'presence' | 'badge'

export const signedBytes = (
  mesh: Uint8Array,
  what: Purpose | 'intent',
  ...parts: Uint8Array[]
): Uint8Array => join([text.encode(`grapevine/${what}/1\n`), mesh, ...parts])

/** The root of a tree of changes; undefined where it is none. */
export function rootOfNode(tree: Node): Uint8Array | undefined {
  if (tree.major === 2) return sha256(new Uint8Array([0]), contentOf(tree))
  if (tree.major !== 4) return undefined
  const [left, right] = tree.children
  if (tree.children.length === 1) {
    return left!.major === 2 ? contentOf(left!).subarray(0, 32) : undefined
  }
  if (tree.children.length !== 2) return undefined
  const roots = [rootOfNode(left!), rootOfNode(right!)]
  if (roots[0] === undefined || roots[1] === undefined) return undefined
  return sha256(new Uint8Array([1]), roots[0], roots[1])
}

/** The root that an author signs: of each change all but what was seen, of what is pruned the second hash. */
function authorsRootOfNode(tree: Node): Uint8Array | undefined {
  const [first, ...others] = tree.children
  if (tree.major === 2) {
    const [key, , ...value] = first?.children ?? []
    return key && sha256(new Uint8Array([0]), write(cbor.list(key, ...value)))
  }
  if (first === undefined || tree.major !== 4) return undefined
  if (others.length === 0) return first.major === 2 ? contentOf(first).subarray(32) : undefined
  const roots = tree.children.map(authorsRootOfNode)
  if (roots.length !== 2 || roots[0] === undefined || roots[1] === undefined) return undefined
  return sha256(new Uint8Array([1]), roots[0], roots[1])
}

/** Signs whatever stands in a release, statement, presence or badge, in the name that stands in it. */
export function resign(mesh: Uint8Array, tree: Node): Node {
  const children = tree.children.map((child) => resign(mesh, child))
  const purpose = purposeOf({ ...tree, children })
  const inner =
    purpose === 'release' ? resignIntent(mesh, { ...tree, children }) : { ...tree, children }
  if (purpose === undefined) return inner
  const [body, , changes] = inner.children as [Node, Node, Node]
  const fields = body.children[0]!.children
  const signer = fields[purpose === 'release' || purpose === 'presence' ? 1 : 2]
  const root = purpose === 'release' ? rootOfNode(changes) : new Uint8Array()
  if (signer?.major !== 2 || root === undefined) return inner
  const signed = signedBytes(mesh, purpose, contentOf(body), root)
  return { ...inner, children: withSignature(inner.children, 1, signer, signed) }
}

const withSignature = (
  parts: readonly Node[],
  at: number,
  signer: Node,
  signed: Uint8Array,
): readonly Node[] => {
  const signature = cbor.bytes(stubSign(hex(contentOf(signer)) as Core.PeerId, signed))
  return parts.map((part, index) => (index === at ? signature : part))
}

const [messageField, requestIdField, authorField] = [7, 8, 10]

/** An author signs anew for what a release shows by now. */
function resignIntent(mesh: Uint8Array, release: Node): Node {
  const [header, signature, changes] = release.children as [Node, Node, Node]
  const fields = header.children[0]!.children
  const will = fields[authorField]
  const root = authorsRootOfNode(changes)
  const [author, badge, atMs, untilMs, last] = will?.children ?? []
  if (author?.major !== 2 || last === undefined || root === undefined) return release
  const named = [author, badge!, atMs!, untilMs!]
  const body = write(
    cbor.list(
      cbor.int(1),
      ...named,
      fields[messageField]!,
      fields[requestIdField]!,
      cbor.bytes(root),
    ),
  )
  const signed = signedBytes(mesh, 'intent', body)
  const resigned = { ...will!, children: withSignature(will!.children, 4, author, signed) }
  const list = cbor.list(
    ...fields.map((field, index) => (index === authorField ? resigned : field)),
  )
  return { ...release, children: [cbor.wrapped(list), signature, changes] }
}

export function purposeOf({ major, children }: Node): Purpose | undefined {
  const [body, signature] = children
  if (major !== 4 || body?.major !== 2 || signature?.major !== 2) return undefined
  const fields = body.children[0]
  if (signature.content.length !== 64 || fields?.major !== 4) return undefined
  const size = fields.children.length
  const isKinded = fields.children[1]?.major === 0
  if (size >= 7 && size <= 9 && isKinded) return 'statement'
  if (children.length === 3) return size === 9 || size === 12 ? 'release' : undefined
  if (children.length !== 2) return undefined
  return size === 10 ? 'badge' : size === 8 ? 'presence' : undefined
}

type Wire = Uint8Array | readonly Wire[] | number | string | null

/** The ids of a release or statement that is signed; undefined: it is not. */
export function signedId(mesh: Uint8Array, what: Purpose, bytes: Uint8Array): string | undefined {
  const [body, signature, tree] = dagCbor.decode<[Uint8Array, Uint8Array, Wire]>(bytes)
  const fields = dagCbor.decode<Wire[]>(body)
  const signer = fields[what === 'statement' || what === 'badge' ? 2 : 1] as Uint8Array
  const root = what === 'release' ? rootOf(tree) : new Uint8Array()
  const signed = signedBytes(mesh, what, body, root)
  if (!isBy(signer, signed, signature)) return undefined
  if (what === 'release' && !isIntended(mesh, fields, tree)) return undefined
  return hex(sha256(signed))
}

const isBy = (signer: Uint8Array, signed: Uint8Array, signature: Uint8Array): boolean =>
  hex(stubSign(hex(signer) as Core.PeerId, signed)) === hex(signature)

/** Where a release names an author, that one signed for it too. */
function isIntended(mesh: Uint8Array, fields: readonly Wire[], tree: Wire): boolean {
  const will = fields[authorField] as Wire[] | null | undefined
  if (will === null || will === undefined) return true
  const named = will.slice(0, 4)
  const rest = [fields[messageField], fields[requestIdField], authorsRootOf(tree)]
  const signed = signedBytes(mesh, 'intent', dagCbor.encode([1, ...named, ...rest]))
  return isBy(will[0] as Uint8Array, signed, will[4] as Uint8Array)
}

function authorsRootOf(tree: Wire): Uint8Array {
  if (tree instanceof Uint8Array) {
    const [key, , ...value] = dagCbor.decode<unknown[]>(tree)
    return sha256(new Uint8Array([0]), dagCbor.encode([key, ...value]))
  }
  const [left, right] = tree as Wire[]
  return right === undefined
    ? (left as Uint8Array).subarray(32)
    : sha256(new Uint8Array([1]), authorsRootOf(left!), authorsRootOf(right))
}

function rootOf(tree: Wire): Uint8Array {
  if (tree instanceof Uint8Array) return sha256(new Uint8Array([0]), tree)
  const [left, right] = tree as Wire[]
  return right === undefined
    ? (left as Uint8Array).subarray(0, 32)
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
