import { goalsOf } from './goals.ts'
import { machineInWords } from './machine.ts'
import { readable, times } from './numbers.ts'
import { rowsOf, shownFigures } from './report.ts'
import type { Report } from './report.ts'

/** For a terminal: a table for each figure, then who was measured and how, then the goals. */
export function textOf(report: Report): string {
  const notes: string[] = []
  const figures = shownFigures(report).map((kind) => {
    const rows = rowsOf(report, kind).map(
      ({ system, summary, timesFloor, timesGrapevine, note }) => [
        `  ${system.title}${noted(notes, note)}`,
        readable(summary?.median),
        readable(summary?.p99),
        readable(summary?.spread),
        times(timesFloor),
        times(timesGrapevine),
        summary === undefined ? '' : String(summary.count),
      ],
    )
    const head = ['', 'median', 'p99', 'spread', '× floor', '× Grapevine', 'samples']
    return `${kind.name}: ${kind.what}, ${kind.unit}\n${aligned([head, ...rows])}`
  })
  return [
    machineInWords(report.machine),
    ...figures,
    `notes\n${notes.map((note, index) => `  [${index + 1}] ${note}`).join('\n')}`,
    `systems\n${systemsOf(report)}`,
    `goals\n${goalsText(report)}`,
  ].join('\n\n')
}

function noted(notes: string[], note: string | undefined): string {
  if (note === undefined) return ''
  const at = notes.indexOf(note)
  return ` [${at === -1 ? notes.push(note) : at + 1}]`
}

const systemsOf = ({ systems }: Report): string =>
  systems
    .map(({ title, version, skipped, settings: { write, read, watch } }) =>
      skipped === undefined
        ? `  ${title}: ${version ?? ''}\n    write  ${write}\n    read   ${read}\n    watch  ${watch}`
        : `  ${title}: skipped: ${skipped}`,
    )
    .join('\n')

const goalsText = (report: Report): string =>
  aligned(
    goalsOf(report).map(({ what, goal, measured, isMet, why }) => [
      `  ${isMet === undefined ? '?' : isMet ? '✓' : '✗'} ${what}`,
      goal,
      isMet === undefined ? measured : `${measured} ${isMet ? 'met' : 'MISSED'}`,
      why,
    ]),
    [],
  )

/** Columns below each other; numbers to the right. */
function aligned(rows: readonly (readonly string[])[], numbers = [1, 2, 3, 4, 5, 6]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          numbers.includes(column)
            ? cell.padStart(widths![column]!)
            : cell.padEnd(widths![column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
