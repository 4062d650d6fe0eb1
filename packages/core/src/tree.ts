import { concat } from 'uint8arrays/concat'
import { Malformed } from './errors.js'

/**
 * The changes of a release as a Merkle tree. A whole release shows every leaf; evidence for some of
 * its changes, or for its mere existence, shows hashes instead: same root, same id, same signature.
 *
 *     leaf = the bytes of a change      pruned = [hash]      node = [left, right]
 *
 * Where an author signed for a part of each leaf, what is pruned keeps two hashes, one for each root.
 */
type Tree = Uint8Array | readonly [Uint8Array] | readonly [Tree, Tree]
export type Hash = (bytes: Uint8Array) => Uint8Array

const leafMark = new Uint8Array([0])
const nodeMark = new Uint8Array([1])
const nestingMax = 16

const isLeaf = (tree: Tree): tree is Uint8Array => tree instanceof Uint8Array
const isPruned = (tree: Tree): tree is readonly [Uint8Array] => !isLeaf(tree) && tree.length === 1

/** The one shape for a count of leaves: the left side is the largest power of two below it. */
export function growTree(leaves: readonly Uint8Array[]): Tree {
  if (leaves.length === 1) return leaves[0]!
  const left = leftSize(leaves.length)
  return [growTree(leaves.slice(0, left)), growTree(leaves.slice(left))]
}

const leftSize = (size: number): number => 2 ** Math.floor(Math.log2(size - 1))

const hashBytes = 32

export function rootOf(tree: Tree, hash: Hash): Uint8Array {
  if (isLeaf(tree)) return hash(concat([leafMark, tree]))
  if (tree.length === 1) return tree[0].subarray(0, hashBytes)
  return hash(concat([nodeMark, rootOf(tree[0], hash), rootOf(tree[1], hash)]))
}

/** The part of a leaf that its author signed for. */
type AuthorsPart = (leaf: Uint8Array) => Uint8Array

/** The root that the author signed. */
export function authorsRootOf(tree: Tree, hash: Hash, partOf: AuthorsPart): Uint8Array {
  if (isLeaf(tree)) return hash(concat([leafMark, partOf(tree)]))
  if (tree.length === 1) return tree[0].subarray(hashBytes)
  const [left, right] = tree.map((side) => authorsRootOf(side, hash, partOf))
  return hash(concat([nodeMark, left!, right!]))
}

export function leavesOf(tree: Tree): readonly Uint8Array[] {
  if (isLeaf(tree)) return [tree]
  return tree.length === 1 ? [] : [...leavesOf(tree[0]), ...leavesOf(tree[1])]
}

/** The same tree with every leaf that is not kept, and every side without one, as its hash. */
export function prune(
  tree: Tree,
  keeps: (leaf: Uint8Array) => boolean,
  hash: Hash,
  partOf?: AuthorsPart,
): Tree {
  const hashed = (pruned: Tree): Tree => [
    partOf === undefined
      ? rootOf(pruned, hash)
      : concat([rootOf(pruned, hash), authorsRootOf(pruned, hash, partOf)]),
  ]
  if (isLeaf(tree)) return keeps(tree) ? tree : hashed(tree)
  if (tree.length === 1) return tree
  const left = prune(tree[0], keeps, hash, partOf)
  const right = prune(tree[1], keeps, hash, partOf)
  return isPruned(left) && isPruned(right) ? hashed([left, right]) : [left, right]
}

/** Whether every leaf is shown; a whole tree must have the one shape for its size. */
export function isWhole(tree: Tree): boolean {
  const size = sizeOf(tree)
  if (size === undefined) return false
  if (!hasShape(tree, size)) throw new Malformed('the changes are not in the one tree shape')
  return true
}

function sizeOf(tree: Tree): number | undefined {
  if (isLeaf(tree)) return 1
  if (tree.length === 1) return undefined
  const left = sizeOf(tree[0])
  const right = sizeOf(tree[1])
  return left === undefined || right === undefined ? undefined : left + right
}

function hasShape(tree: Tree, size: number): boolean {
  if (isLeaf(tree)) return size === 1
  if (tree.length === 1 || size < 2) return false
  const left = leftSize(size)
  return sizeOf(tree[0]) === left && hasShape(tree[0], left) && hasShape(tree[1], size - left)
}

/** `roots`: how many hashes stand in the place of what is pruned. */
export function asTree(value: unknown, roots: 1 | 2 = 1, nesting = 0): Tree {
  if (value instanceof Uint8Array) return value
  if (nesting > nestingMax || !Array.isArray(value))
    throw new Malformed('the changes are not a tree')
  if (value.length === 1) {
    const [hashes] = value as unknown[]
    if (hashes instanceof Uint8Array && hashes.length === roots * hashBytes) return [hashes]
  }
  if (value.length !== 2) throw new Malformed('the changes are not a tree')
  const left = asTree(value[0], roots, nesting + 1)
  const right = asTree(value[1], roots, nesting + 1)
  if (isPruned(left) && isPruned(right)) {
    throw new Malformed('the changes show two hashes where one would do')
  }
  return [left, right]
}
