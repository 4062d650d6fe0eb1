/** Times in seconds, then a column for each line: what uPlot draws. null: there is nothing. */
export type Columns = [times: number[], ...lines: (number | null)[][]]

const shownSeconds = 15 * 60

/** Figures come each second: between two that are further apart than this nobody listened. */
const apartMaxMs = 5_000

/** Oldest first; where nobody listened a line has a gap, and does not pretend to know. */
export function columnsOf<F extends { readonly at: number }>(
  figures: readonly F[],
  lines: readonly ((figures: F) => number | undefined)[],
): Columns {
  const columns: Columns = [[], ...lines.map(() => [])]
  const [times, ...values] = columns
  let last: number | undefined
  for (const one of figures) {
    if (last !== undefined && one.at - last > apartMaxMs) {
      times.push((last + one.at) / 2_000)
      for (const column of values) column.push(null)
    }
    last = one.at
    times.push(one.at / 1_000)
    lines.forEach((valueOf, index) => values[index]?.push(drawable(valueOf(one))))
  }
  return columns
}

/** What travelled as JSON may be anything. */
const drawable = (value: number | undefined): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null

/** The part of the time that is shown, in seconds: the same of all figures. */
export interface Frame {
  readonly from: number
  readonly to: number
}

/** While little is known yet it fills the picture all the same. */
const spans = [60, 3 * 60, shownSeconds] as const

/** It ends with the newest figures of all. */
export function frameOf(all: readonly Columns[]): Frame {
  const times = all.map(([of]) => of).filter((of) => of.length > 0)
  const first = Math.min(...times.map((of) => of[0] ?? 0))
  const to = Math.max(0, ...times.map((of) => of.at(-1) ?? 0))
  const span = spans.find((seconds) => to - first <= seconds) ?? shownSeconds
  return { from: to - span, to }
}

/** `15 min`, `60 s`: as its axis says it. */
export const spanInWords = (seconds: number): string =>
  seconds > 60 ? `${Math.round(seconds / 60)} min` : `${seconds} s`

/** The end of an axis that begins at zero: round, and no lower than all that is shown. */
export function roundTop([times, ...lines]: Columns, from: number, least: number): number {
  const begin = Math.max(
    0,
    times.findIndex((time) => time >= from),
  )
  let most = least
  for (const line of lines) {
    for (let at = begin; at < line.length; at += 1) most = Math.max(most, line[at] ?? 0)
  }
  const power = 10 ** Math.floor(Math.log10(most))
  const step = [1, 2, 4, 6, 8, 10].find((round) => round * power >= most * (1 - 1e-9)) ?? 10
  return step * power
}
