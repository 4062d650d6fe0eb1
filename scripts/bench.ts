/**
 * Prints what an area costs, against a floor measured in the same run: `npm run bench core`.
 * A figure is the median of several rounds, times are processor time where nothing is waited for; a
 * missed goal is printed and fails nothing.
 */
import { readdirSync } from 'node:fs'
import { node, root, tools } from './command.ts'
import { resultOf, tableOf } from './measure.ts'
import type { Bench, Result } from './measure.ts'

const areas = readdirSync(new URL('bench', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''))
  .toSorted()
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const unknown = asked.filter((area) => !areas.includes(area))
const isJson = process.argv.includes('--json')
/** `--only=opening`: the parts of an area whose name contains that. */
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice(7)

/** What was measured before something went wrong still counts: a benchmark fails nothing. */
async function measure(area: string): Promise<readonly Result[]> {
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

if (asked.length === 0 || unknown.length > 0) {
  for (const area of unknown) console.error(`there is no benchmark called ${area}`)
  console.error(`usage: npm run bench <area>, where <area> is one of: ${areas.join(', ')}`)
  process.exitCode = 2
} else {
  // What is measured is what ships: the compiled packages, not sources translated on the way.
  const packages = readdirSync(`${root}/packages`).map((name) => `packages/${name}`)
  const { exitCode, output } = await node([tools.tsc, '-b', ...packages])
  if (exitCode !== 0)
    console.error(`${output}\nThe build failed: these are figures of the last one.`)
  const measured: [string, readonly Result[]][] = []
  for (const area of asked) measured.push([area, await measure(area)])
  if (isJson) {
    const machine = { node: process.version, platform: process.platform, arch: process.arch }
    console.log(JSON.stringify({ machine, areas: Object.fromEntries(measured) }))
  } else for (const [area, results] of measured) console.log(`${area}\n\n${tableOf(results)}\n`)
}
