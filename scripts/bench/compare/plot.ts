import { html } from './escape.ts'
import type { FigureKind } from './figures.ts'
import { readable } from './numbers.ts'
import type { Row } from './report.ts'

const labelWidth = 170
const plotWidth = 430
const valueWidth = 190
const rowHeight = 24
const fullWidth = labelWidth + plotWidth + valueWidth

/** A bar to the median and a line on to the p99, for each system, on a scale of powers of ten. */
export function plotOf(kind: FigureKind, rows: readonly Row[]): string {
  const shown = rows.filter(({ summary }) => summary !== undefined)
  const values = shown.flatMap(({ summary }) => [summary!.median, summary!.p99])
  const positive = values.filter((value) => value > 0)
  if (positive.length === 0) return ''
  const from = Math.floor(Math.log10(Math.min(...positive)))
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...positive))))
  const at = (value: number): number =>
    value <= 0 ? 0 : ((Math.log10(value) - from) / (to - from)) * plotWidth
  const height = shown.length * rowHeight + 24
  const marks = Array.from({ length: to - from + 1 }, (_, step) => mark(from + step, at, height))
  const bars = shown.map((row, index) => bar(row, index * rowHeight, at))
  const label = `${kind.what}, ${kind.unit}, on a logarithmic scale`
  return `<svg viewBox="0 0 ${fullWidth} ${height}" role="img" aria-label="${html(label)}">${marks.join('')}${bars.join('')}</svg>`
}

function mark(power: number, at: (value: number) => number, height: number): string {
  const x = fixed(labelWidth + at(10 ** power))
  const y = height - 20
  return `<line class="mark" x1="${x}" y1="0" x2="${x}" y2="${y}"/><text class="mark" x="${x}" y="${height - 6}">${html(readable(10 ** power))}</text>`
}

function bar({ system, summary }: Row, y: number, at: (value: number) => number): string {
  const { median, p99 } = summary!
  const [middle, far] = [at(median), at(p99)]
  const line = y + rowHeight / 2
  const values = `${readable(median)} · ${readable(p99)}`
  return [
    `<text class="name" x="${labelWidth - 8}" y="${line + 4}">${html(system.title)}</text>`,
    `<rect class="${system.kind}" x="${labelWidth}" y="${y + 5}" width="${fixed(Math.max(1, middle))}" height="${rowHeight - 10}"/>`,
    `<line class="p99" x1="${fixed(labelWidth + middle)}" y1="${line}" x2="${fixed(labelWidth + far)}" y2="${line}"/>`,
    `<text class="value" x="${fixed(labelWidth + Math.max(middle, far) + 6)}" y="${line + 4}">${html(values)}</text>`,
  ].join('')
}

const fixed = (value: number): string => String(Math.round(value * 10) / 10)
