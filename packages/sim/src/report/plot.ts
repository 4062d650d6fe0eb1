import type { Tick } from './axis.js'
import { html, trusted } from './html.js'
import type { Markup } from './html.js'

/*
 * A plot stretches with the page: its shapes are an SVG without proportions, and its words are HTML
 * beside and above it, so that they keep their size on a phone and on paper.
 */

/** Shapes are drawn on a sheet of this width, whatever its height. */
export const sheetWidth = 1000

interface Plot {
  readonly heightPx: number
  readonly xTicks: readonly Tick[]
  readonly yTicks: readonly Tick[]
  readonly xTitle: string
  readonly yTitle: string
  /** What it shows, for whoever cannot see it. */
  readonly label: string
  /** Drawn on a sheet of `sheetWidth` × 100, upside down as SVG has it. */
  readonly shapes: string
  /** Words within the plot. */
  readonly notes?: readonly Note[]
}

export interface Note {
  /** From 0 to 1, from the left and from the bottom. */
  readonly x: number
  readonly y: number
  readonly text: string
  readonly kind?: 'theory' | 'value'
}

export function plot({
  heightPx,
  xTicks,
  yTicks,
  xTitle,
  yTitle,
  label,
  shapes,
  notes,
}: Plot): Markup {
  const grid = yTicks.map(({ at }) => line(0, 100 - at * 100, sheetWidth, 100 - at * 100)).join('')
  return html`<div class="plot">
    <div class="y-title">${yTitle}</div>
    <div class="y-axis" style="height:${heightPx}px">${yTicks.map(yLabel)}</div>
    <div class="sheet" style="height:${heightPx}px">
      <svg
        viewBox="0 0 ${sheetWidth} 100"
        preserveAspectRatio="none"
        role="img"
        aria-label="${label}"
      >
        <g class="grid">${trusted(grid)}</g>
        ${trusted(shapes)}
      </svg>
      ${(notes ?? []).map(noteMarkup)}
    </div>
    <div class="x-axis">${xTicks.map(xLabel)}</div>
    <div class="x-title">${xTitle}</div>
  </div>`
}

const yLabel = ({ at, label }: Tick): Markup =>
  html`<span style="bottom:${percentOf(at)}">${label}</span>`

export const xLabel = ({ at, label, isMinor }: Tick): Markup =>
  html`<span class="${isMinor ? 'minor' : ''} ${edgeOf(at)}" style="left:${percentOf(at)}"
    >${label}</span
  >`

/** Words at the edges are set inwards. */
const edgeOf = (at: number): string => (at < 0.04 ? 'first' : at > 0.96 ? 'last' : '')

const noteMarkup = ({ x, y, text, kind = 'value' }: Note): Markup =>
  html`<span
    class="note ${kind} ${x > 0.72 ? 'leftwards' : ''}"
    style="left:${percentOf(x)};bottom:${percentOf(y)}"
    >${text}</span
  >`

export const percentOf = (share: number): string => `${rounded(share * 100)}%`

/** Short numbers make small files. */
export const rounded = (value: number): string => String(Math.round(value * 100) / 100)

export const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `<path d="M${rounded(x1)} ${rounded(y1)}L${rounded(x2)} ${rounded(y2)}"/>`

export const rectangle = (x: number, y: number, width: number, height: number): string =>
  `M${rounded(x)} ${rounded(y)}h${rounded(width)}v${rounded(height)}h${rounded(-width)}z`

export const polyline = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${rounded(x)} ${rounded(y)}`).join('')
