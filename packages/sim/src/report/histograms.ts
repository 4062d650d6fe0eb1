import type { Figures } from '../measure/figures.js'
import type { Plan } from '../plan.js'
import { theoryOf } from '../measure/theory.js'
import { grouped } from '../command/units.js'
import { linearTicks } from './axis.js'
import type { Tick } from './axis.js'
import { digits, inline, percent, plain, size } from './format.js'
import { glossary } from './glossary.js'
import { html } from './html.js'
import type { Markup } from './html.js'
import { line, percentOf, plot, rectangle, sheetWidth } from './plot.js'
import type { Note } from './plot.js'

interface Histogram {
  /** Shares of the whole, one for each bar. */
  readonly bars: readonly number[]
  /** What stands below a bar; empty: nothing. */
  readonly names: readonly string[]
  readonly xTitle: string
  readonly yTitle: string
  readonly label: string
  /** In bars from the left, the first one being at 0.5. */
  readonly expected: { readonly at: number; readonly text: string } | undefined
}

const barGap = 0.22

function histogram({ bars, names, xTitle, yTitle, label, expected }: Histogram): Markup {
  const most = bars.reduce((max, bar) => Math.max(max, bar), 0)
  const top = most * (expected === undefined ? 1.16 : 1.34) || 1
  const width = sheetWidth / bars.length
  const shapes = bars
    .map((bar, index) =>
      bar === 0
        ? ''
        : rectangle(
            (index + barGap / 2) * width,
            100 - (bar / top) * 100,
            width * (1 - barGap),
            (bar / top) * 100,
          ),
    )
    .join('')
  const isRoomy = bars.length <= 10
  const notes = bars.flatMap((bar, index): Note[] =>
    isRoomy && bar > 0
      ? [{ x: (index + 0.5) / bars.length, y: bar / top, text: shareOf(bar), kind: 'value' }]
      : [],
  )
  const place = expected === undefined ? undefined : expected.at / bars.length
  const isInside = place !== undefined && place >= 0 && place <= 1
  const mark = isInside ? `<g class="theory">${line(place * 1000, 0, place * 1000, 100)}</g>` : ''
  return plot({
    heightPx: 170,
    xTicks: names.flatMap((name, index): Tick[] =>
      name === '' ? [] : [{ at: (index + 0.5) / bars.length, label: name, isMinor: false }],
    ),
    yTicks: isRoomy ? [] : linearTicks(top, 3, (share) => shareOf(share)),
    xTitle,
    yTitle,
    label,
    shapes: `<path class="bar" d="${shapes}"/>${mark}`,
    notes: isInside
      ? [...notes, { x: place, y: 0.89, text: expected!.text, kind: 'theory' }]
      : notes,
  })
}

const shareOf = (share: number): string =>
  share > 0 && share < 0.005 ? '< 1 %' : `${Math.round(share * 100)} %`

export function hopsChart(plan: Plan, { hops }: Figures): Markup {
  // Nobody hears of an update without crossing a link.
  const counts = hops.counts.slice(1)
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return html``
  const expected = theoryOf(plan).hops
  // One bar alone would be a wall.
  const bars = Array.from(
    { length: Math.max(5, counts.length) },
    (_, index) => (counts[index] ?? 0) / total,
  )
  const every = bars.length <= 16 ? 1 : labelEvery(bars.length, 1)
  return html`<figure>
    <figcaption title="${glossary.hops}">
      <h2>Hops</h2>
      <p>${inline(plain(hops.mean))} on average, ${inline(plain(hops.max))} at most.</p>
    </figcaption>
    ${histogram({
      bars,
      names: bars.map((_, index) => ((index + 1) % every === 0 ? `${index + 1}` : '')),
      xTitle: 'links crossed at the first reception',
      yTitle: 'share of receptions',
      label: `Hops: ${inline(plain(hops.mean))} on average`,
      expected:
        expected === undefined
          ? undefined
          : { at: expected - 0.5, text: `theory ${digits(expected)}` },
    })}
  </figure>`
}

