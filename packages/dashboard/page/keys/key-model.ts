import { signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'
import type { KeyTable } from '../desk.js'
import { emptyTree, setKey, treeOf } from './key-tree.js'
import type { Branch } from './key-tree.js'

/** The keys as a tree, kept up with what changes of them. */
export interface KeyModel {
  /** One tree, which changes in place, and another signal value each time. */
  readonly tree: ReadonlySignal<{ readonly root: Branch }>
  /** When a key was last seen to change; those of the first state are not in it. */
  readonly changedAt: ReadonlyMap<string, number>
  close(): void
}

/** Only the last of them can still be seen to flash. */
const changedMax = 1_000

/** It listens to every table: who looks only now and then would miss what changed in between. */
export function openKeyModel(keys: ReadonlySignal<KeyTable>, now = Date.now): KeyModel {
  const tree = signal({ root: emptyTree() })
  const changedAt = new Map<string, number>()
  const close = keys.subscribe(({ rows, changed }) => {
    if (changed === undefined) {
      changedAt.clear()
      tree.value = { root: treeOf(rows.keys()) }
      return
    }
    if (changedAt.size > changedMax) changedAt.clear()
    const { root } = tree.peek()
    for (const key of changed) {
      setKey(root, key, rows.has(key))
      changedAt.set(key, now())
    }
    tree.value = { root }
  })
  return { tree, changedAt, close }
}
