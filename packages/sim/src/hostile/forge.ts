import { type Wire, bytesOf, decode, encode, hexOf, join } from './wire.js'

/** What a forger works with: its own key, and the hash that everybody uses. */
export interface Tools {
  readonly meshId: Uint8Array
  readonly hash: (bytes: Uint8Array) => Uint8Array
  sign(this: void, bytes: Uint8Array): Uint8Array
}

type Vector = ReadonlyMap<string, number>
/** The changes of a release: a leaf, the hash of what is hidden, or two sides. */
export type Tree = Uint8Array | readonly [Uint8Array] | readonly [Tree, Tree]

export interface Change {
  readonly key: string
  readonly seen: Vector
  /** Undefined: a remove. */
  readonly put: Wire | undefined
}

export interface Header {
  readonly peer: string
  readonly incarnation: Uint8Array
  readonly seq: number
  readonly prev: Uint8Array | null
  readonly ms: number
  readonly counter: number
  readonly message?: string | null
  readonly requestId?: string | null
  /** In a closed mesh. */
  readonly trust?: Standing | undefined
}

/** What a release stands on, and how much of its budget was spent before it. */
export interface Standing {
  readonly badge: Uint8Array
  readonly authorship: Wire
  readonly carriedBytes: number
}

export interface Forged {
  readonly bytes: Uint8Array
  readonly id: Uint8Array
}

/** How signing strays from the rules; by default not at all. */
interface Slip {
  /** In the place of the right mesh id. */
  readonly meshId?: Uint8Array
  /** In the place of the right purpose. */
  readonly purpose?: Purpose
  /** In the place of an own signature. */
  readonly signature?: Uint8Array
  /** In the place of what it spent. */
  readonly spentBytes?: number
}

type Purpose = 'release' | 'statement' | 'presence' | 'badge' | 'intent'

const text = new TextEncoder()

export function signedBytes(
  tools: Tools,
  purpose: Purpose,
  slip: Slip,
  ...parts: Uint8Array[]
): Uint8Array {
  const domain = text.encode(`grapevine/${slip.purpose ?? purpose}/1\n`)
  return join(domain, slip.meshId ?? tools.meshId, ...parts)
}

export function replicaIdOf(tools: Tools, peer: string, incarnation: Uint8Array): string {
  const named = join(text.encode('grapevine/replica/1\n'), tools.meshId, bytesOf(peer), incarnation)
  return hexOf(tools.hash(named).subarray(0, 16))
}

export function forgeRelease(
  tools: Tools,
  header: Header,
  changes: readonly Change[],
  slip: Slip = {},
): Forged {
  const sorted = [...changes].sort((a, b) => (a.key < b.key ? -1 : 1))
  return forgeTree(tools, header, growTree(sorted.map(leafOf)), slip)
}

/** A release of any tree at all, also one that no honest writer would grow. */
export function forgeTree(tools: Tools, header: Header, tree: Tree, slip: Slip = {}): Forged {
  const head = headOf(header, slip.spentBytes ?? spentBy(header, tree))
  const signed = signedBytes(tools, 'release', slip, head, rootOf(tools, tree))
  const signature = slip.signature ?? tools.sign(signed)
  return { bytes: encode([head, signature, tree]), id: tools.hash(signed) }
}

function headOf(header: Header, spentBytes: number): Uint8Array {
  const { peer, incarnation, seq, prev, ms, counter, trust } = header
  const place = [bytesOf(peer), incarnation, seq, prev, ms, counter] as const
  const named = [header.message ?? null, header.requestId ?? null] as const
  if (trust === undefined) return encode([1, ...place, ...named])
  return encode([2, ...place, ...named, trust.badge, trust.authorship, spentBytes])
}

/** What a release costs beside its changes. */
const releaseCostBytes = 512

/** How much of its budget a chain has spent after this release. */
export function spentBy({ trust }: Pick<Header, 'trust'>, tree: Tree): number {
  const changesBytes = leavesOf(tree).reduce((sum, { length }) => sum + length, 0)
  return (trust?.carriedBytes ?? 0) + releaseCostBytes + changesBytes
}

export function leavesOf(tree: Tree): readonly Uint8Array[] {
  if (tree instanceof Uint8Array) return [tree]
  return tree.length === 1 ? [] : tree.flatMap(leavesOf)
}

export const leafOf = ({ key, seen, put }: Change): Uint8Array =>
  encode(put === undefined ? [key, flat(seen)] : [key, flat(seen), put])

/** A vector as it travels: ids and seqs in turn, ascending. */
export const flat = (vector: Vector): readonly Wire[] =>
  [...vector].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([id, seq]) => [bytesOf(id), seq])

export function growTree(leaves: readonly Uint8Array[]): Tree {
  if (leaves.length === 1) return leaves[0]!
  const left = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return [growTree(leaves.slice(0, left)), growTree(leaves.slice(left))]
}

const hashBytes = 32

