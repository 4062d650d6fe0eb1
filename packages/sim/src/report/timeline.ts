import { faultKinds } from '../measure/figures.js'
import type { Ending, Fault, FaultKind, Figures } from '../measure/figures.js'
import type { Plan } from '../plan.js'
import { timeTicks } from './axis.js'
import { counted, inline, rate, time } from './format.js'
import { glossary } from './glossary.js'
import { heatLegend, heatMap, scaleOf } from './heat.js'
import type { Scale } from './heat.js'
import { html, trusted } from './html.js'
import type { Markup } from './html.js'
import { percentOf, polyline, rectangle, rounded, sheetWidth, xLabel } from './plot.js'
import { troublesOf } from './tables.js'

/** One strip of the timeline; all strips share the axis of time below. */
interface Lane {
  readonly name: Markup
  readonly heightPx: number
  readonly content: Markup
}

const laneNames: Record<FaultKind, string> = {
  partition: 'partitions',
  link: 'links',
  away: 'away',
  crash: 'crashes',
  disk: 'disks',
  clock: 'clocks',
  weather: 'weather',
  member: 'members',
  hostile: 'tricks',
}

/** More marks than this are one shape, without words of their own and no finer than a screen. */
const titledMarksMax = 60
const grains = 500

export function timelineChart(plan: Plan, figures: Figures, { verdict }: Ending): Markup {
  const { endMs, healedMs, lacking, partitions } = figures
  if (endMs <= 0) return html``
  const scale = scaleOf(lacking)
  const lanes = [...faultLanes(figures), ...trafficLanes(figures), ...lackingLanes(figures, scale)]
  const hasDown = lacking.rows.some(({ cells }) => cells.some((cell) => cell < 0))
  const bands = partitions.map(
    ({ fromMs, toMs, shape }) =>
      html`<i
        class="band"
        style="left:${percentOf(fromMs / endMs)};width:${percentOf((toMs - fromMs) / endMs)}"
        title="partition, ${shape}"
      ></i>`,
  )
  const healed =
    healedMs === null
      ? ''
      : html`<i class="healed" style="left:${percentOf(healedMs / endMs)}"
          ><span>faults end</span></i
        >`
  return html`<figure class="wide">
    <figcaption title="${glossary.lacking}">
      <h2>Who lacked what, when</h2>
      <p>${storyOf(plan, figures, verdict)}</p>
    </figcaption>
    <div class="timeline">
      <div class="bands" style="grid-row:1/span ${lanes.length}">${bands}${healed}</div>
      ${lanes.map(laneMarkup)}
      <div class="x-axis">${timeTicks(endMs, 10).map(xLabel)}</div>
    </div>
    ${heatLegend(scale, hasDown)}
  </figure>`
}

const laneMarkup = ({ name, heightPx, content }: Lane, index: number): Markup =>
  html`<div class="lane-name" style="grid-row:${index + 1}">${name}</div>
    <div class="lane" style="grid-row:${index + 1};height:${heightPx}px">${content}</div>`

function storyOf(
  { weather }: Plan,
  { partitions, faults, endMs, healedMs }: Figures,
  verdict: Ending['verdict'],
): string {
  const others = faults.filter(({ kind }) => kind !== 'partition').length
  const cuts = partitions.length === 0 ? [] : [counted(partitions.length, 'partition')]
  const rest = others === 0 ? [] : [counted(others, cuts.length === 0 ? 'fault' : 'other fault')]
  const troubles = troublesOf(weather)
  const always = troubles === '' ? [] : [`bad weather all along (${troubles})`]
  const all = [...cuts, ...rest, ...always]
  const what = all.length === 0 ? 'No faults' : listed(all)
  const afterMs = healedMs === null ? 0 : endMs - healedMs
  const when = afterMs < 1 ? 'when faults ended' : `${inline(time(afterMs))} after faults ended`
  const end = verdict === 'passed' && healedMs !== null ? `; all were equal ${when}` : ''
  return `${what} in ${inline(time(endMs))}${end}.`
}

/** One, two and three, with a capital. */
function listed(all: readonly string[]): string {
  const text = [...all.slice(0, -2), all.slice(-2).join(' and ')].join(', ')
  return text[0]!.toUpperCase() + text.slice(1)
}

function faultLanes({ faults, endMs }: Figures): readonly Lane[] {
  return faultKinds.flatMap((kind): Lane[] => {
    const marks = faults.filter((fault) => fault.kind === kind)
    if (marks.length === 0) return []
    const isPartition = kind === 'partition'
    return [
      {
        name: html`${laneNames[kind]} <span class="quiet">${marks.length}</span>`,
        heightPx: isPartition ? 18 : 14,
        content: html`<svg
          viewBox="0 0 ${sheetWidth} 14"
          preserveAspectRatio="none"
          class="marks ${kind}"
          role="img"
          aria-label="${counted(marks.length, laneNames[kind])}"
        >
          ${marksOf(marks, endMs)}
        </svg>`,
      },
    ]
  })
}

