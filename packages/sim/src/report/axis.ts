import { digits } from './format.js'

export interface Tick {
  /** From 0 to 1, along the axis. */
  readonly at: number
  readonly label: string
  /** Left out where there is little room. */
  readonly isMinor: boolean
}

/** Round steps from 0 to `max`, about so many. */
export function linearTicks(max: number, about: number, label = digits): readonly Tick[] {
  const step = roundStep(max / about)
  const count = Math.floor(max / step + 1e-9)
  return Array.from({ length: count + 1 }, (_, index) => ({
    at: (index * step) / max,
    label: label(index * step),
    isMinor: index % 2 === 1,
  }))
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5].find((factor) => power * factor >= least * 0.999) ?? 10)
}

const timeSteps = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000,
  300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000,
]

/** Steps of a clock, about so many. All labels in one unit. */
export function timeTicks(endMs: number, about: number): readonly Tick[] {
  const end = Math.max(endMs, 1)
  const step = timeSteps.find((each) => end / each <= about) ?? roundStep(end / about)
  const [unit, unitMs] = clockUnits.find(([, , leastMs]) => end >= leastMs) ?? (['ms', 1] as const)
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => ({
    at: (index * step) / end,
    label: `${digits((index * step) / unitMs)} ${unit}`,
    isMinor: index % 2 === 1,
  }))
}

/** Each unit, and from what length of an axis on it is used: then its steps are whole, or halves. */
const clockUnits = [
  ['h', 3_600_000, 3 * 3_600_000],
  ['min', 60_000, 10 * 60_000],
  ['s', 1000, 2000],
] as const satisfies readonly (readonly [string, number, number])[]

/** A logarithmic axis of time, in powers of ten and the steps between them where there is room. */
interface LogAxis {
  readonly ticks: readonly Tick[]
  place(this: void, ms: number): number
}

export function logAxis(leastMs: number, mostMs: number): LogAxis {
  const [from, to] = logRange(leastMs, mostMs)
  const place = (ms: number): number => (Math.log10(ms) - from) / (to - from)
  const factors = to - from <= 2 ? [1, 2, 5] : to - from <= 4 ? [1, 3] : [1]
  const ticks: Tick[] = []
  for (let power = Math.floor(from); power <= to + 1e-9; power++) {
    for (const factor of factors) {
      const ms = factor * 10 ** power
      const at = place(ms)
      if (at < -1e-9 || at > 1 + 1e-9) continue
      const label = ms < 1000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`
      ticks.push({ at, label, isMinor: factor !== 1 })
    }
  }
  return { ticks, place }
}

/** At least one power of ten, with a little room on both sides. */
function logRange(leastMs: number, mostMs: number): readonly [number, number] {
  const least = Math.log10(Math.max(leastMs, 0.1))
  const most = Math.max(Math.log10(Math.max(mostMs, 0.1)), least)
  const missing = Math.max(0, 1 - (most - least)) / 2
  return [least - missing - 0.08, most + missing + 0.08]
}
