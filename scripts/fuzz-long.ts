/**
 * The decoder fuzz, for as long as one likes: `npm run fuzz -- [--frames 1000000] [--seed 1]`.
 * It prints what it sees as it goes, and on a violation the seed and the frame that replay it.
 */
import { parseArgs } from 'node:util'
import * as core from '../packages/core/src/index.ts'
import { fuzz } from '../packages/core/test/fuzz.ts'
import type { FuzzReport } from '../packages/core/test/fuzz.ts'

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
})
const frames = Number(values.frames)
const seed = Number(values.seed)
const framesPerLine = 50_000
const started = process.hrtime.bigint()

const line = ({ frames: done, decoded, stored, slowestMs }: FuzzReport): string => {
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  return `${done} frames, ${Math.round(done / seconds)} per second, ${decoded} decoded, ${stored} stored, slowest ${slowestMs.toFixed(0)} ms`
}

const table = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `  ${String(count).padStart(8)} ${name}`)
    .join('\n')

try {
  const report = fuzz(core, {
    frames,
    seed,
    onFrame(now) {
      if (now.frames % framesPerLine === 0) console.log(line(now))
    },
  })
  console.log(`seed ${seed}: ${line(report)}\n${table(report.verdicts)}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
