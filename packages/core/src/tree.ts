import { concat } from 'uint8arrays/concat'
import { Malformed } from './errors.js'

/**
 * The changes of a release as a Merkle tree. A whole release shows every leaf; evidence for some of
 * its changes, or for its mere existence, shows hashes instead: same root, same id, same signature.
 *
 *     leaf = the bytes of a change      pruned = [hash]      node = [left, right]
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

export function rootOf(tree: Tree, hash: Hash): Uint8Array {
  if (isLeaf(tree)) return hash(concat([leafMark, tree]))
  if (tree.length === 1) return tree[0]
  return hash(concat([nodeMark, rootOf(tree[0], hash), rootOf(tree[1], hash)]))
}

export function leavesOf(tree: Tree): readonly Uint8Array[] {
  if (isLeaf(tree)) return [tree]
  return tree.length === 1 ? [] : [...leavesOf(tree[0]), ...leavesOf(tree[1])]
}

/** The same tree with every leaf that is not kept, and every side without one, as its hash. */
export function prune(tree: Tree, keeps: (leaf: Uint8Array) => boolean, hash: Hash): Tree {
  if (isLeaf(tree)) return keeps(tree) ? tree : [rootOf(tree, hash)]
  if (tree.length === 1) return tree
  const left = prune(tree[0], keeps, hash)
  const right = prune(tree[1], keeps, hash)
  return isPruned(left) && isPruned(right) ? [rootOf([left, right], hash)] : [left, right]
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

export function asTree(value: unknown, nesting = 0): Tree {
  if (value instanceof Uint8Array) return value
  if (nesting > nestingMax || !Array.isArray(value))
    throw new Malformed('the changes are not a tree')
  if (value.length === 1 && value[0] instanceof Uint8Array && value[0].length === 32) {
    return [value[0]]
  }
  if (value.length !== 2) throw new Malformed('the changes are not a tree')
  const [left, right] = [asTree(value[0], nesting + 1), asTree(value[1], nesting + 1)]
  if (isPruned(left) && isPruned(right)) {
    throw new Malformed('the changes show two hashes where one would do')
  }
  return [left, right]
}
