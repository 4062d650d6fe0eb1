import { misused } from '../complain.js'

const form = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/
const unitsMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
])
/** Timers count no further: with more they would fire at once. */
const spanMsMax = 2 ** 31 - 1

/** What people type for a time, as the library reads it; undefined: it is none. */
export function spanMs(typed: string): number | undefined {
  const [, count, unit = ''] = form.exec(typed) ?? []
  const ms = Number(count) * (unitsMs.get(unit) ?? Number.NaN)
  return ms <= spanMsMax ? ms : undefined
}

/** Before anything is done: what is done by then cannot be taken back because of a time. */
export function checkSpan(option: string, typed: string): number {
  const ms = spanMs(typed)
  if (ms !== undefined) return ms
  throw misused(
    `${option} ${JSON.stringify(typed)} is no time`,
    'write 500ms, 30s, 5m or 1h, at most 24 days',
  )
}
