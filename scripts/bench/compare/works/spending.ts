import type { Stage } from '../stage.ts'
import { usageOf } from '../usage.ts'

/** Processor time of this process and of all that belong to the stage, from here on. */
export function startSpending({ others }: Pick<Stage, 'others'>): () => number {
  const own = process.cpuUsage()
  const before = sumOf(others)
  return () => {
    const { user, system } = process.cpuUsage(own)
    return (user + system) / 1_000 + sumOf(others) - before
  }
}

const sumOf = (others: Stage['others']): number =>
  others.reduce((sum, one) => sum + (usageOf(one.pid())?.processorMs ?? Number.NaN), 0)
