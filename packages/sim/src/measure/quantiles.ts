import type { Quantiles } from './figures.js'

/** The least value that so large a share of all values does not exceed; `sorted` ascends. */
export function quantile(sorted: ArrayLike<number>, share: number): number | null {
  if (sorted.length === 0) return null
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
  return Number.isFinite(value) ? value : null
}

/** Infinity among the values means: never; a quantile that falls there is null. */
export function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = Float64Array.from(values).sort()
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: quantile(sorted, 1) }
}

export const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