export function rootOf(tools: Tools, tree: Tree): Uint8Array {
  if (tree instanceof Uint8Array) return tools.hash(join(new Uint8Array([0]), tree))
  if (tree.length === 1) return tree[0].subarray(0, hashBytes)
  return tools.hash(join(new Uint8Array([1]), rootOf(tools, tree[0]), rootOf(tools, tree[1])))
}

/** All but what had been seen, which is for the relay to say. */
function authorsPart(leaf: Uint8Array): Uint8Array {
  const [key, , ...put] = decode(leaf) as readonly Wire[]
  return encode([key!, ...put])
}

/** The root that an author signed; what is hidden keeps two hashes. */
export function authorsRootOf(tools: Tools, tree: Tree): Uint8Array {
  if (tree instanceof Uint8Array) return tools.hash(join(new Uint8Array([0]), authorsPart(tree)))
  if (tree.length === 1) return tree[0].subarray(hashBytes)
  const [left, right] = tree.map((side) => authorsRootOf(tools, side))
  return tools.hash(join(new Uint8Array([1]), left!, right!))
}

/** Whether the header of a release names an author beside its peer. */
export function isAuthored(header: Uint8Array): boolean {
  const authorship = (decode(header) as readonly Wire[])[10]
  return authorship !== undefined && authorship !== null
}

interface Hiding {
  readonly isHidden: (leaf: Uint8Array) => boolean
  readonly isAuthored?: boolean
}

/** The same tree with some leaves hidden behind their hashes; the signature over it still holds. */
export function hide(tools: Tools, tree: Tree, hiding: Hiding): Tree {
  const hashed = (hidden: Tree): Tree => {
    const root = rootOf(tools, hidden)
    return [hiding.isAuthored === true ? join(root, authorsRootOf(tools, hidden)) : root]
  }
  if (tree instanceof Uint8Array) return hiding.isHidden(tree) ? hashed(tree) : tree
  if (tree.length === 1) return tree
  const left = hide(tools, tree[0], hiding)
  const right = hide(tools, tree[1], hiding)
  return isHash(left) && isHash(right) ? hashed([left, right]) : [left, right]
}

const isHash = (tree: Tree): boolean => !(tree instanceof Uint8Array) && tree.length === 1

export interface Mark {
  readonly replica: string
  readonly seq: number
  readonly id: Uint8Array | null
}

export const markToWire = ({ replica, seq, id }: Mark): Wire => [bytesOf(replica), seq, id]

interface Statement {
  readonly kind: (typeof statementKinds)[number]
  readonly issuer: string
  readonly number: number
  readonly prev: Uint8Array | null
  readonly marks: readonly Mark[]
  readonly incarnation: Uint8Array | null
  /** In a closed mesh: the badge that it stands on, which is named, and shown beside. */
  readonly badge?:
    | { readonly id: Uint8Array | null; readonly links: readonly Uint8Array[] }
    | undefined
  /** What a revocation says beside its marks. */
  readonly revocation?: readonly Wire[]
}

const statementKinds = ['cut', 'seal', 'close', 'revoke'] as const

export function forgeStatement(tools: Tools, statement: Statement, slip: Slip = {}): Forged {
  const { kind, issuer, number, prev, marks, incarnation, badge, revocation } = statement
  const body = encode([
    1,
    statementKinds.indexOf(kind),
    bytesOf(issuer),
    number,
    prev,
    [...marks].sort((a, b) => (a.replica < b.replica ? -1 : 1)).map(markToWire),
    incarnation,
    ...(badge === undefined ? [] : [badge.id]),
    ...(revocation === undefined ? [] : [revocation]),
  ])
  const signed = signedBytes(tools, 'statement', slip, body)
  const signature = slip.signature ?? tools.sign(signed)
  const links = badge === undefined || badge.id === null ? [] : [badge.links]
  return { bytes: encode([body, signature, ...links]), id: tools.hash(signed) }
}

interface Presence {
  readonly peer: string
  readonly at: number
  /** Of statements, clock and state. */
  readonly hashes: readonly Uint8Array[]
  readonly clock: Vector
}

export const forgePresence = (
  tools: Tools,
  { peer, at, hashes, clock }: Presence,
  slip: Slip = {},
): Uint8Array => signPresence(tools, [1, bytesOf(peer), at, hashes, flat(clock), [], [], ''], slip)

function signPresence(tools: Tools, fields: readonly Wire[], slip: Slip): Uint8Array {
  const body = encode(fields)
  const signature = slip.signature ?? tools.sign(signedBytes(tools, 'presence', slip, body))
  return encode([body, signature])
}

/** An own presence that says something else than it was made to say. */
export function bendPresence(
  tools: Tools,
  presence: Uint8Array,
  bend: (fields: Wire[]) => readonly Wire[],
): Uint8Array {
  const [body] = decode(presence) as readonly [Uint8Array]
  return signPresence(tools, bend([...(decode(body) as readonly Wire[])]), {})
}
