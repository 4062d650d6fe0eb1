import { MeshError } from '@grapevine/core'
import { shown } from './shown.js'

const unitsMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
])
const form = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/

/** Timers count no further; with more they would fire at once. */
const durationMsMax = 2 ** 31 - 1

/** Reads what a user writes for a time span: milliseconds, or `'500ms'`, `'5s'`, `'2m'`, `'1h'`. */
export function durationMs(what: string, given: unknown): number {
  const ms = typeof given === 'string' ? textMs(given) : given
  if (typeof ms === 'number' && ms >= 0 && ms <= durationMsMax) return ms
  throw new MeshError(
    'OPTION_INVALID',
    `${what} ${shown(given)} is no time span: write milliseconds or '500ms', '5s', '2m', '1h', at most 24 days`,
    { option: what },
  )
}

const dayMs = 24 * 3_600_000
const lifetimeForm = /^(\d+(?:\.\d+)?)d$/
/** A hundred years: whoever wants longer means for ever, and nothing signed should last for ever. */
const lifetimeMsMax = 36_525 * dayMs

/** How long something is good: as a time span, or in days (`'365d'`). */
export function lifetimeMs(what: string, given: unknown): number {
  const [, days] = typeof given === 'string' ? (lifetimeForm.exec(given) ?? []) : []
  const ms =
    days !== undefined ? Number(days) * dayMs : typeof given === 'string' ? textMs(given) : given
  if (typeof ms === 'number' && ms > 0 && ms <= lifetimeMsMax) return Math.floor(ms)
  throw new MeshError(
    'OPTION_INVALID',
    `${what} ${shown(given)} is no time for something to last: write milliseconds or '30m', '24h', '365d', at most a hundred years`,
    { option: what },
  )
}

function textMs(text: string): number | undefined {
  const [, count, unit] = form.exec(text) ?? []
  const unitMs = unitsMs.get(unit ?? '')
  return unitMs === undefined ? undefined : Number(count) * unitMs
}
