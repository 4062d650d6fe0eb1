import * as dagCbor from '@ipld/dag-cbor'

/**
 * The oracle: what a replica must show, worked out from the rules alone. It reads the bytes of
 * releases itself and keeps no state: given what a clock covers, it says which values stand.
 */

export type Vector = ReadonlyMap<string, number>

/** A release, as its own bytes tell it. */
export interface Fact {
  readonly id: string
  readonly peer: string
  readonly replica: string
  readonly seq: number
  /** Id of the same replica id's release before it. */
  readonly prev: string | undefined
  readonly ms: number
  readonly counter: number
  /** In a closed mesh: by what its peer is a member. */
  readonly badge: string | undefined
  /** Whose will it is, where it is not that of its peer. */
  readonly authorship: Authorship | undefined
  /** In a closed mesh: how much of its budget is spent after it. */
  readonly spentBytes: number
  /** How much its shown changes take. */
  readonly changesBytes: number
  /** All of its changes, or those that were shown. */
  readonly changes: readonly FactChange[]
}

interface Authorship {
  readonly author: string
  readonly badge: string
  readonly atMs: number
  readonly untilMs: number
  /** What the author signed, as far as this spelling shows it. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

export interface FactChange {
  readonly key: string
  readonly seen: Vector
  /** Undefined: a remove. */
  readonly put: { readonly value: unknown } | undefined
}

/** One change, and the release that says it. */
export interface Said {
  readonly fact: Fact
  readonly change: FactChange
}

export type Hash = (bytes: Uint8Array) => Uint8Array
export type ReadFact = (bytes: Uint8Array) => Fact

type Tree = Uint8Array | readonly [Uint8Array] | readonly [Tree, Tree]
type Header = readonly [
  format: number,
  peer: Uint8Array,
  incarnation: Uint8Array,
  seq: number,
  prev: Uint8Array | null,
  ms: number,
  counter: number,
  message: string | null,
  requestId: string | null,
  badge?: Uint8Array,
  authorship?: readonly [Uint8Array, Uint8Array, number, number, Uint8Array] | null,
  spentBytes?: number,
]
type Leaf = readonly [key: string, seen: readonly (Uint8Array | number)[], ...put: unknown[]]

const text = new TextEncoder()

export const hexOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')

/** A reader for the releases of one mesh. */
export function createReader(meshId: Uint8Array, hash: Hash): ReadFact {
  const domain = (what: string): Uint8Array =>
    Buffer.concat([text.encode(`grapevine/${what}/1\n`), meshId])
  const releases = domain('release')
  const replicas = domain('replica')
  const intents = domain('intent')

  /** What is hidden has a hash for each root that goes over it. */
  function rootOf(tree: Tree, root: Root = releaseRoot): Uint8Array {
    if (tree instanceof Uint8Array) return hash(Buffer.concat([Uint8Array.of(0), root.part(tree)]))
    if (tree.length === 1) return root.hidden(tree[0])
    return hash(Buffer.concat([Uint8Array.of(1), rootOf(tree[0], root), rootOf(tree[1], root)]))
  }

  function authorshipOf(header: Header, tree: Tree): Authorship | undefined {
    const [, , , , , , , message, requestId, , authorship = null] = header
    if (authorship === null) return undefined
    const [author, badge, atMs, untilMs, signature] = authorship
    const root = rootOf(tree, authorsRoot)
    const body = dagCbor.encode([1, author, badge, atMs, untilMs, message, requestId, root])
    const signed = Buffer.concat([intents, body])
    return { author: hexOf(author), badge: hexOf(badge), atMs, untilMs, signed, signature }
  }

  return (bytes) => {
    const [header, , tree] = dagCbor.decode<readonly [Uint8Array, Uint8Array, Tree]>(bytes)
    const fields = dagCbor.decode<Header>(header)
    const [, peer, incarnation, seq, prev, ms, counter, , , badge, , spentBytes = 0] = fields
    const leaves = leavesOf(tree)
    return {
      id: hexOf(hash(Buffer.concat([releases, header, rootOf(tree)]))),
      peer: hexOf(peer),
      replica: hexOf(hash(Buffer.concat([replicas, peer, incarnation])).subarray(0, 16)),
      seq,
      prev: prev === null ? undefined : hexOf(prev),
      ms,
      counter,
      badge: badge && hexOf(badge),
      authorship: authorshipOf(fields, tree),
      spentBytes,
      changesBytes: leaves.reduce((sum, { length }) => sum + length, 0),
      changes: leaves.map(readLeaf),
    }
  }
}

