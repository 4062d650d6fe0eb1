import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { root } from '../../command.ts'
import { compare } from './compare.ts'
import { htmlOf } from './render-html.ts'
import { markdownOf } from './render-markdown.ts'
import { readCompareOptions, usage } from './options.ts'
import type { CompareOptions } from './options.ts'
import type { Report } from './report.ts'
import { textOf } from './render-text.ts'
import { readSimulation, simulate } from './simulation.ts'
import { systemNames } from './systems.ts'
import { works } from './works.ts'

const figuresFile = join(root, 'docs/FIGURES.md')
/** What was measured until a run was interrupted: `--from` shows it. */
const progressFile = join(root, 'node_modules/.cache/grapevine/bench-run.json')

/** Answers the exit code: a system that cannot be measured is a note, and no failure. */
export async function runComparison(
  args: readonly string[],
  build: () => Promise<void>,
): Promise<number> {
  if (args.includes('--help')) {
    console.log(usage)
    return 0
  }
  const options = read(args)
  if (options === undefined) return 2
  const report = await measured(options, build)
  if (options.isSimulating) await simulate(say)
  const simulation = readSimulation()
  console.log(options.isJson ? JSON.stringify(report) : textOf(report))
  if (options.html !== undefined) write(options.html, htmlOf(report, simulation))
  if (options.isWritingFigures) write(figuresFile, markdownOf(report, simulation))
  return 0
}

function read(args: readonly string[]): CompareOptions | undefined {
  try {
    const known = { systems: systemNames, works: works.map(({ name }) => name) }
    return readCompareOptions(args, known)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    return undefined
  }
}

async function measured(options: CompareOptions, build: () => Promise<void>): Promise<Report> {
  if (options.from !== undefined) {
    return JSON.parse(readFileSync(fromUser(options.from), 'utf8')) as Report
  }
  await build()
  mkdirSync(dirname(progressFile), { recursive: true })
  return compare(options, say, (report) => writeFileSync(progressFile, JSON.stringify(report)))
}

const say = (line: string): void => {
  console.error(line)
}

/** npm starts scripts at the top of the repository; files are named from where the user is. */
const fromUser = (file: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), file)

function write(file: string, text: string): void {
  const path = fromUser(file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  say(`wrote ${path}`)
}
