import type { Figures } from '../measure/figures.js'
import type { Plan } from '../plan.js'
import { theoryOf } from '../measure/theory.js'
import { logAxis } from './axis.js'
import { counted, inline, time } from './format.js'
import { glossary } from './glossary.js'
import { html } from './html.js'
import type { Markup } from './html.js'
import { line, plot, polyline, sheetWidth } from './plot.js'
import type { Note } from './plot.js'

type Points = readonly (readonly [number, number])[]

/** Where the logarithm begins. */
const shortestMs = 0.1

/** A share is held from the moment it was reached: steps, and no slopes between them. */
function stairsOf(places: readonly (number | undefined)[], shares: readonly number[]): Points {
  const points: [number, number][] = []
  let y = 100
  for (const [index, x] of places.entries()) {
    if (x === undefined) break
    points.push([x, y])
    y = 100 - shares[index]! * 100
    points.push([x, y])
  }
  return points
}

/** Share of the peers that hold an update, over the time since it was written. */
export function curveChart(plan: Plan, { curve, spread, delivery }: Figures): Markup {
  const { best, median, worst, shares } = curve
  const times = [...best, ...median, ...worst].filter((ms) => ms !== null)
  if (times.length === 0) return html``
  const { meanMs } = theoryOf(plan)
  const least = times.reduce((min, ms) => Math.min(min, ms), Number.POSITIVE_INFINITY)
  const most = times.reduce((max, ms) => Math.max(max, ms), meanMs ?? 0)
  const axis = logAxis(least, most)
  const place = (ms: number | null): number | undefined =>
    ms === null ? undefined : axis.place(Math.max(shortestMs, ms)) * sheetWidth
  const stairs = (values: readonly (number | null)[]): Points => stairsOf(values.map(place), shares)
  // What never came lies beyond the right edge.
  const edge = (values: readonly (number | null)[]): Points =>
    stairsOf(
      values.map((ms) => place(ms) ?? sheetWidth),
      shares,
    )
  const area = polyline([...edge(best), ...edge(worst).toReversed()])
  const theory = meanMs === undefined ? undefined : axis.place(meanMs)
  const shapes = [
    `<path class="area" d="${area}z"/>`,
    theory === undefined
      ? ''
      : `<g class="theory">${line(theory * sheetWidth, 0, theory * sheetWidth, 100)}</g>`,
    `<path class="line worst" d="${polyline(stairs(worst))}"/>`,
    `<path class="line median" d="${polyline(stairs(median))}"/>`,
  ].join('')
  const notes: Note[] = []
  if (theory !== undefined) {
    const text = `theory for the mean peer: ${inline(time(meanMs))}`
    notes.push({ x: theory, y: 0.02, text, kind: 'theory' })
  }
  const story = storyOf(spread, delivery.missing)
  return html`<figure>
    <figcaption title="${glossary.curve}">
      <h2>How an update spreads</h2>
      <p>${story}</p>
      <ul class="legend">
        <li class="median">median update</li>
        <li class="worst">slowest</li>
        <li class="area">fastest to slowest</li>
      </ul>
    </figcaption>
    ${plot({
      heightPx: 260,
      xTicks: axis.ticks,
      yTicks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: `${at * 100} %`, isMinor: false })),
      xTitle: 'time since the write, logarithmic',
      yTitle: 'peers that hold it',
      label: story,
      shapes,
      notes,
    })}
  </figure>`
}

function storyOf({ to50, to100 }: Figures['spread'], missing: number): string {
  const half = to50.ms.p50
  const all = to100.ms.p50
  if (half === null) return 'The median update never came to half of the peers.'
  const first = `Half of the peers hold the median update after ${inline(time(half))}`
  if (all === null) return `${first}; it never came to all of them.`
  const rest = missing === 0 ? '' : ` At the end ${counted(missing, 'reception')} were missing.`
  return `${first}, all of them after ${inline(time(all))}.${rest}`
}
