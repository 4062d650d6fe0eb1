import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { rowsInSight, strokeIn } from './tree-rows.js'
import type { Stroke, TreeRow } from './tree-rows.js'

interface TreeProps {
  readonly rows: readonly TreeRow[]
  /** Path of the key that is shown beside the tree. */
  readonly chosen: string | undefined
  /** Path of the row that the keyboard is at. */
  readonly active: string | undefined
  readonly onActive: (path: string) => void
  readonly onStroke: (stroke: Exclude<Stroke, undefined>) => void
  /** Somebody types a letter: it belongs into the search. */
  readonly onLetter: () => void
  readonly children: (row: TreeRow) => ComponentChildren
}

/** Rows are this high in `keys.css`, too. */
const rowRem = 2
const idOf = (at: number): string => `keys-row-${at}`

/** Only the rows in sight are in the page, and the one that the keyboard is at. */
export function Tree({ rows, chosen, active, onActive, onStroke, onLetter, children }: TreeProps) {
  const ref = useRef<HTMLDivElement>(null)
  const { topPx, heightPx, rowPx, onScroll } = useSight(ref)
  const at = Math.max(
    0,
    rows.findIndex(({ path }) => path === active),
  )
  const { start, end } = rowsInSight({ count: rows.length, rowPx, topPx, heightPx })
  const shown = Array.from({ length: end - start }, (_, index) => start + index)
  if (at < start || at >= end) shown.push(at)
  useLayoutEffect(() => intoSight(ref.current, at * rowPx, rowPx), [active, at, rowPx])

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const stroke = strokeIn(rows, at, event.key)
    if (stroke !== undefined) {
      event.preventDefault()
      const next = stroke.does === 'go' ? rows[stroke.to] : undefined
      if (next !== undefined) onActive(next.path)
      else onStroke(stroke)
    } else if (/^\p{L}$/u.test(event.key)) onLetter()
  }

  return (
    <div
      ref={ref}
      class="keys-tree"
      role="tree"
      aria-label="Keys"
      tabIndex={0}
      aria-activedescendant={idOf(at)}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
    >
      <div role="none" class="keys-rows" style={{ height: `${rows.length * rowRem}rem` }}>
        {shown.map((index) => {
          const row = rows[index]
          if (row === undefined) return null
          return (
            <Row
              key={row.path}
              row={row}
              at={index}
              isActive={index === at}
              isChosen={row.path === chosen}
              onActive={onActive}
              onStroke={onStroke}
            >
              {children(row)}
            </Row>
          )
        })}
      </div>
    </div>
  )
}

interface RowProps extends Pick<TreeProps, 'onActive' | 'onStroke'> {
  readonly row: TreeRow
  readonly at: number
  readonly isActive: boolean
  readonly isChosen: boolean
  readonly children: ComponentChildren
}

function Row({ row, at, isActive, isChosen, onActive, onStroke, children }: RowProps) {
  const { path, level, position, setSize, isFolder, isOpen, isKey } = row
  const turn = { does: isOpen ? 'close' : 'open', path } as const
  return (
    <div
      id={idOf(at)}
      role="treeitem"
      aria-level={level}
      aria-posinset={position}
      aria-setsize={setSize}
      aria-expanded={isFolder ? isOpen : undefined}
      aria-selected={isChosen}
      class={`keys-row${isActive ? ' active' : ''}`}
      style={{ top: `${at * rowRem}rem`, paddingInlineStart: `${0.25 + (level - 1) * 1.125}rem` }}
      onClick={() => {
        onActive(path)
        onStroke(isKey ? { does: 'choose', path } : turn)
      }}
    >
      <span
        class={`keys-turn${isFolder ? (isOpen ? ' open' : ' closed') : ''}`}
        aria-hidden="true"
        onClick={(event) => {
          if (!isFolder) return
          event.stopPropagation()
          onStroke(turn)
        }}
      />
      {children}
    </div>
  )
}

/** Where in its rows the tree is, and how much of them is to be seen. */
function useSight(ref: { readonly current: HTMLElement | null }) {
  const [topPx, setTop] = useState(0)
  const [heightPx, setHeight] = useState(0)
  const [rowPx, setRow] = useState(16 * rowRem)
  useLayoutEffect(() => {
    const tree = ref.current
    if (tree === null) return
    const measure = (): void => {
      setHeight(tree.clientHeight)
      setRow(rowRem * Number.parseFloat(getComputedStyle(document.documentElement).fontSize))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(tree)
    return () => observer.disconnect()
  }, [])
  return { topPx, heightPx, rowPx, onScroll: () => setTop(ref.current?.scrollTop ?? 0) }
}

function intoSight(tree: HTMLElement | null, topPx: number, rowPx: number): void {
  if (tree === null || tree.clientHeight === 0) return
  const { scrollTop, clientHeight } = tree
  if (topPx < scrollTop) tree.scrollTop = topPx
  else if (topPx + rowPx > scrollTop + clientHeight) tree.scrollTop = topPx + rowPx - clientHeight
}
