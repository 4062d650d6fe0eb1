import { sortedBelow } from './key-tree.js'
import type { Branch } from './key-tree.js'

/** A line of the tree, as it is shown and as it is told to those who cannot see it. */
export interface TreeRow {
  readonly path: string
  readonly name: string
  /** From 1. */
  readonly level: number
  /** Which of how many beside each other, from 1. */
  readonly position: number
  readonly setSize: number
  readonly isKey: boolean
  readonly isFolder: boolean
  readonly isOpen: boolean
  readonly count: number
}

/** What is to be seen of a tree, from above. */
export function rowsOf(tree: Branch, isOpen: (path: string) => boolean): readonly TreeRow[] {
  const rows: TreeRow[] = []
  addBelow(rows, tree, 1, isOpen)
  return rows
}

function addBelow(
  rows: TreeRow[],
  above: Branch,
  level: number,
  isOpenAt: (path: string) => boolean,
): void {
  const branches = sortedBelow(above)
  branches.forEach((branch, at) => {
    const { path, name, isKey, count, below } = branch
    const isFolder = below.size > 0
    const isOpen = isFolder && isOpenAt(path)
    rows.push({
      path,
      name,
      level,
      position: at + 1,
      setSize: branches.length,
      isKey,
      isFolder,
      isOpen,
      count,
    })
    if (isOpen) addBelow(rows, branch, level + 1, isOpenAt)
  })
}

/** What a stroke does in the tree; undefined: nothing that is ours. */
export type Stroke =
  | { readonly does: 'go'; readonly to: number }
  | { readonly does: 'open' | 'close' | 'choose'; readonly path: string }
  | undefined

/** As the keyboard moves in any tree: see the pattern of the same name by the W3C. */
export function strokeIn(rows: readonly TreeRow[], at: number, key: string): Stroke {
  const row = rows[at]
  if (row === undefined) return undefined
  const { path, isFolder, isOpen, isKey } = row
  switch (key) {
    case 'ArrowDown':
      return go(rows, at + 1)
    case 'ArrowUp':
      return go(rows, at - 1)
    case 'Home':
      return go(rows, 0)
    case 'End':
      return go(rows, rows.length - 1)
    case 'PageDown':
      return go(rows, Math.min(at + pageRows, rows.length - 1))
    case 'PageUp':
      return go(rows, Math.max(at - pageRows, 0))
    case 'ArrowRight':
      if (!isFolder) return undefined
      return isOpen ? go(rows, at + 1) : { does: 'open', path }
    case 'ArrowLeft':
      return isOpen ? { does: 'close', path } : go(rows, above(rows, at))
    case 'Enter':
    case ' ':
      if (isKey) return { does: 'choose', path }
      return { does: isOpen ? 'close' : 'open', path }
    default:
      return undefined
  }
}

const pageRows = 15

const go = (rows: readonly TreeRow[], to: number): Stroke =>
  rows[to] === undefined ? undefined : { does: 'go', to }

/** -1: nothing is above it. */
const above = (rows: readonly TreeRow[], at: number): number =>
  rows.findLastIndex(({ level }, index) => index < at && level < (rows[at]?.level ?? 0))

/** Which rows are in sight, and a few more on either side; `end` is the first that is not. */
export function rowsInSight(of: {
  readonly count: number
  readonly rowPx: number
  readonly topPx: number
  readonly heightPx: number
}): { readonly start: number; readonly end: number } {
  const start = Math.max(0, Math.floor(of.topPx / of.rowPx) - spareRows)
  const end = Math.min(of.count, Math.ceil((of.topPx + of.heightPx) / of.rowPx) + spareRows)
  return { start: Math.min(start, end), end }
}

const spareRows = 6
