import { grouped } from '../command/units.js'

/** A number as people read it, apart from its unit, so that the unit can be set smaller. */
export interface Amount {
  readonly value: string
  readonly unit: string
}

/** What did not happen, or was not there to be measured. */
const nothing: Amount = { value: '–', unit: '' }

/** Three digits that mean something: 0.42, 4.23, 42.3, 423, 4,230. */
export function digits(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude >= 100) return grouped(value)
  if (magnitude >= 10) return trimZeros(value.toFixed(1))
  return magnitude === 0 ? '0' : trimZeros(value.toFixed(2))
}

const trimZeros = (text: string): string => (/\./.test(text) ? text.replace(/\.?0+$/, '') : text)

export function time(ms: number | null | undefined): Amount {
  if (ms == null) return nothing
  if (ms < 1000) return { value: digits(ms), unit: 'ms' }
  if (ms < 180_000) return { value: digits(ms / 1000), unit: 's' }
  if (ms < 2 * 3_600_000) return { value: digits(ms / 60_000), unit: 'min' }
  return { value: digits(ms / 3_600_000), unit: 'h' }
}

const sizes = ['B', 'kB', 'MB', 'GB', 'TB']

export function size(bytes: number | null | undefined): Amount {
  if (bytes == null) return nothing
  let [value, step] = [bytes, 0]
  for (; value >= 999.5 && step < sizes.length - 1; step++) value /= 1000
  return { value: digits(value), unit: sizes[step]! }
}

export function rate(bytesPerSecond: number | null | undefined): Amount {
  const { value, unit } = size(bytesPerSecond)
  return unit === '' ? nothing : { value, unit: `${unit}/s` }
}

export const plain = (value: number | null | undefined, unit = ''): Amount =>
  value == null ? nothing : { value: digits(value), unit }

/** 99.98 % must not read as all of it. */
export function percent(share: number | null | undefined): Amount {
  if (share == null) return nothing
  const value = share * 100
  const isNearlyAll = value > 99.5 && value < 100
  return {
    value: isNearlyAll ? trimZeros((Math.floor(value * 100) / 100).toFixed(2)) : digits(value),
    unit: '%',
  }
}

/** With a space that does not break. */
export const inline = ({ value, unit }: Amount): string =>
  unit === '' ? value : `${value}\u00a0${unit}`

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`
