import { describe, expect, it } from 'vitest'
import { treeOf } from './key-tree.js'
import { rowsInSight, rowsOf, strokeIn } from './tree-rows.js'

const tree = treeOf(['mail/from', 'shop', 'shop/banner', 'shop/checkout/limit'])
const allOpen = rowsOf(tree, () => true)
const paths = allOpen.map(({ path }) => path)

describe('rows of a tree', () => {
  it('come from above, and only from folders that are open', () => {
    expect(paths).toEqual([
      'mail',
      'mail/from',
      'shop',
      'shop/banner',
      'shop/checkout',
      'shop/checkout/limit',
    ])
    expect(rowsOf(tree, (path) => path === 'shop').map(({ path }) => path)).toEqual([
      'mail',
      'shop',
      'shop/banner',
      'shop/checkout',
    ])
  })

  it('say where they stand, whichever of them are in the page', () => {
    expect(allOpen[4]).toMatchObject({ level: 2, position: 2, setSize: 2, isOpen: true, count: 1 })
    expect(allOpen[2]).toMatchObject({ level: 1, position: 2, setSize: 2, isKey: true, count: 3 })
  })
})

describe('keyboard in a tree', () => {
  const at = (path: string): number => paths.indexOf(path)

  it.each([
    ['shop', 'ArrowDown', { does: 'go', to: 3 }],
    ['shop', 'ArrowUp', { does: 'go', to: 1 }],
    ['shop', 'Home', { does: 'go', to: 0 }],
    ['shop', 'End', { does: 'go', to: 5 }],
    ['shop', 'PageDown', { does: 'go', to: 5 }],
    ['shop', 'ArrowRight', { does: 'go', to: 3 }],
    ['shop', 'ArrowLeft', { does: 'close', path: 'shop' }],
    ['shop', 'Enter', { does: 'choose', path: 'shop' }],
    ['mail', 'Enter', { does: 'close', path: 'mail' }],
    ['shop/checkout/limit', 'ArrowLeft', { does: 'go', to: 4 }],
    ['shop/checkout/limit', 'ArrowRight', undefined],
    ['shop/checkout/limit', 'ArrowDown', undefined],
    ['mail', 'ArrowUp', undefined],
    ['mail', 'x', undefined],
  ])('does at %s with %s what trees do', (path, key, stroke) => {
    expect(strokeIn(allOpen, at(path), key)).toEqual(stroke)
  })

  it('opens what is closed first', () => {
    const closed = rowsOf(tree, () => false)
    expect(strokeIn(closed, 0, 'ArrowRight')).toEqual({ does: 'open', path: 'mail' })
    expect(strokeIn(closed, 0, 'ArrowLeft')).toBeUndefined()
  })

  it('does nothing where there are no rows', () => {
    expect(strokeIn([], 0, 'End')).toBeUndefined()
  })
})

describe('rows in sight', () => {
  it('are few, however many there are', () => {
    const { start, end } = rowsInSight({ count: 5_000, rowPx: 32, topPx: 64_000, heightPx: 640 })
    expect(start).toBeLessThanOrEqual(2_000)
    expect(end).toBeGreaterThanOrEqual(2_020)
    expect(end - start).toBeLessThan(50)
  })

  it('are none beyond the end, when rows went while one was down there', () => {
    const { start, end } = rowsInSight({ count: 3, rowPx: 32, topPx: 64_000, heightPx: 640 })
    expect([start, end]).toEqual([3, 3])
  })
})
