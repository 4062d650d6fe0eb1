import { useDesk } from '../context.js'
import { draftsOf, isTouched } from './drafts.js'
import { excerptOf, marked, markedEnd } from './search.js'
import type { Piece, Search } from './search.js'
import type { TreeRow } from './tree-rows.js'

const flashMs = 2_000

interface RowTextProps {
  readonly row: TreeRow
  readonly search: Search | undefined
  /** When it was last seen to change; 0: never. */
  readonly changedAt: number
}

/** What a row of the tree says of its key, or of the keys below it. */
export function RowText({ row, search, changedAt }: RowTextProps) {
  const desk = useDesk()
  const { path, name, isKey, isFolder, isOpen, count } = row
  const held = isKey ? desk.keys.value.rows.get(path) : undefined
  const isFresh = Date.now() - changedAt < flashMs
  const typed = draftsOf(desk).all.value.get(path)
  return (
    <>
      <span class="keys-name">
        <Marked pieces={markedEnd(path, name.length, search)} />
      </span>
      {typed !== undefined && isTouched(typed) && <span class="keys-tag">typed</span>}
      {desk.conflicts.value.has(path) && <span class="keys-tag warn">conflict</span>}
      {isFolder && !isOpen && <span class="number dim">{count.toLocaleString('en')}</span>}
      {held !== undefined && (
        <span key={held.version} class={`keys-excerpt${isFresh ? ' fresh' : ''}`}>
          <Marked pieces={marked(excerptOf(held, search), search)} />
        </span>
      )}
    </>
  )
}

/** What was looked for stands out. */
function Marked({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <>{pieces.map(({ text, isMarked }, at) => (isMarked ? <mark key={at}>{text}</mark> : text))}</>
  )
}