interface Root {
  readonly part: (leaf: Uint8Array) => Uint8Array
  readonly hidden: (hashes: Uint8Array) => Uint8Array
}

const hashBytes = 32

const releaseRoot: Root = {
  part: (leaf) => leaf,
  hidden: (hashes) => hashes.subarray(0, hashBytes),
}

/** An author signs all but what had been seen. */
const authorsRoot: Root = {
  part(leaf) {
    const [key, , ...put] = dagCbor.decode<Leaf>(leaf)
    return dagCbor.encode([key, ...put])
  },
  hidden: (hashes) => hashes.subarray(hashBytes),
}

function leavesOf(tree: Tree): readonly Uint8Array[] {
  if (tree instanceof Uint8Array) return [tree]
  return tree.length === 1 ? [] : tree.flatMap(leavesOf)
}

function readLeaf(leaf: Uint8Array): FactChange {
  const [key, flat, ...put] = dagCbor.decode<Leaf>(leaf)
  const seen = new Map<string, number>()
  for (let index = 0; index < flat.length; index += 2) {
    seen.set(hexOf(flat[index] as Uint8Array), flat[index + 1] as number)
  }
  return { key, seen, put: put.length === 0 ? undefined : { value: put[0] } }
}

/**
 * The put heads of every key that has one, the greatest stamp first, when these releases are held
 * and no others. A head is a put that no change of the same key has seen. What a change has seen is
 * what it says, unless somebody knows better.
 */
export function oracleView(
  facts: Iterable<Fact>,
  seenOf: (said: Said) => Vector = ({ change }) => change.seen,
): ReadonlyMap<string, readonly Said[]> {
  const byKey = new Map<string, Said[]>()
  for (const fact of facts) {
    for (const change of fact.changes) {
      const said = byKey.get(change.key)
      if (said === undefined) byKey.set(change.key, [{ fact, change }])
      else said.push({ fact, change })
    }
  }
  const view = new Map<string, readonly Said[]>()
  for (const [key, all] of byKey) {
    const seen = new Map<string, number>()
    for (const said of all) joinInto(seen, seenOf(said))
    const heads = all.filter((said) => isPut(said) && !covers(seen, said.fact))
    if (heads.length > 0) view.set(key, heads.sort(byStampDown))
  }
  return view
}

export const isPut = ({ change }: Said): boolean => change.put !== undefined

export const covers = (vector: Vector, dot: Pick<Fact, 'replica' | 'seq'>): boolean =>
  (vector.get(dot.replica) ?? 0) >= dot.seq

export function joinInto(into: Map<string, number>, vector: Vector): void {
  for (const [replica, seq] of vector) {
    if (seq > (into.get(replica) ?? 0)) into.set(replica, seq)
  }
}

export interface StampOf {
  readonly ms: number
  readonly counter: number
}

export const isLater = (a: StampOf, b: StampOf): boolean =>
  a.ms > b.ms || (a.ms === b.ms && a.counter > b.counter)

/** Time, then counter, then replica id, then seq: a total order of all changes of a key. */
export function byStampDown({ fact: a }: Said, { fact: b }: Said): number {
  const order = b.ms - a.ms || b.counter - a.counter
  if (order !== 0) return order
  return a.replica === b.replica ? b.seq - a.seq : a.replica < b.replica ? 1 : -1
}
