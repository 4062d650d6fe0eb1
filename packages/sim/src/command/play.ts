import type { PlayCommand, Source } from './arguments.js'
import { BadInput } from './bad-input.js'
import { describePlan } from '../swarm/describe.js'
import { exitCodes } from './exit-codes.js'
import type { Figures } from '../measure/figures.js'
import { writeText } from './io.js'
import type { Io } from './io.js'
import { load } from './load.js'
import { createMeasure } from '../measure/measure.js'
import type { Library } from '../observer.js'
import type { Plan } from '../plan.js'
import { createProgress } from './progress.js'
import { reportOf } from '../report/report.js'
import { run } from '../run.js'
import type { Outcome } from '../run.js'
import { shrink } from '../swarm/shrink.js'
import { counted, failureOf, opening, summaryOf } from './summary.js'

/** A plan that was played, and what came of it. */
interface Played {
  readonly plan: Plan
  readonly title: string | undefined
  readonly outcome: Outcome
  readonly figures: Figures
  readonly tookMs: number
  /** What to type in order to see the very same run. */
  readonly again: string
}

/** Plays what was asked for and tells what came of it; answers with the exit code. */
export async function play(
  command: PlayCommand,
  args: readonly string[],
  io: Io,
  library: Library,
): Promise<number> {
  const { plan, title } = await load(command.source, command.seed, io)
  // First of all, so that whatever happens can be played again.
  if (!command.isJson) io.out(`${opening(plan, title)}\n`)

  const measure = createMeasure(plan)
  const progress = createProgress({ plan, columns: io.columns, now: io.now, write: io.err })
  const began = io.now()
  const outcome = run(library, plan, io.isTerminal ? [measure, progress] : [measure])
  const tookMs = io.now() - began
  progress.clear()

  const again = againWith(io, args, command.source, plan.seed)
  const played: Played = { plan, title, outcome, figures: measure.figures(), tookMs, again }
  const report = command.report === 'named' ? { file: `sim-${plan.seed}.html` } : command.report
  // Told before the report is written: should that fail, nobody has waited for nothing.
  io.out(command.isJson ? jsonOf(played) : textOf(played, io.outColumns))
  const isKept = report === 'none' || (await keepReport(report.file, played, io))
  if (!command.isJson && isKept && report !== 'none') io.out(`report  ${report.file}\n`)
  if (!command.isJson) io.out(`again   ${again}\n`)
  if (!command.isJson && outcome.verdict !== 'passed' && command.source.from !== 'wishes') {
    await shrinkInto(`sim-${plan.seed}.plan.json`, played, io, library)
  }
  // That a run failed weighs more than a report that could not be written.
  return isKept || outcome.verdict !== 'passed' ? exitCodes[outcome.verdict] : exitCodes.badInput
}

/** Whether there is a report now; why not is said at once. */
async function keepReport(file: string, played: Played, io: Io): Promise<boolean> {
  const { plan, title, figures, outcome, again } = played
  try {
    await writeText(io, file, reportOf({ plan, title, again }, figures, outcome))
    return true
  } catch (error) {
    if (!(error instanceof BadInput)) throw error
    io.err(`${error.message}\n`)
    return false
  }
}

function textOf({ plan, outcome, figures, tookMs }: Played, columns: number): string {
  const failure = outcome.verdict === 'passed' ? '' : `${failureOf(plan, outcome)}\n`
  return `\n${summaryOf(figures, outcome, tookMs, columns)}\n${failure}`
}

function jsonOf({ plan: { seed }, title, outcome, figures, tookMs, again }: Played): string {
  const probes = Object.fromEntries(outcome.probes)
  const code = exitCodes[outcome.verdict]
  const told = { seed, title, code, ...outcome, probes, tookMs, figures, again }
  return `${JSON.stringify(told, null, 2)}\n`
}

/** Longer than that nobody likes to wait; what was found by then is told. */
const shrinkMs = 60_000

/** Looks for a smaller plan that fails in the same way, and keeps it. */
async function shrinkInto(file: string, failed: Played, io: Io, library: Library): Promise<void> {
  const until = io.now() + shrinkMs
  let tried = 0
  const fails = (plan: Plan): boolean => {
    if (io.now() >= until) return false
    tried += 1
    if (io.isTerminal) io.err(`\rlooking for a smaller plan that fails too: ${tried} tried`)
    return run(library, plan).verdict === failed.outcome.verdict
  }
  const small = shrink(failed.plan, fails)
  if (io.isTerminal) io.err('\r\u001B[K')
  if (small === failed.plan) {
    io.out(`\nno smaller plan fails so\n${describePlan(small)}\n`)
    return
  }
  await writeText(io, file, `${JSON.stringify(small, null, 2)}\n`)
  const { reason = '' } = run(library, small)
  io.out(
    `\nshrunk to ${counted(small.events.length, 'event')}: ${reason}\n${describePlan(small)}\n`,
  )
  io.out(`\nagain   ${io.called} --plan ${file}\n`)
}

function againWith({ called }: Io, args: readonly string[], source: Source, seed: number): string {
  const hasSeed = args.some((arg) => arg === '--seed' || arg.startsWith('--seed='))
  const added = source.from === 'plan' || hasSeed ? [] : ['--seed', String(seed)]
  return [called, ...[...args, ...added].map(quoted)].join(' ')
}

const quoted = (arg: string): string =>
  /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll(`'`, String.raw`'\''`)}'`