/** What happens at once is still to be seen. */
const leastMark = 3

function marksOf(marks: readonly Fault[], endMs: number): Markup {
  if (marks.length > titledMarksMax) return html`<path d="${crowdOf(marks, endMs)}" />`
  const shapeOf = ({ fromMs, toMs }: Fault): string => {
    const width = Math.max(leastMark, ((toMs - fromMs) / endMs) * sheetWidth)
    return markAt(Math.min((fromMs / endMs) * sheetWidth, sheetWidth - width), width)
  }
  return html`${marks.map(
    (fault) =>
      html`<path d="${shapeOf(fault)}"
        ><title>${inline(time(fault.fromMs))}: ${fault.text}</title></path
      >`,
  )}`
}

const markAt = (x: number, width: number): string => rectangle(x, 2, width, 10)

function crowdOf(marks: readonly Fault[], endMs: number): string {
  const isMarked = new Uint8Array(grains + 1)
  const grainOf = (ms: number): number => Math.min(grains - 1, Math.floor((ms / endMs) * grains))
  for (const { fromMs, toMs } of marks) isMarked.fill(1, grainOf(fromMs), grainOf(toMs) + 1)
  let path = ''
  for (let begin = isMarked.indexOf(1); begin >= 0;) {
    const end = isMarked.indexOf(0, begin)
    path += markAt((begin * sheetWidth) / grains, ((end - begin) * sheetWidth) / grains)
    begin = isMarked.indexOf(1, end)
  }
  return path
}

function trafficLanes({ timeline, endMs }: Figures): readonly Lane[] {
  const { bucketMs, writes, updateBytesPerSecond: update, idleBytesPerSecond: idle } = timeline
  const width = (bucketMs / endMs) * sheetWidth
  const most = writes.reduce((max, count) => Math.max(max, count), 0)
  const mostWritten = most === 0 ? 'none' : `≤ ${most} per ${inline(time(bucketMs))}`
  const bars = writes
    .map((count, column) =>
      count === 0
        ? ''
        : rectangle(column * width, 100 - (count / most) * 96, width * 0.8, (count / most) * 96),
    )
    .join('')
  const sums = update.map((rateOf, column) => rateOf + idle[column]!)
  const top = sums.reduce((max, sum) => Math.max(max, sum), 1)
  const written: Lane = {
    name: html`writes <span class="quiet below">${mostWritten}</span>`,
    heightPx: 34,
    content: html`<svg
      viewBox="0 0 ${sheetWidth} 100"
      preserveAspectRatio="none"
      role="img"
      aria-label="Writes over time"
    >
      <path class="bar" d="${bars}" />
    </svg>`,
  }
  const sent: Lane = {
    name: html`traffic <span class="quiet below">≤ ${inline(rate(top))}</span>`,
    heightPx: 44,
    content: html`<svg
      viewBox="0 0 ${sheetWidth} 100"
      preserveAspectRatio="none"
      role="img"
      aria-label="Bytes per second over time"
    >
      ${trusted(
        `<path class="updates" d="${steps(sums, width, top)}"/><path class="idle" d="${steps(idle, width, top)}"/>`,
      )}
    </svg>`,
  }
  return [written, sent]
}

/** An area in steps, from the left edge to the end of the last piece. */
function steps(values: readonly number[], width: number, top: number): string {
  const points = values.flatMap((value, column): [number, number][] => {
    const y = 100 - (value / top) * 96
    return [
      [column * width, y],
      [Math.min(sheetWidth, (column + 1) * width), y],
    ]
  })
  return `${polyline([[0, 100], ...points, [sheetWidth, 100]])}z`
}

function lackingLanes({ lacking, timeline, endMs }: Figures, scale: Scale): readonly Lane[] {
  const { rows, isAll } = lacking
  if (rows.length === 0) return []
  // The last piece of time is cut off where the run ended.
  const columns = Number(rounded(endMs / timeline.bucketMs))
  const lane = (group: typeof rows, name: Markup): Lane => ({
    name,
    heightPx: group.length * (group.length <= 16 ? 16 : 7),
    content: heatMap(group, scale, columns),
  })
  if (isAll && rows.length <= 16) {
    return [lane(rows, html`${rows.map(({ name }) => html`<span class="row">${name}</span>`)}`)]
  }
  if (isAll) return [lane(rows, html`${counted(rows.length, 'peer')}`)]
  const worst = rows.filter(({ group }) => group === 'worst')
  const middle = rows.filter(({ group }) => group === 'middle')
  return [
    lane(worst, html`the ${worst.length} that lacked most`),
    lane(middle, html`${middle.length} around the median`),
  ]
}
