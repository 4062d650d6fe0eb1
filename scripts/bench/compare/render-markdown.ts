import { markdown } from './escape.ts'
import type { FigureKind } from './figures.ts'
import { goalsOf } from './goals.ts'
import { machineInWords } from './machine.ts'
import { readable, times } from './numbers.ts'
import { earlierFigures, published } from './references.ts'
import { rowsOf, shownFigures } from './report.ts'
import type { Report, Row } from './report.ts'
import type { Simulation } from './simulation.ts'

/** docs/FIGURES.md, as a whole: what a run has found out, and what it has not. */
export function markdownOf(report: Report, simulation: Simulation | undefined): string {
  const notes: string[] = []
  const figures = shownFigures(report)
    .map((kind) => figureSection(report, kind, notes))
    .join('\n\n')
  return `${[
    '# Figures',
    intro(report),
    `## Goals\n\n${goalsTable(report)}`,
    `## Where others win\n\n${othersWin(report)}`,
    `## What was measured\n\n${figures}`,
    `### Notes\n\n${notes.map((note, index) => `${index + 1}. ${markdown(note)}`).join('\n') || 'None.'}`,
    `## Who was measured, and how\n\n${systemsTable(report)}`,
    `## What was not measured\n\n${notMeasured(report)}`,
    `## Beyond one machine\n\n${beyond(simulation)}`,
    `## How to repeat it\n\n${repeat}`,
  ].join('\n\n')}\n`
}

const intro = (
  report: Report,
): string => `Written by \`npm run bench -- --write-figures\`, ${report.measuredAt.slice(0, 10)}, ${report.rounds} rounds, all systems in one run, their jobs in turn.
${machineInWords(report.machine)}. Everything on one machine, over the loopback: no figure here says anything about a network.
Every update has 200 bytes, key and value together. _Spread_ is where the middle half of all samples lies; _× floor_ is beside the least that the
machine itself needs for that (signed fan-out, or fsync and a signature); _× Grapevine_ is what the other costs when Grapevine, embedded, costs 1.`

function figureSection(report: Report, kind: FigureKind, notes: string[]): string {
  const rows = rowsOf(report, kind).map(({ system, summary, timesFloor, timesGrapevine, note }) => [
    `${markdown(system.title)}${noted(notes, note)}`,
    readable(summary?.median),
    readable(summary?.p99),
    readable(summary?.spread),
    times(timesFloor),
    times(timesGrapevine),
  ])
  const head = ['', 'median', 'p99', 'spread', '× floor', '× Grapevine']
  return `### ${kind.name}: ${markdown(kind.what)}, ${kind.unit}\n\n${table(head, rows)}`
}

function noted(notes: string[], note: string | undefined): string {
  if (note === undefined) return ''
  const at = notes.indexOf(note)
  return ` (${at === -1 ? notes.push(note) : at + 1})`
}

const goalsTable = (report: Report): string =>
  table(
    ['', 'goal', 'measured', '', 'by how much, and what the time goes to'],
    goalsOf(report).map(({ what, goal, measured, isMet, why }) => [
      markdown(what),
      markdown(goal),
      markdown(measured),
      isMet === undefined ? 'not judged' : isMet ? 'met' : '**missed**',
      markdown(why),
    ]),
  )

/** Of each figure those who did better than the best of Grapevine, by the median. */
function othersWin(report: Report): string {
  const lines = shownFigures(report).flatMap((kind) => {
    const rows = rowsOf(report, kind)
    const own = rows.filter(({ system }) => system.kind === 'grapevine').flatMap(medianOf)
    if (own.length === 0) return []
    const best = kind.isMoreBetter === true ? Math.max(...own) : Math.min(...own)
    const isBetter = (value: number): boolean =>
      kind.isMoreBetter === true ? value > best : value < best
    const winners = rows.filter(
      (row) => row.system.kind === 'other' && medianOf(row).some(isBetter),
    )
    if (winners.length === 0) return []
    const said = winners.map(
      (row) => `${markdown(row.system.title)} ${readable(row.summary?.median)}`,
    )
    return [
      `- ${markdown(kind.what)}, ${kind.unit}: ${said.join(', ')}; Grapevine ${readable(best)}`,
    ]
  })
  return lines.join('\n') || 'Nowhere, in what was measured in this run.'
}

const medianOf = ({ summary }: Row): readonly number[] =>
  summary === undefined ? [] : [summary.median]

const systemsTable = ({ systems }: Report): string =>
  table(
    ['', 'version', 'a write is done when', 'a read is answered', 'watchers hear by'],
    systems
      .filter(({ skipped }) => skipped === undefined)
      .map(({ title, version, settings: { write, read, watch } }) =>
        [title, version ?? '', write, read, watch].map(markdown),
      ),
  )

function notMeasured({ systems, cells }: Report): string {
  const skipped = systems.flatMap(({ title, skipped: why }) =>
    why === undefined ? [] : [`- ${markdown(title)}: ${markdown(why)}`],
  )
  const failed = cells
    .filter(({ note }) => note?.startsWith('failed') === true)
    .map(({ system, figure, note }) => `- ${figure} of ${system}: ${markdown(note!)}`)
  const earlier = earlierFigures.map(
    ({ system, figure, median }) => `${system} ${figure} ${readable(median)} ms`,
  )
  return [
    ...skipped,
    ...failed,
    '- Networks: machines that are apart, loss, delay. Two cores and a loopback favour whoever has few processes.',
    '- More than 50 watchers; more than one publisher; values larger than 200 bytes.',
    '- What TCP and IP add to the bytes on the wire: headers and acknowledgements are not counted.',
    `- Consul, Serf and GUN, which Debian does not offer. An earlier run by hand on a machine like this one found: ${earlier.join(', ')}.`,
  ].join('\n')
}

function beyond(simulation: Simulation | undefined): string {
  const simulated =
    simulation === undefined
      ? 'Not simulated yet: `npm run bench -- --simulate`.'
      : `**Simulated**, not measured: \`${simulation.command}\`, ${simulation.simulatedAt}, the very code of the replica in virtual time, links of 5 ms and exponentially 5 ms more.\n\n${table(
          simulation.rows[0] ?? [],
          simulation.rows.slice(1).map((row) => row.map(markdown)),
        )}`
  const rows = published.map(({ system, says, source }) => [system, says, source].map(markdown))
  return `${simulated}\n\nBeside it, what others have published of real machines and networks, which no simulation is:\n\n${table(['', 'says', 'source'], rows)}`
}

const repeat = `\`\`\`
npm run bench-peers                       # other systems: packages into node_modules/.cache, servers by apt where it may
npm run bench -- --html figures.html      # everything, as text and as a page with plots
npm run bench -- --systems floor,signed-floor,grapevine,etcd --works last,write --rounds 5
npm run bench -- --write-figures          # this file
\`\`\`

Let nothing else run. Each work of each system has a process group of its own, fresh folders and a time limit; a failure is a note and ends
nothing. Reads and writes count as unavailable when no answer came within 200 ms.`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
