import { limits } from '@grapevine/core'
import { BadInput, meant } from './bad-input.js'

/** Reads what a user wrote; `where` says which flag or field it was, for the message. */
export type Read<T> = (text: string, where: string) => T

const durations = new Map([
  ['ms', 1],
  ['s', 1000],
  ['min', 60_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 7 * 86_400_000],
])

const spans = new Map([
  ['s', 1],
  ['min', 60],
  ['m', 60],
  ['h', 3600],
])

/** In lower case, because everybody writes them as they like. */
const sizes = new Map([
  ['b', 1],
  ['kb', 1000],
  ['kib', 1024],
  ['mb', 1_000_000],
  ['mib', 1_048_576],
  ['bit', 1 / 8],
  ['kbit', 125],
  ['mbit', 125_000],
  ['gbit', 125_000_000],
])

export const count =
  (least: number, most: number): Read<number> =>
  (text, where) => {
    const range = `write a whole number from ${grouped(least)} to ${grouped(most)}`
    if (!/^-?\d+$/.test(text)) throw new BadInput(`${where}: ${shown(text)} is no number, ${range}`)
    const value = Number(text)
    if (value < least) throw new BadInput(`${where}: ${text} is too few, ${range}`)
    if (value > most) throw new BadInput(`${where}: ${text} is too many, ${range}`)
    return value
  }

export const seedNumber: Read<number> = (text, where) => {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new BadInput(
    `${where}: ${shown(text)} is no seed, write a whole number up to ${Number.MAX_SAFE_INTEGER}`,
  )
}

export const duration: Read<number> = (text, where) => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text) ?? []
  const factor = durations.get(unit ?? '')
  const ms = Number(amount) * (factor ?? 0)
  if (ms > durationMaxMs) throw new BadInput(`${where}: ${text} is too long, write 520w or less`)
  if (factor !== undefined) return ms
  const advice = /^\d+$/.test(text) ? `has no unit, write ${text}s or ${text}ms` : durationAdvice
  throw new BadInput(`${where}: ${shown(text)} ${advice}`)
}

/** Ten years: nobody means more, and all times stay dates. */
const durationMaxMs = 520 * 7 * 86_400_000
const durationAdvice = 'is no time, write it like 500ms, 20s, 5min, 1h, 3d or 2w'

export const durationBetween =
  (leastMs: number, mostMs: number): Read<number> =>
  (text, where) => {
    const ms = duration(text, where)
    if (ms < leastMs)
      throw new BadInput(`${where}: ${text} is too short, write ${formatMs(leastMs)} or more`)
    if (ms > mostMs)
      throw new BadInput(`${where}: ${text} is too long, write ${formatMs(mostMs)} or less`)
    return ms
  }

/** How long a frame may be under way: with more, hardly anything arrives before a run is over. */
export const delay: Read<number> = durationBetween(0, 60_000)

/** `+1h` or `-10min`: how far a clock is off. */
export const offset: Read<number> = (text, where) => {
  if (!/^[+-]/.test(text)) {
    throw new BadInput(`${where}: ${shown(text)} says no direction, write it like +1h or -10min`)
  }
  return Number(`${text[0]}1`) * duration(text.slice(1), where)
}

export const share: Read<number> = (text, where) => {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text) ?? []
  if (percent === undefined) {
    throw new BadInput(`${where}: ${shown(text)} is no share, write it in percent, like 5%`)
  }
  if (Number(percent) <= 100) return Number(percent) / 100
  throw new BadInput(`${where}: ${text} is more than everything, write 0% to 100%`)
}

/** Times per second. */
export const rate: Read<number> = (text, where) => {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(?:\s*\/\s*([a-z]+))?$/i.exec(text) ?? []
  const seconds = spans.get(unit)
  if (amount !== undefined && seconds !== undefined) return Number(amount) / seconds
  throw new BadInput(`${where}: ${shown(text)} is no rate, write it like 5/s, 30/min or 10/h`)
}

export const bytes: Read<number> = (text, where) => {
  const size = sizeOf(text)
  if (size !== undefined && size <= limits.valueBytesMax) return Math.round(size)
  throw new BadInput(`${where}: ${shown(text)} is no size, write it like 200B, 4kB or at most 1MiB`)
}

/** With less, what has been said before faults end is still on its way long after. */
const leastBytesPerSecond = 1000

/** Bytes per second. */
export const bandwidth: Read<number> = (text, where) => {
  const size = text.endsWith('/s') ? sizeOf(text.slice(0, -2)) : undefined
  if (size !== undefined && size >= leastBytesPerSecond) return size
  if (size !== undefined && size > 0) {
    throw new BadInput(`${where}: ${text} is too little, write 8kbit/s or more`)
  }
  throw new BadInput(`${where}: ${shown(text)} is no bandwidth, write it like 64kbit/s or 1MB/s`)
}

function sizeOf(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text) ?? []
  const factor = sizes.get(unit.toLowerCase())
  return factor === undefined ? undefined : Number(amount) * factor
}

export const toggle: Read<boolean> = (text, where) => {
  if (['on', 'true', 'yes'].includes(text)) return true
  if (['off', 'false', 'no'].includes(text)) return false
  throw new BadInput(`${where}: ${shown(text)} is neither, write on or off`)
}

export const oneOf =
  <T extends string>(names: readonly T[]): Read<T> =>
  (text, where) => {
    const found = names.find((name) => name === text)
    if (found !== undefined) return found
    throw new BadInput(`${where}: there is no ${shown(text)}, ${meant(text, names)}`)
  }

/** What was typed, so that a blank can be seen. */
const shown = (text: string): string => (/^[\w.%+/:=-]+$/.test(text) ? text : JSON.stringify(text))

/** 1,234,567: the same on every machine. */
export const grouped = (value: number): string =>
  String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')

/** 0.4 ms, 20 s, 3 min, 2 d: in the largest unit that leaves nothing over. */
export function formatMs(ms: number): string {
  const [unit, factor] = wholeUnits.find(([, size]) => ms >= size && ms % size === 0) ?? [
    ms >= 1000 ? 's' : 'ms',
    ms >= 1000 ? 1000 : 1,
  ]
  // Two minutes are two minutes, but one minute is 60 s: so people speak of a run.
  return ms === 60_000 ? '60 s' : `${trimmed(ms / factor)} ${unit}`
}

const wholeUnits: readonly (readonly [string, number])[] = [
  ['weeks', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
]

/** With as many digits as mean something. */
export function trimmed(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return grouped(value)
  return String(Number(value.toFixed(size >= 1 ? 1 : 2)))
}
