import * as dagCbor from '@ipld/dag-cbor'
import { sha256, text, hex } from './stub-crypto.js'

// The oracle: deliberately naive, written from the rules and not from the code. It knows the bytes
// of every release that anybody ever stored, decodes them itself, and says what a clock must show.

export interface Fact {
  readonly id: string
  readonly replica: string
  readonly seq: number
  /** Id of the same replica's release before it. */
  readonly prev: string | undefined
  readonly ms: number
  readonly counter: number
  readonly peer: string
  /** In a closed mesh. */
  readonly trust: FactTrust | undefined
  readonly changes: readonly OracleChange[]
}

interface FactTrust {
  /** By what its peer is a member. */
  readonly badge: string
  /** Whose will it is, where it is not its peer's own, and by which badge. */
  readonly author: { readonly key: string; readonly badge: string } | undefined
}

export interface OracleChange {
  readonly key: string
  readonly seen: ReadonlyMap<string, number>
  readonly put: { readonly value: unknown } | undefined
}

type WireTree = Uint8Array | readonly [Uint8Array] | readonly [WireTree, WireTree]
type WireAuthor = readonly [author: Uint8Array, badge: Uint8Array, ...rest: unknown[]]
type WireHeader = readonly [
  ...[format: number, peer: Uint8Array, incarnation: Uint8Array, seq: number],
  ...[prev: Uint8Array | null, ms: number, counter: number, message: unknown, requestId: unknown],
  ...([] | [badge: Uint8Array, author: WireAuthor | null, spentBytes: number]),
]

const domain = (what: string, mesh: Uint8Array): Uint8Array =>
  new Uint8Array([...text.encode(`grapevine/${what}/1\n`), ...mesh])

function rootOf(tree: WireTree): Uint8Array {
  if (tree instanceof Uint8Array) return sha256(new Uint8Array([0]), tree)
  // With an author, the hash that counts for the peer's signature comes first of two.
  if (tree.length === 1) return tree[0].subarray(0, 32)
  return sha256(new Uint8Array([1]), rootOf(tree[0]), rootOf(tree[1]))
}

const leavesOf = (tree: WireTree): readonly Uint8Array[] =>
  tree instanceof Uint8Array ? [tree] : tree.length === 1 ? [] : tree.flatMap(leavesOf)

export function readFact(mesh: Uint8Array, bytes: Uint8Array): Fact {
  const [header, , tree] = dagCbor.decode<[Uint8Array, Uint8Array, WireTree]>(bytes)
  const [, peer, incarnation, seq, prev, ms, counter, , , badge, author] =
    dagCbor.decode<WireHeader>(header)
  return {
    id: hex(sha256(domain('release', mesh), header, rootOf(tree))),
    replica: hex(sha256(domain('replica', mesh), peer, incarnation).subarray(0, 16)),
    seq,
    prev: prev === null ? undefined : hex(prev),
    ms,
    counter,
    peer: hex(peer),
    trust: badge && {
      badge: hex(badge),
      author: author ? { key: hex(author[0]), badge: hex(author[1]) } : undefined,
    },
    changes: leavesOf(tree).map((leaf) => {
      const [key, flat, ...put] =
        dagCbor.decode<[string, (Uint8Array | number)[], ...unknown[]]>(leaf)
      const seen = new Map<string, number>()
      for (let index = 0; index < flat.length; index += 2) {
        seen.set(hex(flat[index] as Uint8Array), flat[index + 1] as number)
      }
      return { key, seen, put: put.length === 0 ? undefined : { value: put[0] } }
    }),
  }
}

export interface OracleKey {
  readonly value: unknown
  readonly heads: readonly string[]
}

/** What a replica with this clock must show: put heads per key, the greatest stamp first. */
export function oracleView(
  facts: Iterable<Fact>,
  clock: ReadonlyMap<string, number>,
  isHeld: (fact: Fact) => boolean = () => true,
): Map<string, OracleKey> {
  const byKey = new Map<string, { fact: Fact; change: OracleChange }[]>()
  for (const fact of facts) {
    if ((clock.get(fact.replica) ?? 0) < fact.seq || !isHeld(fact)) continue
    for (const change of fact.changes) {
      byKey.set(change.key, [...(byKey.get(change.key) ?? []), { fact, change }])
    }
  }
  const view = new Map<string, OracleKey>()
  for (const [key, all] of byKey) {
    const heads = all.filter(
      ({ fact, change }) =>
        change.put !== undefined &&
        !all.some((other) => (other.change.seen.get(fact.replica) ?? 0) >= fact.seq),
    )
    heads.sort(
      (a, b) =>
        b.fact.ms - a.fact.ms ||
        b.fact.counter - a.fact.counter ||
        (a.fact.replica === b.fact.replica
          ? b.fact.seq - a.fact.seq
          : a.fact.replica < b.fact.replica
            ? 1
            : -1),
    )
    const [winner] = heads
    if (winner)
      view.set(key, { value: winner.change.put!.value, heads: heads.map(({ fact }) => fact.id) })
  }
  return view
}
