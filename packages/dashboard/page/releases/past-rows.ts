import type { ReleaseRow } from '@grapevine/api/page'
import { merged, newestFirst } from '../release-rows.js'

/** So many rows come with a page, and so many more are shown each time. */
export const pageRows = 50
/** So many are kept in any case, and so many are asked for at once at most. */
export const keptMin = 500

/** Releases in a row: between the first and the last of them none is missing. */
export interface PastRows {
  /** Newest first, each once. */
  readonly rows: readonly ReleaseRow[]
  /** Nothing is older than the last of them. */
  readonly isAll: boolean
}

/** From a page of so many that begins with the newest. */
export const firstPage = (page: readonly ReleaseRow[], limit = pageRows): PastRows => ({
  rows: page,
  isAll: page.length < limit,
})

export const withOlder = ({ rows }: PastRows, page: readonly ReleaseRow[]): PastRows => ({
  // What is known was told later than the page was made.
  rows: merged(page, rows),
  isAll: page.length < pageRows,
})

/**
 * With what the stream told. It does not tell of all that is older than the last row, so such rows
 * wait for their page; and what nobody wants to see is let go of.
 */
export function withTold(
  { rows, isAll }: PastRows,
  told: readonly ReleaseRow[],
  wanted: number,
): PastRows {
  const last = rows.at(-1)
  const taken =
    isAll || last === undefined ? told : told.filter((row) => newestFirst(row, last) <= 0)
  const all = merged(rows, taken)
  const keptMax = Math.max(keptMin, wanted)
  return { rows: all.slice(0, keptMax), isAll: isAll && all.length <= keptMax }
}
