import { signal } from '@preact/signals'
import { describe, expect, it } from 'vitest'
import type { KeyRow, KeyTable } from '../desk.js'
import { openKeyModel } from './key-model.js'
import { branchOf } from './key-tree.js'

const row = (key: string): KeyRow => ({
  key: key as KeyRow['key'],
  value: 1,
  version: 'v',
  release: undefined,
})

describe('model of keys', () => {
  it('follows each table, also where several come before somebody looks', () => {
    const rows = new Map(['a/b', 'a/c'].map((key) => [key, row(key)]))
    const keys = signal<KeyTable>({ rows, changed: undefined, isThere: true })
    const model = openKeyModel(keys, () => 5)
    expect(model.tree.value.root.count).toBe(2)
    expect(model.changedAt.size).toBe(0)

    rows.set('x', row('x'))
    keys.value = { rows, changed: new Set(['x']), isThere: true }
    rows.delete('a/b')
    keys.value = { rows, changed: new Set(['a/b', 'a/c']), isThere: true }
    const { root } = model.tree.value
    expect([root.count, branchOf(root, 'a')?.count]).toEqual([2, 1])
    expect(model.changedAt.get('x')).toBe(5)

    keys.value = { rows: new Map(), changed: undefined, isThere: true }
    expect(model.tree.value.root.count).toBe(0)
    expect(model.changedAt.size).toBe(0)
    model.close()
  })
})
