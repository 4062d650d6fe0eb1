import { compileJobs } from './compile.ts'
import type { System } from './adapter.ts'
import { openJobs } from './jobs.ts'
import type { Jobs } from './jobs.ts'
import { machineNow } from './machine.ts'
import type { CompareOptions } from './options.ts'
import type { Cell, Report, SystemReport } from './report.ts'
import { systemNamed } from './systems.ts'
import { works } from './works.ts'
import { amounts } from './works/work.ts'
import type { Work } from './works/work.ts'

/**
 * Every work by every system, round after round, so that a mood of the machine meets them all. A job
 * that fails is a note beside its figure; the run goes on, and `progress` hears what is known so far.
 */
export async function compare(
  options: Pick<CompareOptions, 'systems' | 'works' | 'rounds'>,
  say: (line: string) => void,
  progress: (report: Report) => void = () => {},
): Promise<Report> {
  const machine = machineNow()
  const systems = await Promise.all(options.systems.map(systemNamed))
  const reports = await Promise.all(systems.map(reportOf))
  for (const { name, skipped } of reports) {
    if (skipped !== undefined) say(`${name} skipped: ${skipped}`)
  }
  const present = systems.filter((_, index) => reports[index]!.skipped === undefined)
  const cells: Cell[] = []
  const report = (): Report => {
    const measuredAt = new Date().toISOString()
    return { measuredAt, rounds: options.rounds, machine, systems: reports, cells }
  }
  using compiled = await compileJobs()
  await using jobs = endedOnSignal(openJobs(compiled.file))
  for (const work of works.filter(({ name }) => options.works.includes(name))) {
    for (let round = 0; round < options.rounds; round++) {
      for (const system of present) {
        if (round > 0 && hasNothing(cells, system, work)) continue
        say(`${work.name}, ${system.name}, round ${round + 1} of ${options.rounds}`)
        await doOnce(jobs, system, work, cells, say)
        progress(report())
      }
    }
  }
  return report()
}

async function reportOf(system: System): Promise<SystemReport> {
  const { name, title, kind, settings } = system
  const skipped = await system.missing()
  const version = skipped === undefined ? await system.version() : undefined
  return { name, title, kind, settings, version, skipped }
}

async function doOnce(
  jobs: Jobs,
  system: System,
  work: Work,
  cells: Cell[],
  say: (line: string) => void,
): Promise<void> {
  const excuse = work.excused?.(system) ?? system.cannot?.[work.name]
  if (excuse !== undefined) {
    for (const figure of work.figures) keep(cells, figure, system.name, [], excuse)
    return
  }
  const order = { system: system.name, work: work.name, amounts }
  const { measured, failed } = await jobs.run(order, work.limitMs)
  for (const one of measured) {
    if ('cannot' in one) keep(cells, one.figure, system.name, [], one.cannot)
    else keep(cells, one.figure, system.name, one.samples.filter(Number.isFinite), undefined)
  }
  if (failed === undefined) return
  say(`  failed: ${failed}`)
  for (const figure of work.figures) keep(cells, figure, system.name, [], `failed: ${failed}`)
}

/** Once it could not be measured at all, it is not tried again. */
const hasNothing = (cells: readonly Cell[], system: System, work: Work): boolean =>
  work.figures.every((figure) =>
    cells.some(
      (cell) => cell.figure === figure && cell.system === system.name && cell.samples.length === 0,
    ),
  )

function keep(
  cells: Cell[],
  figure: string,
  system: string,
  samples: readonly number[],
  note: string | undefined,
): void {
  const at = cells.findIndex((cell) => cell.figure === figure && cell.system === system)
  const before = cells[at]
  const cell = {
    figure,
    system,
    samples: [...(before?.samples ?? []), ...samples],
    note: note ?? before?.note,
  }
  if (at === -1) cells.push(cell)
  else cells[at] = cell
}

/** Whoever interrupts a run leaves no server behind. */
function endedOnSignal(jobs: Jobs): Jobs {
  const end = (signal: NodeJS.Signals): void => {
    const exit = (): never => process.exit(signal === 'SIGINT' ? 130 : 143)
    void jobs[Symbol.asyncDispose]().then(exit, exit)
  }
  // More than one may come: from the terminal, and from whoever has started this.
  process.on('SIGINT', end).on('SIGTERM', end)
  return {
    ...jobs,
    async [Symbol.asyncDispose]() {
      process.off('SIGINT', end).off('SIGTERM', end)
      await jobs[Symbol.asyncDispose]()
    },
  }
}
