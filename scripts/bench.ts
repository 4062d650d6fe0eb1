/**
 * Figures, each beside a floor that was measured in the same run. `npm run bench` compares Grapevine
 * with other systems, see `npm run bench -- --help`; `npm run bench core` looks at one area more closely:
 * there a figure is the median of several rounds, and times are processor time where nothing is waited
 * for. A missed goal is printed and fails nothing.
 */
import { readdirSync } from 'node:fs'
import { runComparison } from './bench/compare/main.ts'
import { node, tools } from './command.ts'
import { resultOf, tableOf } from './measure.ts'
import type { Bench, Result } from './measure.ts'

const areas = readdirSync(new URL('bench', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''))
  .toSorted()
const args = process.argv.slice(2)

/** What was measured before something went wrong still counts: a benchmark fails nothing. */
async function measure(area: string, only: string | undefined): Promise<readonly Result[]> {
  const { bench } = (await import(`./bench/${area}.ts`)) as { bench: Bench | readonly Bench[] }
  const results: Result[] = []
  for (const part of [bench].flat()) {
    if (only !== undefined && !part.name.includes(only)) continue
    try {
      for await (const figure of part()) {
        results.push(resultOf(figure))
        if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${figure.what}\r`)
      }
    } catch (error) {
      console.error(`${area}, ${part.name} stopped:`, error)
    }
  }
  return results
}

async function measureAreas(asked: readonly string[]): Promise<void> {
  /** `--only=opening`: the parts of an area whose name contains that. */
  const only = args.find((argument) => argument.startsWith('--only='))?.slice(7)
  const measured: [string, readonly Result[]][] = []
  for (const area of asked) measured.push([area, await measure(area, only)])
  if (args.includes('--json')) {
    const machine = { node: process.version, platform: process.platform, arch: process.arch }
    console.log(JSON.stringify({ machine, areas: Object.fromEntries(measured) }))
  } else for (const [area, results] of measured) console.log(`${area}\n\n${tableOf(results)}\n`)
}

/** What is measured is what ships: the compiled packages, not sources translated on the way. */
async function build(): Promise<void> {
  const packages = ['core', 'peer', 'api', 'sim', 'cli'].map((name) => `packages/${name}`)
  const { exitCode, output } = await node([tools.tsc, '-b', ...packages])
  if (exitCode !== 0) {
    console.error(`${output}\nThe build failed: these are figures of the last one.`)
  }
}

if (args.length > 0 && !args[0]!.startsWith('-')) {
  const asked = args.filter((argument) => !argument.startsWith('--'))
  const unknown = asked.filter((area) => !areas.includes(area))
  for (const area of unknown) console.error(`there is no benchmark called ${area}`)
  if (unknown.length === 0) {
    await build()
    await measureAreas(asked)
  } else {
    console.error(`usage: npm run bench [area], where [area] is one of: ${areas.join(', ')}`)
    process.exitCode = 2
  }
} else process.exitCode = await runComparison(args, build)
