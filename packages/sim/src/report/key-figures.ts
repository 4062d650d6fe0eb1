import type { Figures } from '../measure/figures.js'
import type { Plan } from '../plan.js'
import { theoryOf } from '../measure/theory.js'
import { grouped } from '../command/units.js'
import { inline, percent, plain, rate, size, time } from './format.js'
import type { Amount } from './format.js'
import { glossary } from './glossary.js'
import type { Term } from './glossary.js'
import { html } from './html.js'
import type { Markup } from './html.js'
import { percentOf } from './plot.js'

/** One measured number with what it should be. */
interface KeyFigure {
  readonly term: Term
  readonly label: string
  readonly amount: Amount
  readonly measured: number | null
  readonly expected: number | null | undefined
  /** What the formula is, and what it gives. */
  readonly theory: string
  readonly more: string
}

export function keyFigures(plan: Plan, figures: Figures): Markup {
  const all = [...speed(plan, figures), ...cost(plan, figures), ...repair(plan, figures)]
  return html`<section class="figures" aria-label="Key figures">${all.map(card)}</section>`
}

function card({ term, label, amount, measured, expected, theory, more }: KeyFigure): Markup {
  return html`<article class="figure" title="${glossary[term]}">
    <h2>${label}</h2>
    <p class="value">${amount.value}<span class="unit">${amount.unit}</span></p>
    ${gauge(measured, expected)}
    <p class="theory">${theory}</p>
    <p class="more">${more}</p>
  </article>`
}

/** A bar for what was measured, and a mark for what was expected, on one scale from zero. */
function gauge(measured: number | null, expected: number | null | undefined): Markup {
  if (measured === null) return html`<div class="gauge empty"></div>`
  const end = Math.max(measured, expected ?? 0) * 1.08 || 1
  const mark =
    expected == null ? '' : html`<i style="left:${percentOf(Math.min(1, expected / end))}"></i>`
  return html`<div class="gauge"><b style="width:${percentOf(measured / end)}"></b>${mark}</div>`
}

function speed(plan: Plan, { spread, hops, updates }: Figures): readonly KeyFigure[] {
  const theory = theoryOf(plan)
  const across = theory.acrossMs === 0 ? '' : ` + ${inline(time(theory.acrossMs))} between places`
  const isAnyWritten = updates.written > updates.voided
  return [
    {
      term: 'half',
      label: 'Update to half the peers',
      amount: came(spread.to50.ms.p50, isAnyWritten),
      measured: spread.to50.ms.p50,
      expected: theory.meanMs,
      theory:
        theory.meanMs === undefined
          ? 'by sessions alone'
          : `hops × ${inline(time(theory.linkMs))}${across} = ${inline(time(theory.meanMs))}`,
      more:
        spread.to50.latencies.p50 === null
          ? ''
          : `${inline(plain(spread.to50.latencies.p50))} × the delay of a link`,
    },
    {
      term: 'spread',
      label: 'Update to all peers',
      amount: came(spread.to100.ms.p50, isAnyWritten),
      measured: spread.to100.ms.p50,
      expected: theory.lastMs,
      theory:
        theory.lastMs === undefined
          ? 'by sessions alone'
          : `to the last peer ${inline(time(theory.lastMs))}`,
      more: isAnyWritten
        ? `99 % of peers ${inline(came(spread.to99.ms.p50))} · slowest update ${inline(came(spread.to100.ms.max))}`
        : '',
    },
    {
      term: 'hops',
      label: 'Hops',
      amount: plain(hops.mean),
      measured: hops.mean,
      expected: theory.hops,
      theory:
        theory.hops === undefined
          ? 'no gossip'
          : `${theory.hopsFormula} = ${inline(plain(theory.hops))}`,
      more:
        hops.mean === null
          ? ''
          : `99 % within ${inline(plain(hops.p99))} · most ${inline(plain(hops.max))} (random push ${inline(plain(theory.rounds))} rounds)`,
    },
  ]
}

function cost(plan: Plan, { copies, bytes, delivery }: Figures): readonly KeyFigure[] {
  const theory = theoryOf(plan)
  const sessions = delivery.gossipShare === null ? null : 1 - delivery.gossipShare
  return [
    {
      term: 'copies',
      label: 'Copies per peer',
      amount: plain(copies.perPeer),
      measured: copies.perPeer,
      expected: theory.copies ?? 1,
      theory:
        theory.copies === undefined
          ? 'each release once'
          : `plain mesh ${inline(plain(theory.copies))} · floor 1`,
      more: `N − 1 = ${grouped(theory.transmissions)} sent at least`,
    },
    {
      term: 'bytes',
      label: 'Bytes per update and peer',
      amount: size(bytes.perUpdate),
      measured: bytes.perUpdate,
      expected: bytes.release,
      theory: `a release alone ${inline(size(bytes.release))}`,
      more: 'idle traffic not counted',
    },
    {
      term: 'gossip',
      label: 'Came by gossip',
      amount: percent(delivery.gossipShare),
      measured: delivery.gossipShare,
      expected: plan.overlay.gossip ? 1 : 0,
      theory: `sessions brought ${inline(percent(sessions))}`,
      more: `${grouped(delivery.received)} first receptions`,
    },
  ]
}

function repair(plan: Plan, { bytes, partitions }: Figures): readonly KeyFigure[] {
  const theory = theoryOf(plan)
  const session = inline(time(plan.habits.sessionMs))
  const undisturbed = partitions.filter(({ isDisturbed }) => !isDisturbed)
  const chosen = undisturbed.length > 0 ? undisturbed : partitions
  const isHealed = chosen.length > 0 && chosen.every(({ healMs }) => healMs !== null)
  const slowest = isHealed ? Math.max(...chosen.map(({ healMs }) => healMs!)) : null
  const formula =
    theory.healMs === undefined
      ? 'no sessions'
      : `T (log₂ log₂ N + 2) = ${inline(time(theory.healMs))}`
  return [
    {
      term: 'idle',
      label: 'Idle sessions per peer',
      amount: rate(bytes.idleSessionPerSecond),
      measured: bytes.idleSessionPerSecond,
      expected: theory.idleBytesPerSecond,
      theory:
        theory.idleBytesPerSecond === undefined
          ? 'no sessions'
          : `4 · 110 B / ${session} = ${inline(rate(theory.idleBytesPerSecond))}`,
      more: `and presence ${inline(rate(bytes.idlePresencePerSecond))}`,
    },
    {
      term: 'heal',
      label: 'Healed after a cut',
      amount: slowest === 0 ? { value: 'at once', unit: '' } : time(slowest),
      measured: slowest,
      expected: theory.healMs,
      theory: partitions.length === 0 ? 'no partition in this run' : formula,
      more:
        partitions.length === 0 ? formula : `slowest of ${grouped(chosen.length)}, T = ${session}`,
    },
  ]
}

/** What was written and did not come, never came. */
const came = (ms: number | null, isWritten = true): Amount =>
  ms === null && isWritten ? { value: 'never', unit: '' } : time(ms)
