import { useDesk } from '../context.js'
import { Empty } from '../parts/empty.js'
import { countOf } from '../in-words.js'
import { go, hashOf } from '../route.js'
import { focusSearch } from '../shortcuts.js'
import { draftsOf, isTouched } from './drafts.js'
import { RowText } from './row-text.js'
import { Tree } from './tree.js'
import { useList } from './use-list.js'
import type { List } from './use-list.js'

/** All keys: what there is, and the way to what one looks for. */
export function KeyList({ chosen, onNew }: { chosen: string | undefined; onNew: () => void }) {
  const list = useList(chosen)
  const { rows, active, setActive, onStroke } = list
  return (
    <div class="keys-list">
      <SearchTools list={list} onNew={onNew} />
      <Counts list={list} />
      <NotThereYet />
      {rows.length === 0 ? (
        <NothingFound list={list} />
      ) : (
        <Tree
          rows={rows}
          chosen={chosen}
          active={active}
          onActive={setActive}
          onStroke={onStroke}
          onLetter={focusSearch}
        >
          {(row) => (
            <RowText row={row} search={list.search} changedAt={list.changedAt.get(row.path) ?? 0} />
          )}
        </Tree>
      )}
    </div>
  )
}

interface SearchToolsProps {
  readonly list: List
  readonly onNew: () => void
}

function SearchTools({ list: { rows, typed, look }, onNew }: SearchToolsProps) {
  const { connection } = useDesk()
  function onKeyDown(event: KeyboardEvent): void {
    const first = rows.find(({ isKey }) => isKey)
    if (event.key === 'Enter' && first !== undefined) go('keys', first.path)
    else if (event.key === 'Escape') look('')
    else if (event.key === 'ArrowDown') {
      event.preventDefault()
      document.querySelector<HTMLElement>('.keys-tree')?.focus()
    }
  }
  return (
    <div class="keys-tools">
      <input
        type="search"
        data-search
        placeholder="Search keys and values   /"
        aria-label="Search keys and values"
        value={typed}
        onInput={({ currentTarget }) => look(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button disabled={connection.value !== 'open'} onClick={onNew}>
        New key
      </button>
    </div>
  )
}

function Counts({ list }: { list: List }) {
  const { size } = useDesk().conflicts.value
  const { isConflictsOnly, count, foundCount, turnConflicts } = list
  return (
    <div class="keys-tools">
      <button
        class="keys-filter"
        aria-pressed={isConflictsOnly}
        disabled={size === 0 && !isConflictsOnly}
        onClick={turnConflicts}
      >
        In conflict <span class="number">{size}</span>
      </button>
      <span class="keys-count dim small" role="status">
        {foundCount === undefined ? '' : `${foundCount.toLocaleString('en')} of `}
        {countOf(count, 'key')}
      </span>
    </div>
  )
}

/** New keys are in no tree before they are published. */
function NotThereYet() {
  const desk = useDesk()
  const typed = Array.from(draftsOf(desk).all.value.values()).filter(
    (one) => isTouched(one) && !desk.keys.value.rows.has(one.key),
  )
  if (typed.length === 0) return null
  return (
    <p class="keys-unwritten small">
      Typed, not published:
      {typed.map(({ key }) => (
        <a key={key} class="mono" href={hashOf('keys', key)}>
          {key}
        </a>
      ))}
    </p>
  )
}

function NothingFound({ list: { isConflictsOnly, typed } }: { list: List }) {
  return (
    <Empty title="Nothing found">
      <p>
        {isConflictsOnly ? 'No key in conflict' : 'No key and no value'}
        {typed.trim() === '' ? '' : ` has “${typed.trim()}” in it`}.
      </p>
    </Empty>
  )
}
