/**
 * A peer that lives while all others come and go: `npm run churn [-- --minutes 30] [--seed 1]`.
 * Connections are cut, peers die and come back, watchers come and go, values change, and months pass.
 * It prints what that peer holds, and how fast that grows; garbage is collected before each look.
 */
import { parseArgs } from 'node:util'
import { churn, growthPerHour } from '../test/mesh/churn.ts'
import type { Sample } from '../test/mesh/churn.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
  },
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
})
const forMs = Number(values.minutes) * 60_000
const megabyte = 1024 * 1024
const megabytes = (bytes: number): string => (bytes / megabyte).toFixed(1)

const columns = ['minute', 'heap MB', 'RSS MB', 'files', 'sockets', 'timers', 'keys']
const row = (cells: readonly (string | number)[]): string =>
  cells.map((cell) => `${cell}`.padStart(9)).join('')

console.log(row(columns))
const { samples, events, judgement } = await churn({
  forMs,
  sampleEveryMs: Math.max(5_000, forMs / 30),
  seed: Number(values.seed),
  onSample({ atMs, heapBytes, residentBytes, files, sockets, timers, keys }) {
    const minute = (atMs / 60_000).toFixed(1)
    const [heap, resident] = [megabytes(heapBytes), megabytes(residentBytes)]
    console.log(row([minute, heap, resident, files, sockets, timers, keys]))
  },
})

// What grows only until caches are full has grown by then.
const settled = samples.slice(Math.floor(samples.length / 3))
const growth = (of: (sample: Sample) => number): number => growthPerHour(settled, of)
const heapGrowth = growth(({ heapBytes }) => heapBytes)
console.log(`
In the last two thirds, per hour: heap ${megabytes(heapGrowth)} MB, RSS ${megabytes(growth(({ residentBytes }) => residentBytes))} MB, files ${growth(({ files }) => files).toFixed(1)}, timers ${growth(({ timers }) => timers).toFixed(1)}
${[...events].map(([deed, count]) => `${deed} ${count}`).join(', ')}
${judgement.acknowledged} writes acknowledged, ${judgement.lost.length} lost, ${judgement.risen.length} risen`)
if (judgement.lost.length + judgement.risen.length + judgement.phantom.length > 0)
  process.exitCode = 1
