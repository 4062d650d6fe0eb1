import { useEffect, useMemo, useState } from 'preact/hooks'
import { useDesk } from '../context.js'
import type { Desk } from '../desk.js'
import { go } from '../route.js'
import { openKeyModel } from './key-model.js'
import { pathsAbove, treeOf } from './key-tree.js'
import type { Branch } from './key-tree.js'
import { isFound, searchFor } from './search.js'
import type { Search } from './search.js'
import { rowsOf } from './tree-rows.js'
import type { Stroke } from './tree-rows.js'

/** A mesh with more keys begins with its folders closed. */
const openKeysMax = 60

export type List = ReturnType<typeof useList>

/** What of all keys is shown, and what is open of it. */
export function useList(chosen: string | undefined) {
  const desk = useDesk()
  const [model] = useState(() => openKeyModel(desk.keys))
  useEffect(() => () => model.close(), [])
  const [typed, setTyped] = useState('')
  const [isConflictsOnly, setConflictsOnly] = useState(false)
  const [turned, setTurned] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [active, setActive] = useState(chosen)
  useEffect(() => {
    if (chosen === undefined) return
    setActive(chosen)
    setTurned((map) => new Map([...map, ...openAbove(chosen)]))
  }, [chosen])

  const { root } = model.tree.value
  const search = useMemo(() => searchFor(typed), [typed])
  const isNarrowed = search !== undefined || isConflictsOnly
  const [table, conflicts] = [desk.keys.value, desk.conflicts.value]
  const tree = useMemo(
    () => (isNarrowed ? found(desk, search, isConflictsOnly) : root),
    [root, table, conflicts, search, isConflictsOnly],
  )
  const startsOpen = isNarrowed || root.count <= openKeysMax
  const rows = rowsOf(tree, (path) => turned.get(path) ?? startsOpen)
  /** What was turned in another tree says nothing about this one. */
  const turnBack = (): void => setTurned(new Map(openAbove(chosen)))

  return {
    rows,
    search,
    typed,
    isConflictsOnly,
    active,
    setActive,
    changedAt: model.changedAt,
    count: root.count,
    foundCount: isNarrowed ? tree.count : undefined,
    look: (text: string): void => {
      setTyped(text)
      turnBack()
    },
    turnConflicts: (): void => {
      setConflictsOnly(!isConflictsOnly)
      turnBack()
    },
    onStroke: (stroke: Exclude<Stroke, undefined>): void => {
      if (stroke.does === 'choose') go('keys', stroke.path)
      else if (stroke.does !== 'go') {
        setTurned((map) => new Map(map).set(stroke.path, stroke.does === 'open'))
      }
    },
  }
}

const openAbove = (path: string | undefined): readonly (readonly [string, boolean])[] =>
  path === undefined ? [] : pathsAbove(path).map((above) => [above, true])

function found(
  { keys, conflicts }: Pick<Desk, 'keys' | 'conflicts'>,
  search: Search | undefined,
  isConflictsOnly: boolean,
): Branch {
  const rows = Array.from(keys.value.rows.values()).filter(
    (row) =>
      (!isConflictsOnly || conflicts.value.has(row.key)) &&
      (search === undefined || isFound(search, row)),
  )
  return treeOf(rows.map(({ key }) => key))
}
