/** Everything a change must pass, one line a step; a failing step shows its whole output. */
import { node, seconds, tools } from './command.ts'
import type { Ended } from './command.ts'

const steps: readonly Readonly<{ name: string; run: () => Promise<Ended> }>[] = [
  { name: 'format', run: () => node([tools.oxfmt, '--check', '.']) },
  { name: 'lint', run: () => node([tools.oxlint]) },
  { name: 'types', run: () => node([tools.tsc, '-b']) },
  { name: 'tests', run: () => node([tools.vitest, 'run']) },
  { name: 'tidy', run: () => node(['--import', 'tsx', 'scripts/tidy.ts']) },
]

const failed: string[] = []
const width = Math.max(...steps.map(({ name }) => name.length))
for (const { name, run } of steps) {
  const started = performance.now()
  const { exitCode, output } = await run()
  console.log(`${exitCode === 0 ? '✓' : '✗'} ${name.padEnd(width)}  ${seconds(started)}`)
  if (exitCode !== 0) {
    failed.push(name)
    console.log(output)
  }
}
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`)
  process.exitCode = 1
}
