import { useEffect, useRef, useState } from 'preact/hooks'
import type { ReleaseRow } from '@grapevine/api/page'
import { movedBy } from '../arrow-keys.js'
import type { Past } from './past.js'
import { newestFirst } from '../release-rows.js'
import { isCalled } from '../release-names.js'
import { Row } from './release-row.js'

interface Listing {
  readonly past: Past
  readonly rows: readonly ReleaseRow[]
  readonly chosen: string | undefined
  readonly isOpen: boolean
}

/** One stop of the Tab key: arrows move in it, Enter opens. */
export function ReleaseList({ past, rows, chosen, isOpen }: Listing) {
  const list = useRef<HTMLOListElement>(null)
  const [current, setCurrent] = useState<string | undefined>(undefined)
  // What was there when it was first shown does not arrive.
  const first = useRef(rows[0])
  const stop =
    rows.find(({ release }) => release.name === current) ?? chosenOf(rows, chosen) ?? rows[0]
  useReturn(list, chosen)
  useSight(list, chosen)
  return (
    <>
      <ol class="releases-list" ref={list} onKeyDown={(event) => moveIn(list.current, event)}>
        {rows.map((row) => (
          <Row
            key={row.release.name}
            row={row}
            isNew={first.current === undefined || newestFirst(row, first.current) < 0}
            isChosen={chosen !== undefined && isCalled(row.release, chosen)}
            isStop={row === stop}
            onFocus={() => setCurrent(row.release.name)}
          />
        ))}
      </ol>
      <Older past={past} isOpen={isOpen} />
    </>
  )
}

const chosenOf = (
  rows: readonly ReleaseRow[],
  chosen: string | undefined,
): ReleaseRow | undefined =>
  chosen === undefined ? undefined : rows.find(({ release }) => isCalled(release, chosen))

function Older({ past, isOpen }: { past: Past; isOpen: boolean }) {
  const trouble = past.trouble.value
  if (!past.hasOlder.value) return <p class="releases-end dim small">Nothing older is held here.</p>
  return (
    <div class="releases-end">
      {trouble !== undefined && (
        <p class="bad small" role="alert">
          {trouble}
        </p>
      )}
      <button disabled={!isOpen || past.isAsking.value} onClick={() => void past.older()}>
        {past.isAsking.value ? 'Reading …' : 'Older'}
      </button>
    </div>
  )
}

/** Whoever comes back from a release stands where the way there began. */
function useReturn(
  list: { readonly current: HTMLOListElement | null },
  chosen: string | undefined,
): void {
  const last = useRef(chosen)
  useEffect(() => {
    const isBack = last.current !== undefined && chosen === undefined
    last.current = chosen
    if (isBack) list.current?.querySelector<HTMLElement>('a[tabindex="0"]')?.focus()
  }, [list, chosen])
}

/** Where a release is chosen, its row is in sight. */
function useSight(
  list: { readonly current: HTMLOListElement | null },
  chosen: string | undefined,
): void {
  useEffect(() => {
    list.current?.querySelector('a[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [list, chosen])
}

function moveIn(list: HTMLOListElement | null, event: KeyboardEvent): void {
  const links = [...(list?.querySelectorAll<HTMLElement>(':scope > li > a') ?? [])]
  const at = links.findIndex((link) => link === document.activeElement)
  const to = movedBy(event, at, links.length)
  if (to === undefined) return
  event.preventDefault()
  links[to]?.focus()
}
