import { describe, expect, it } from 'vitest'
import { branchOf, pathsAbove, setKey, sortedBelow, treeOf } from './key-tree.js'
import type { Branch } from './key-tree.js'

const keys = ['shop/banner', 'shop/checkout/limit', 'shop', 'mail/from']

const namesBelow = (branch: Branch | undefined): readonly string[] =>
  branch === undefined ? [] : sortedBelow(branch).map(({ name }) => name)

describe('tree of keys', () => {
  it('counts the keys here and below, a folder that is a key among them', () => {
    const tree = treeOf(keys)
    expect(tree.count).toBe(4)
    expect(branchOf(tree, 'shop')).toMatchObject({ isKey: true, count: 3 })
    expect(branchOf(tree, 'shop/checkout')).toMatchObject({ isKey: false, count: 1 })
    expect(branchOf(tree, 'shop/check')).toBeUndefined()
  })

  it('sorts numbers in names by what they are', () => {
    const tree = treeOf(['peer-10', 'peer-9', 'peer-1'])
    expect(namesBelow(tree)).toEqual(['peer-1', 'peer-9', 'peer-10'])
  })

  it('becomes what it would be if it were built anew, whatever comes and goes', () => {
    const tree = treeOf(keys)
    expect(namesBelow(tree)).toEqual(['mail', 'shop'])
    setKey(tree, 'mail/from', false)
    setKey(tree, 'shop/a', true)
    setKey(tree, 'shop', false)
    expect(namesBelow(tree)).toEqual(['shop'])
    expect(namesBelow(branchOf(tree, 'shop'))).toEqual(['a', 'banner', 'checkout'])
    const left = ['shop/banner', 'shop/checkout/limit', 'shop/a']
    expect(shapeOf(tree)).toEqual(shapeOf(treeOf(left)))
    for (const key of left) setKey(tree, key, false)
    expect(shapeOf(tree)).toEqual(shapeOf(treeOf([])))
  })

  it('says whether it is another one now', () => {
    const tree = treeOf(keys)
    expect(setKey(tree, 'shop/banner', true)).toBe(false)
    expect(setKey(tree, 'shop/nothing', false)).toBe(false)
    expect(setKey(tree, 'shop/checkout', true)).toBe(true)
    expect(branchOf(tree, 'shop/checkout')).toMatchObject({ isKey: true, count: 2 })
  })

  it('takes names that every object has', () => {
    const tree = treeOf(['__proto__/constructor', 'toString'])
    expect(tree.count).toBe(2)
    expect(branchOf(tree, '__proto__/constructor')?.isKey).toBe(true)
  })

  it('names the folders above a key', () => {
    expect(pathsAbove('a/b/c')).toEqual(['a', 'a/b'])
    expect(pathsAbove('a')).toEqual([])
  })
})

function shapeOf(branch: Branch): unknown {
  const { path, isKey, count } = branch
  return { path, isKey, count, below: sortedBelow(branch).map(shapeOf) }
}
