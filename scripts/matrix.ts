/** Runs the tests on every Node version this project promises to work on, or on those named, one row each. */
import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { command, root, seconds } from './command.ts'

const promised = [20, 22, 24, 26]
const named = process.argv.slice(2).map(Number)
const versions = named.length > 0 ? named : promised
const cache = join(root, 'node_modules/.cache/matrix')
const counts = /(\d+) passed, (\d+) failed/

/** The package registry carries the Node binaries, one package for each platform. */
async function install(version: number): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`
  const folder = join(cache, String(version))
  const binary = join(folder, 'node_modules', name, 'bin/node')
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder]
  const { exitCode, output } = await command('npm', ['install', ...flags, `${name}@${version}`])
  if (exitCode !== 0) throw new Error(`Node ${version} could not be installed:\n${output}`)
  return binary
}

async function test(binary: string): Promise<Readonly<{ row: string[]; output?: string }>> {
  const started = performance.now()
  // The tests start Node themselves, and must find the same one.
  const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env['PATH'] ?? ''}` }
  const version = await command(binary, ['--version'], { env })
  const run = await command(binary, ['--import', 'tsx', 'scripts/test.ts'], { env })
  const [, passed = '0', failed = '1'] =
    counts.exec(run.output.trimEnd().split('\n').at(-1) ?? '') ?? []
  const row = [version.output.trim(), passed, failed, seconds(started)]
  return run.exitCode === 0 ? { row } : { row, output: run.output }
}

const line = (cells: readonly string[]): string =>
  cells
    .map((cell) => cell.padEnd(10))
    .join('')
    .trimEnd()

console.log(line(['node', 'passed', 'failed', 'time']))
for (const version of versions) {
  const { row, output } = await test(await install(version))
  console.log(line(row))
  if (output !== undefined) {
    console.log(output)
    process.exitCode = 1
  }
}
