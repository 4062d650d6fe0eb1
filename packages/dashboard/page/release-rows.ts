import type { ReleaseRow } from '@grapevine/api/page'

/** Each once, as it was told last, the newest first. */
export function merged(
  known: readonly ReleaseRow[],
  told: readonly ReleaseRow[],
): readonly ReleaseRow[] {
  const rows = new Map([...known, ...told].map((row) => [row.release.name, row]))
  return [...rows.values()].toSorted(newestFirst)
}

/** The order of stamps, which is the same everywhere. */
export function newestFirst({ release: a }: ReleaseRow, { release: b }: ReleaseRow): number {
  const apart = b.stamp.ms - a.stamp.ms || b.stamp.counter - a.stamp.counter
  if (apart !== 0) return apart
  if (a.replica === b.replica) return b.seq - a.seq
  return a.replica < b.replica ? 1 : -1
}
