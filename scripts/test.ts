/**
 * Builds, runs every test runner, and ends with one line that counts over all of them.
 * Arguments go to vitest: `npm test -- packages/core` runs the tests of one package.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { node, root, tools } from './command.ts'
import { lastLine, sum, tallyCommand, tallyVitest } from './tally.ts'
import type { Tally, VitestReport } from './tally.ts'

const runners: readonly ((args: readonly string[]) => Promise<Tally>)[] = [build, page, vitest]

async function build(): Promise<Tally> {
  const { exitCode } = await node([tools.tsc, '-b'], { output: 'show' })
  return tallyCommand(exitCode)
}

/** Some tests look at what a clone serves, where it serves something. */
async function page(): Promise<Tally> {
  const cwd = join(root, 'packages/dashboard')
  if (!existsSync(cwd)) return tallyCommand(0)
  const vite = join(cwd, 'node_modules/vite/bin/vite.js')
  const { exitCode } = await node([vite, 'build', '--logLevel', 'warn'], { output: 'show', cwd })
  return tallyCommand(exitCode)
}

async function vitest(args: readonly string[]): Promise<Tally> {
  const folder = join(root, 'node_modules/.cache/grapevine')
  // Named after this process: one run of the tests may start another.
  const file = join(folder, `vitest-${process.pid}.json`)
  mkdirSync(folder, { recursive: true })
  const reporters = ['default', 'json', './scripts/stalled.ts'].map((name) => `--reporter=${name}`)
  const { exitCode } = await node(
    [tools.vitest, 'run', ...reporters, `--outputFile=${file}`, ...args],
    { output: 'show' },
  )
  const report = readReport(file)
  rmSync(file, { force: true })
  return tallyVitest(report, exitCode)
}

function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport
  } catch {
    return undefined
  }
}

const tallies: Tally[] = []
for (const run of runners) tallies.push(await run(process.argv.slice(2)))
const total = sum(tallies)
console.log(lastLine(total))
process.exitCode = total.failed > 0 ? 1 : 0
