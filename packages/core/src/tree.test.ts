import { describe, expect, it } from 'vitest'
import { sha256 } from '../test/stub-crypto.js'
import { Malformed } from './errors.js'
import { asTree, growTree, isWhole, leavesOf, prune, rootOf } from './tree.js'

const leaves = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => new Uint8Array([index, 7]))
const hash = (bytes: Uint8Array): Uint8Array => sha256(bytes)

describe('tree of changes', () => {
  it('has its leaves in order, whatever their number', () => {
    for (let count = 1; count <= 70; count++) {
      const tree = growTree(leaves(count))
      expect(leavesOf(tree)).toEqual(leaves(count))
      expect(isWhole(tree)).toBe(true)
      expect(asTree(tree)).toEqual(tree)
    }
  })

  it('keeps its root however much of it is pruned', () => {
    for (const count of [1, 2, 3, 5, 8, 13]) {
      const tree = growTree(leaves(count))
      for (let kept = -1; kept < count; kept++) {
        const pruned = prune(tree, (leaf) => leaf[0] === kept, hash)
        expect(rootOf(pruned, hash)).toEqual(rootOf(tree, hash))
        expect(leavesOf(pruned)).toEqual(leaves(count).slice(Math.max(kept, 0), kept + 1))
        expect(isWhole(pruned)).toBe(count === 1 && kept === 0)
      }
    }
  })

  it('is a single hash when nothing of it is shown', () => {
    const tree = growTree(leaves(5))
    expect(prune(tree, () => false, hash)).toEqual([rootOf(tree, hash)])
    expect(prune(tree, () => true, hash)).toEqual(tree)
  })

  it('prunes in any order to the same', () => {
    const tree = growTree(leaves(6))
    const inTwoSteps = prune(
      prune(tree, (leaf) => leaf[0]! < 4, hash),
      (leaf) => leaf[0] === 1,
      hash,
    )
    expect(inTwoSteps).toEqual(prune(tree, (leaf) => leaf[0] === 1, hash))
  })

  it('tells a leaf from a branch: no leaf can pass for two', () => {
    const [left, right] = leaves(2) as [Uint8Array, Uint8Array]
    const branch = growTree([left, right])
    const roots = [rootOf(left, hash), rootOf(right, hash)] as const
    const forged = new Uint8Array([...roots[0], ...roots[1]])
    expect(rootOf(forged, hash)).not.toEqual(rootOf(branch, hash))
    expect(rootOf(new Uint8Array([1, ...forged]), hash)).not.toEqual(rootOf(branch, hash))
  })

  it('has one shape for each number of leaves', () => {
    const [a, b, c] = leaves(3) as [Uint8Array, Uint8Array, Uint8Array]
    expect(isWhole([[a, b], c])).toBe(true)
    expect(() => isWhole([a, [b, c]])).toThrow('the changes are not in the one tree shape')
  })

  const hash32 = new Uint8Array(32)
  const deep = (levels: number): unknown => (levels === 0 ? hash32 : [deep(levels - 1), hash32])
  it.each<[string, unknown]>([
    ['a number', 1],
    ['an empty list', []],
    ['a list of three', [hash32, hash32, hash32]],
    ['a hash of 31 bytes', [new Uint8Array(31)]],
    ['a hash that is a text', ['x']],
    ['a text in a branch', [hash32, 'x']],
    ['too many levels', deep(18)],
  ])('is not %s', (_what, value) => {
    expect(() => asTree(value)).toThrow(Malformed)
  })

  it('is as deep as a release needs', () => {
    expect(asTree(deep(16))).toEqual(deep(16))
  })
})
