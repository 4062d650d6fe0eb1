import { median, quantile } from '../../measure.ts'
import type { FigureKind } from './figures.ts'

export interface Summary {
  readonly count: number
  readonly median: number
  /** Of fewer than a hundred samples that is the worst. */
  readonly p99: number
  /** Where the middle half of all samples lies, from its lower to its upper end. */
  readonly spread: number
}

/** Where less is worse, the p99 is the value that 99 % exceed. */
export function summaryOf(
  samples: readonly number[],
  { isMoreBetter = false }: Pick<FigureKind, 'isMoreBetter'> = {},
): Summary | undefined {
  if (samples.length === 0) return undefined
  return {
    count: samples.length,
    median: median(samples),
    p99: isMoreBetter
      ? -quantile(
          samples.map((sample) => -sample),
          0.99,
        )
      : quantile(samples, 0.99),
    spread: quantile(samples, 0.75) - quantile(samples, 0.25),
  }
}

/** How many times as much one costs as another: above 1 is worse, whichever way the figure counts. */
export function timesAsMuch(
  one: number,
  other: number,
  { isMoreBetter = false }: Pick<FigureKind, 'isMoreBetter'> = {},
): number | undefined {
  const [above, below] = isMoreBetter ? [other, one] : [one, other]
  return below === 0 ? undefined : above / below
}