export function copiesChart(plan: Plan, { copies }: Figures): Markup {
  const total = copies.counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return html``
  const expected = theoryOf(plan).copies
  const first = copies.counts.findIndex((count) => count > 0)
  const last = copies.counts.length * copies.step
  // From the floor, which is one copy, to what a plain mesh would cost, if that is not far off.
  const from = Math.min(first, Math.max(0, Math.round(1 / copies.step) - 1))
  const until =
    expected === undefined || expected > 3 * last ? 0 : Math.ceil(expected / copies.step)
  const bars = Array.from(
    { length: Math.max(copies.counts.length, until + 2) - from },
    (_, index) => (copies.counts[from + index] ?? 0) / total,
  )
  const every = labelEvery(bars.length, copies.step)
  return html`<figure>
    <figcaption title="${glossary.copies}">
      <h2>Copies</h2>
      <p>
        ${inline(plain(copies.perPeer))} per peer on average, ${inline(plain(copies.quantiles.max))}
        for the costliest update.
      </p>
    </figcaption>
    ${histogram({
      bars,
      names: bars.map((_, index) =>
        (from + index) % every === 0 ? digits((from + index) * copies.step) : '',
      ),
      xTitle: 'receptions per peer and update',
      yTitle: 'share of updates',
      label: `Copies per peer: ${inline(plain(copies.perPeer))} on average`,
      expected:
        expected === undefined
          ? undefined
          : { at: expected / copies.step - from + 0.5, text: `plain mesh ${digits(expected)}` },
    })}
  </figure>`
}

/** So few labels that they do not touch, and at round numbers. */
function labelEvery(bars: number, step: number): number {
  for (let every = Math.ceil(bars / 7); every < bars; every++) {
    const first = Number((every * step).toPrecision(6))
      .toString()
      .replace(/[.0]/g, '')
    if (['1', '2', '5', '25'].includes(first)) return every
  }
  return bars
}

/** Where the bytes went: one bar for each kind of frame. */
export function bytesChart({ bytes, lostFrames }: Figures): Markup {
  const total = bytes.byType.reduce((sum, each) => sum + each.bytes, 0)
  const most = bytes.byType.reduce((max, each) => Math.max(max, each.bytes), 0)
  if (total === 0) return html``
  const idle = bytes.byType.reduce((sum, each) => sum + (each.isIdle ? each.bytes : 0), 0)
  const row = ({ type, isIdle, bytes: sent, frames }: (typeof bytes.byType)[number]): Markup =>
    html`<tr title="${grouped(frames)} frames">
      <th scope="row">${type}</th>
      <td class="track">
        <b class="${isIdle ? 'idle' : ''}" style="width:${percentOf(sent / most)}"></b>
      </td>
      <td class="number">${inline(size(sent))}</td>
      <td class="number quiet">${shareOf(sent / total)}</td>
    </tr>`
  return html`<figure>
    <figcaption title="${glossary.bytes}">
      <h2>Bytes</h2>
      <p>
        ${inline(size(total))} sent, ${inline(percent(idle / total))} of it idle: presence and
        hashes.
      </p>
      <ul class="legend">
        <li class="bar">for updates</li>
        <li class="idle">idle</li>
      </ul>
    </figcaption>
    <table class="bars">
      <tbody>
        ${bytes.byType.map(row)}
      </tbody>
    </table>
    ${lostLine(lostFrames)}
  </figure>`
}

const losses = [
  ['loss', 'by chance'],
  ['cut', 'at cuts'],
  ['down', 'at peers that were down'],
  ['full', 'in full buffers'],
] as const

function lostLine(lost: Figures['lostFrames']): Markup {
  const parts = losses.flatMap(([why, text]) =>
    lost[why] === 0 ? [] : [`${grouped(lost[why])} ${text}`],
  )
  return parts.length === 0 ? html`` : html`<p class="rest">Frames lost: ${parts.join(', ')}.</p>`
}
