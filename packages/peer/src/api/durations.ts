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

function textMs(text: string): number | undefined {
  const [, count, unit] = form.exec(text) ?? []
  const unitMs = unitsMs.get(unit ?? '')
  return unitMs === undefined ? undefined : Number(count) * unitMs
}
