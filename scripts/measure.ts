import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** One line of a benchmark: what was measured in every round, and what it is held against. */
export type Figure = Readonly<{
  what: string
  unit: Unit
  rounds: readonly number[]
  /** What the least work that could do takes: same run, same machine, same unit. */
  floor?: number
  goal?: Goal
}>

type Unit =
  | ('ns' | 'µs' | 'ms' | 'B' | 'B/s' | 'MB' | 'copies' | 'packages' | 'checks' | 'outsiders')
  /** The more the better. */
  | ('changes/s' | 'events/s' | 'reads/s')

const rates: ReadonlySet<Unit> = new Set(['changes/s', 'events/s', 'reads/s'])

/** A bound on the median, or on how many times the floor it costs. */
export type Goal = Readonly<{ of: 'median' | 'ratio' } & ({ atMost: number } | { atLeast: number })>

/** What scripts/bench/<area>.ts exports as `bench`: one of these, or one for each of its parts. */
export type Bench = () => Iterable<Figure> | AsyncIterable<Figure>

export type Result = Readonly<{
  what: string
  unit: Figure['unit']
  median: number
  /** How far the median round is from the median, as a share of it. */
  spread: number
  ratio: number | undefined
  goal: string
  isMet: boolean | undefined
}>

const roundsMin = 7
const warmUps = 3

export function resultOf({ what, unit, rounds, floor, goal }: Figure): Result {
  const middle = median(rounds)
  const off = median(rounds.map((round) => Math.abs(round - middle)))
  const spread = off === 0 ? 0 : off / middle
  const ratio = floor === undefined ? undefined : rates.has(unit) ? floor / middle : middle / floor
  const judged = judge(goal, middle, ratio)
  return { what, unit, median: middle, spread, ratio, ...judged }
}

function judge(goal: Goal | undefined, middle: number, ratio: number | undefined) {
  const measured = goal?.of === 'ratio' ? ratio : middle
  if (goal === undefined || measured === undefined) return { goal: '', isMet: undefined }
  const isLimit = 'atMost' in goal
  const bound = isLimit ? goal.atMost : goal.atLeast
  const isMet = isLimit ? measured <= bound : measured >= bound
  const shown = `${isLimit ? '≤' : '≥'} ${readable(bound)}${goal.of === 'ratio' ? '×' : ''}`
  const excess = isLimit ? measured / bound : bound / measured
  return { goal: isMet ? `${shown} met` : `${shown} MISSED by ${readable(excess)}×`, isMet }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** The value that such a share of all does not exceed: 0.99 for a p99. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!
}

/**
 * Runs the work to warm up, then in rounds; answers what each round returned. Garbage is collected
 * when it is due, not between rounds: asking for it throws compiled code away as well.
 */
export function inRounds(work: () => number, count: number = roundsMin): readonly number[] {
  for (let done = 0; done < warmUps; done++) work()
  return Array.from({ length: count }, work)
}

/** Processor time that the work takes, its garbage included; what else the machine does is left out. */
export function nanoseconds(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) * 1000
}

/** A fresh context sees the `gc` that the flag puts there; our own was made before the flag. */
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

export function memoryInUse(): number {
  collectGarbage()
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const columns = ['', 'median', '', 'spread', '× floor', 'goal'] as const

export function tableOf(results: readonly Result[]): string {
  const cells = results.map(({ what, unit, median: middle, spread, ratio, goal }) => [
    what,
    readable(middle),
    unit,
    `±${Math.round(spread * 100)} %`,
    ratio === undefined ? '' : readable(ratio),
    goal,
  ])
  const rows = [[...columns], ...cells]
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const isNumber = (column: number): boolean => [1, 3, 4].includes(column)
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function readable(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}
