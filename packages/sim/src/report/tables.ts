import type { ConflictSide, Figures, ListedConflict } from '../measure/figures.js'
import type { Plan, Weather } from '../plan.js'
import { theoryOf } from '../measure/theory.js'
import { grouped } from '../command/units.js'
import { counted, digits, inline, percent, size, time } from './format.js'
import { glossary } from './glossary.js'
import { html } from './html.js'
import type { Markup } from './html.js'

const rowsMax = 24
/** Values of one key that are shown beside the winning one. */
const sidesMax = 4

export function partitionsTable(plan: Plan, { partitions }: Figures): Markup {
  if (partitions.length === 0) return html``
  const { healMs: expected } = theoryOf(plan)
  const rows = partitions.slice(0, rowsMax).map((each) => {
    const { shape, fromMs, toMs, writes, healMs, isDisturbed } = each
    const healed = healMs === null ? 'never' : healMs === 0 ? 'at once' : inline(time(healMs))
    return html`<tr>
      <th scope="row">${shape}</th>
      <td class="number">${inline(time(fromMs))} – ${inline(time(toMs))}</td>
      <td class="number">${writes.length === 0 ? '–' : writes.map(grouped).join(' + ')}</td>
      <td class="number">${healed}${isDisturbed ? html` <b class="star">*</b>` : ''}</td>
    </tr>`
  })
  const isAnyDisturbed = partitions.slice(0, rowsMax).some(({ isDisturbed }) => isDisturbed)
  const disturbed = isAnyDisturbed
    ? html`<p class="rest">
        <b class="star">*</b> another partition was in force before it had healed
      </p>`
    : ''
  const theory = expected === undefined ? '' : `, ${inline(time(expected))} by theory`
  return html`<section class="block">
    <header title="${glossary.heal}">
      <h2>Partitions</h2>
      <p>
        ${counted(partitions.length, 'partition')}; the time to heal runs from its end${theory}.
      </p>
    </header>
    <table>
      <thead>
        <tr>
          <th>shape</th>
          <th class="number">from – to</th>
          <th class="number">writes on each side</th>
          <th class="number">healed in</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    ${rest(partitions.length)}${disturbed}
  </section>`
}

export function joinsTable({ joins }: Figures): Markup {
  if (joins.length === 0) return html``
  const rows = joins.slice(0, rowsMax).map(({ name, atMs, tookMs, bytes, lackedBytes }) => {
    const ratio = lackedBytes === 0 ? '–' : `${digits(bytes / lackedBytes)} ×`
    return html`<tr>
      <th scope="row">${name}</th>
      <td class="number">${inline(time(atMs))}</td>
      <td class="number">
        ${tookMs === null ? 'never' : tookMs === 0 ? 'at once' : inline(time(tookMs))}
      </td>
      <td class="number">${inline(size(bytes))}</td>
      <td class="number quiet">${ratio}</td>
    </tr>`
  })
  return html`<section class="block">
    <header title="${glossary.joins}">
      <h2>Cold joins</h2>
      <p>
        ${counted(joins.length, 'empty disk')}; bytes beside what it lacked, which is the floor.
      </p>
    </header>
    <table>
      <thead>
        <tr>
          <th>peer</th>
          <th class="number">came at</th>
          <th class="number">equal after</th>
          <th class="number">received</th>
          <th class="number">of the floor</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    ${rest(joins.length)}
  </section>`
}

export function conflictsTable({ conflicts }: Figures): Markup {
  const { count, listed } = conflicts
  if (count === 0) return html``
  return html`<section class="block">
    <header title="${glossary.conflicts}">
      <h2>Conflicts</h2>
      <p>
        ${counted(count, 'key')} with more than one value at the end. All values are kept and
        listed.
      </p>
    </header>
    <table class="conflicts">
      <thead>
        <tr>
          <th>key</th>
          <th>shown</th>
          <th>kept beside it</th>
        </tr>
      </thead>
      <tbody>
        ${listed.map(conflictRow)}
      </tbody>
    </table>
    ${rest(count, listed.length)}
  </section>`
}

const conflictRow = ({ key, shown, others }: ListedConflict): Markup =>
  html`<tr>
    <th scope="row"><code>${key}</code></th>
    <td>${side(shown)}</td>
    <td>
      ${others.slice(0, sidesMax).map((other) => side(other, shown))}
      ${rest(others.length, sidesMax)}
    </td>
  </tr>`

function side({ value, by, stampMs }: ConflictSide, shown?: ConflictSide): Markup {
  const earlierMs = shown === undefined ? 0 : shown.stampMs - stampMs
  const when = earlierMs > 0 ? `, ${inline(time(earlierMs))} earlier` : ''
  return html`<span class="side"
    ><code>${value}</code> <span class="quiet">by ${by}${when}</span></span
  >`
}

const rest = (count: number, shown = rowsMax): Markup =>
  count <= shown ? html`` : html`<p class="rest">and ${grouped(count - shown)} more</p>`

/** What happens to frames all the time: `5 % lost, 1 % twice`. */
export function troublesOf(weather: Weather): string {
  const shares: readonly (readonly [string, number])[] = [
    ['lost', weather.lossShare],
    ['twice', weather.duplicateShare],
    ['overtaking', weather.reorderShare],
    ['truncated', weather.truncateShare],
    ['clogging', weather.clogShare],
  ]
  const troubles = shares.filter(([, value]) => value > 0)
  return troubles.map(([name, value]) => `${inline(percent(value))} ${name}`).join(', ')
}

/** What was asked for, as the plan has it. */
export function planTable(plan: Plan): Markup {
  const { overlay, weather, habits, disk } = plan
  const gossip = overlay.gossip
    ? `${overlay.topology}, ${overlay.links} links, degree ${overlay.degree}, hold ${inline(time(overlay.holdMs))}${overlay.floodPublish ? ', flood publish' : ''}`
    : 'off'
  const places =
    overlay.regions > 1
      ? [['places', `${overlay.regions}, ${inline(time(overlay.regionDelayMs))} apart`]]
      : []
  const facts = [
    ['peers', `${grouped(plan.peers)}, ${plan.admins} of them admins, ${plan.hostile} hostile`],
    ['gossip', gossip],
    ...places,
    [
      'delay',
      `${inline(time(weather.delayMinMs))} + ${inline(time(weather.delayMeanMs))} on average`,
    ],
    ['frames', troublesOf(weather)],
    [
      'bandwidth',
      weather.bytesPerSecond === 0 ? '' : `${inline(size(weather.bytesPerSecond))}/s per link`,
    ],
    ['sessions', habits.sessionMs === 0 ? 'off' : `every ${inline(time(habits.sessionMs))}`],
    ['presence', habits.presenceMs === 0 ? 'off' : `every ${inline(time(habits.presenceMs))}`],
    ['disk', `durable after ${inline(time(disk.syncMs))}`],
    ['faults end', inline(time(plan.safetyMs))],
    ['signatures', plan.signatures],
  ].filter(([, fact]) => fact !== '')
  return html`<dl>
    ${facts.map(
      ([name, fact]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${fact}</dd>
        </div>`,
    )}
  </dl>`
}
