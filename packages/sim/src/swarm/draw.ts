import { shuffled } from '../random.js'
import type { Random } from '../random.js'

/** A whole number from low to high, both of them possible. */
export const between = (random: Random, low: number, high: number): number =>
  low + random.below(high - low + 1)

/** Small numbers as likely as large ones: each power of two has the same chance. */
export const spread = (random: Random, low: number, high: number): number =>
  Math.round(low * (high / low) ** random())

/** One of the names, each as likely as its weight says. */
export function weighted<Name extends string>(
  random: Random,
  weights: Readonly<Record<Name, number>>,
): Name {
  const entries = Object.entries<number>(weights) as [Name, number][]
  const sum = entries.reduce((total, [, weight]) => total + weight, 0)
  let left = random() * sum
  for (const [name, weight] of entries) {
    left -= weight
    if (left < 0) return name
  }
  return entries.at(-1)![0]
}

/** So many of them, none twice. */
export const some = <T>(random: Random, from: readonly T[], count: number): readonly T[] =>
  shuffled(random, from).slice(0, count)

/** So many moments within a span, in their order. */
export const moments = (random: Random, count: number, fromMs: number, toMs: number): number[] =>
  Array.from({ length: count }, () => between(random, fromMs, Math.max(fromMs, toMs))).sort(
    (a, b) => a - b,
  )

export const without = <T>(from: readonly T[], ...gone: readonly T[]): readonly T[] =>
  from.filter((one) => !gone.includes(one))
