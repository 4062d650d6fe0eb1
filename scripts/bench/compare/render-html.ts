import { html } from './escape.ts'
import { goalsOf } from './goals.ts'
import { machineInWords } from './machine.ts'
import { readable, times } from './numbers.ts'
import { plotOf } from './plot.ts'
import { published } from './references.ts'
import { rowsOf, shownFigures } from './report.ts'
import type { Report } from './report.ts'
import type { Simulation } from './simulation.ts'

/** One page that needs nothing else: no script, no font, no picture from anywhere. */
export function htmlOf(report: Report, simulation: Simulation | undefined): string {
  const figures = shownFigures(report).map((kind) => {
    const rows = rowsOf(report, kind)
    const body = rows.map(({ system, summary, timesFloor, timesGrapevine, note }) => [
      system.title,
      readable(summary?.median),
      readable(summary?.p99),
      readable(summary?.spread),
      times(timesFloor),
      times(timesGrapevine),
      note ?? '',
    ])
    const head = ['', 'median', 'p99', 'spread', '× floor', '× Grapevine', '']
    return `<section><h2>${html(kind.name)}: ${html(kind.what)}, ${html(kind.unit)}</h2>${plotOf(kind, rows)}${table(head, body)}</section>`
  })
  const parts = [
    `<p>${html(machineInWords(report.machine))}. ${html(report.measuredAt)}, ${report.rounds} rounds.</p>`,
    `<p>A bar ends at the median, the line behind it at the p99; scales are logarithmic.</p>`,
    section('Goals', goalsTable(report)),
    ...figures,
    section('Who was measured, and how', systemsTable(report)),
    section('Beyond one machine: simulated', simulationTable(simulation)),
    section(
      'Published by others, on their machines',
      table(
        ['', 'says', 'source'],
        published.map(({ system, says, source }) => [system, says, source]),
      ),
    ),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Grapevine: figures</title>
<style>${style}</style>
</head>
<body>
<h1>Grapevine: figures</h1>
${parts.join('\n')}
</body>
</html>
`
}

const section = (title: string, body: string): string =>
  `<section><h2>${html(title)}</h2>${body}</section>`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${html(cell)}</${tag}>`).join('')}</tr>`
  return `<div class="wide"><table><thead>${row(head, 'th')}</thead><tbody>${rows.map((cells) => row(cells, 'td')).join('')}</tbody></table></div>`
}

const goalsTable = (report: Report): string =>
  table(
    ['', 'goal', 'measured', '', 'by how much, and what the time goes to'],
    goalsOf(report).map(({ what, goal, measured, isMet, why }) => [
      what,
      goal,
      measured,
      isMet === undefined ? 'not judged' : isMet ? 'met' : 'missed',
      why,
    ]),
  )

const systemsTable = ({ systems }: Report): string =>
  table(
    ['', 'version', 'a write is done when', 'a read is answered', 'watchers hear by'],
    systems.map(({ title, version, skipped, settings: { write, read, watch } }) =>
      skipped === undefined
        ? [title, version ?? '', write, read, watch]
        : [title, `skipped: ${skipped}`, '', '', ''],
    ),
  )

const simulationTable = (simulation: Simulation | undefined): string =>
  simulation === undefined
    ? '<p>Not simulated yet: <code>npm run bench -- --simulate</code>.</p>'
    : `<p>Simulated in virtual time with <code>${html(simulation.command)}</code>, ${html(simulation.simulatedAt)}: not measured on machines.</p>${table(simulation.rows[0] ?? [], simulation.rows.slice(1))}`

const style = `
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #6a6f76; --line: #d9dce0; --paper: #fff; --floor: #9aa1a9; --grapevine: #6d3fc0; --other: #3d7fb5 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e9eb; --soft: #9aa0a8; --line: #3a3e44; --paper: #16181b; --grapevine: #a98be8; --other: #6fb0e0 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { font-size: 1.05rem; margin: 2.5rem 0 .5rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: .87rem; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--soft); font-weight: 500 }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif }
text { fill: var(--ink) } text.name { text-anchor: end } text.value, text.mark { fill: var(--soft) } text.mark { text-anchor: middle; font-size: 10px }
line.mark { stroke: var(--line) } line.p99 { stroke: var(--soft); stroke-width: 2 }
rect.floor { fill: var(--floor) } rect.grapevine { fill: var(--grapevine) } rect.other { fill: var(--other) }
`
