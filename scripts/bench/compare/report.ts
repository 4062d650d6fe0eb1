import type { Settings } from './adapter.ts'
import { figureKinds } from './figures.ts'
import type { FigureKind } from './figures.ts'
import { summaryOf, timesAsMuch } from './summary.ts'
import type { Summary } from './summary.ts'

/** All that a run has found out, as plain values: everything that is shown is made of this. */
export interface Report {
  readonly measuredAt: string
  readonly rounds: number
  readonly machine: Machine
  readonly systems: readonly SystemReport[]
  readonly cells: readonly Cell[]
}

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly system: string
  readonly node: string
  /** How busy it was with other things when the run began: processes that wanted to run. */
  readonly loadBefore: number
}

export interface SystemReport {
  readonly name: string
  readonly title: string
  readonly kind: 'floor' | 'grapevine' | 'other'
  readonly settings: Settings
  readonly version: string | undefined
  /** Why it was not measured. */
  readonly skipped: string | undefined
}

export interface Cell {
  readonly figure: string
  readonly system: string
  readonly samples: readonly number[]
  /** Why there are no samples, or fewer than there might be. */
  readonly note: string | undefined
}

/** One line of what is shown of a figure. */
export interface Row {
  readonly system: SystemReport
  readonly summary: Summary | undefined
  readonly timesFloor: number | undefined
  /** What it costs, when what Grapevine costs is 1: below 1 it is the better one. */
  readonly timesGrapevine: number | undefined
  readonly note: string | undefined
}

/** What nobody has measured is not shown. */
export const shownFigures = ({ cells }: Report): readonly FigureKind[] =>
  figureKinds.filter(({ name }) =>
    cells.some(({ figure, samples }) => figure === name && samples.length > 0),
  )

export function rowsOf(report: Report, kind: FigureKind): readonly Row[] {
  const floor = summaryIn(report, kind.name, floorOf(kind))
  const grapevine = summaryIn(report, kind.name, 'grapevine')
  return report.systems.flatMap((system) => {
    const cell = cellOf(report, kind.name, system.name)
    if (cell === undefined || (cell.samples.length === 0 && cell.note === undefined)) return []
    const summary = summaryOf(cell.samples, kind)
    const times = (other: Summary | undefined): number | undefined =>
      summary === undefined || other === undefined
        ? undefined
        : timesAsMuch(summary.median, other.median, kind)
    return [
      {
        system,
        summary,
        timesFloor: kind.hasFloor === true ? times(floor) : undefined,
        timesGrapevine: times(grapevine),
        note: cell.note,
      },
    ]
  })
}

/** Reads verify nothing; for all else the floor is the one that signs, once it was measured. */
const floorOf = ({ name }: FigureKind): string => (name === 'read' ? 'floor' : 'signed-floor')

export const cellOf = (report: Report, figure: string, system: string): Cell | undefined =>
  report.cells.find((cell) => cell.figure === figure && cell.system === system)

export function summaryIn(report: Report, figure: string, system: string): Summary | undefined {
  const kind = figureKinds.find(({ name }) => name === figure)
  return summaryOf(cellOf(report, figure, system)?.samples ?? [], kind)
}
