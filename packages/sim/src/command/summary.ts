import type { Figures, PartitionFigures } from '../measure/figures.js'
import type { Plan } from '../plan.js'
import type { Outcome } from '../run.js'
import { formatMs, grouped, trimmed } from './units.js'

/** What is said before a run, so that it can be played again whatever becomes of it. */
export const opening = (plan: Plan, title: string | undefined): string =>
  [
    `seed ${plan.seed}`,
    `${grouped(plan.peers)} peers`,
    `${formatMs(plan.safetyMs)} of mesh time`,
    ...(title === undefined ? [] : [title]),
  ].join(' · ')

/** What came of it, a line for each thing that one would ask. */
export function summaryOf(
  figures: Figures,
  outcome: Outcome,
  tookMs: number,
  columns: number,
): string {
  const rows: readonly (readonly [string, string])[] = [
    ['played in', playedIn(outcome, tookMs)],
    ['updates', updates(figures, outcome)],
    ['update → all peers', spread(figures)],
    ['cost', cost(figures)],
    ...figures.partitions.map(cut),
    ['empty disks', joins(figures)],
    ['without writes', idle(figures)],
  ]
  const shown = rows.filter(([, text]) => text !== '')
  const width = Math.max(...shown.map(([name]) => name.length)) + 3
  return shown
    .map(([name, text]) => {
      const lines = wrapped(text, columns - width)
      return `${name.padEnd(width)}${lines.join(`\n${' '.repeat(width)}`)}\n`
    })
    .join('')
}

/** In a narrow terminal a row goes on below, and nothing is torn apart. */
function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  for (const part of text.split(' · ')) {
    const joined = lines.length === 0 ? part : `${lines.at(-1)} · ${part}`
    if (lines.length === 0 || joined.length > columns) lines.push(part)
    else lines[lines.length - 1] = joined
  }
  return lines
}

const playedIn = ({ events, checks, virtualMs }: Outcome, tookMs: number): string =>
  [
    `${(tookMs / 1000).toFixed(1)} s`,
    `${grouped(events)} events`,
    `${grouped(checks)} checks`,
    `${trimmed(virtualMs / Math.max(1, tookMs))} × real time`,
  ].join(' · ')

function updates(
  { updates: { written, lost, gone, voided }, conflicts }: Figures,
  { verdict }: Outcome,
): string {
  // That the conflicts are exactly the concurrent puts is checked in every run that passes.
  const listed = conflicts.count > 0 && verdict === 'passed' ? ', all listed' : ''
  return [
    `${grouped(written)} written`,
    `${grouped(lost)} lost`,
    ...(gone > 0 ? [`${grouped(gone)} gone with the only disk that had them`] : []),
    ...(voided > 0 ? [`${grouped(voided)} taken back by cuts and forks`] : []),
    `${counted(conflicts.count, 'conflict')}${listed}`,
  ].join(' · ')
}

function spread({ spread: { to100 }, hops, updates: { written } }: Figures): string {
  const { ms, latencies } = to100
  if (written === 0) return ''
  if (ms.p50 === null) return 'most updates did not reach all of them'
  return [
    `p50 ${span(ms.p50)}${inLatencies(latencies.p50)}`,
    ms.p99 === null ? 'some never' : `p99 ${span(ms.p99)}${inLatencies(latencies.p99)}`,
    ...(hops.p99 === null ? [] : [counted(hops.p99, 'hop')]),
  ].join(' · ')
}

/** Where it took longer, it was no matter of the links any more. */
const latenciesMax = 100

const inLatencies = (latencies: number | null): string =>
  latencies === null || latencies > latenciesMax ? '' : ` = ${trimmed(latencies)} link latencies`

function cost({ copies, bytes, delivery }: Figures): string {
  const parts = [
    copies.perPeer === null ? '' : `${copies.perPeer.toFixed(2)} copies per peer`,
    bytes.perUpdate === null ? '' : `${grouped(bytes.perUpdate)} B per update and peer`,
    delivery.gossipShare === null ? '' : `${trimmed(delivery.gossipShare * 100)} % came by gossip`,
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

/** More sides than these are a ring, or peers that are each alone. */
const sidesMax = 4

function cut(partition: PartitionFigures): [string, string] {
  const { shape, fromMs, toMs, writes, healMs, isDisturbed } = partition
  const isTold = writes.length > 1 && writes.length <= sidesMax
  const disturbed = isDisturbed ? ', with another cut between' : ''
  const told = [
    shape,
    ...(isTold ? [`${writes.map(grouped).join(' and ')} writes on its sides`] : []),
    `${healMs === null ? 'not healed' : `healed in ${span(healMs)}`}${disturbed}`,
  ]
  return [`cut ${seconds(fromMs)} … ${seconds(toMs)}`, told.join(' · ')]
}

/** Peers that came with an empty disk. */
function joins({ joins: all }: Figures): string {
  if (all.length === 0) return ''
  const times = all.map(({ tookMs }) => tookMs).filter((ms) => ms !== null)
  const filled = times.length === all.length ? `${all.length}` : `${times.length} of ${all.length}`
  const lacked = sum(all.map(({ lackedBytes }) => lackedBytes))
  const received = sum(all.map(({ bytes }) => bytes))
  return [
    `${filled} filled${times.length === 0 ? '' : ` within ${span(Math.max(...times))}`}`,
    ...(lacked > 0 ? [`received ${trimmed(received / lacked)} × what they lacked`] : []),
  ].join(' · ')
}

function idle({ bytes: { idleSessionPerSecond, idlePresencePerSecond } }: Figures): string {
  const parts = [
    [idleSessionPerSecond, 'to compare'],
    [idlePresencePerSecond, 'of presence'],
  ] as const
  const told = parts.flatMap(([rate, what]) =>
    rate === null || rate === 0 ? [] : [`${grouped(rate)} B/s ${what}`],
  )
  return told.length === 0 ? '' : [...told, 'sent and received by each peer'].join(' · ')
}

const verdicts = {
  passed: 'all went well',
  incorrect: 'a promise was broken',
  stuck: 'it healed, but did not converge',
  crashed: 'the program itself failed',
} as const

/** Why a run failed, for a person. */
export function failureOf(
  { livenessMs }: Plan,
  { verdict, reason = 'no reason was given' }: Outcome,
): string {
  const within = verdict === 'stuck' ? ` within ${formatMs(livenessMs)}` : ''
  return `${verdicts[verdict]}${within}\n${reason.replace(/^/gm, '  ')}\n`
}

export const counted = (count: number, noun: string): string =>
  `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`

const sum = (counts: readonly number[]): number => counts.reduce((total, one) => total + one, 0)

const seconds = (ms: number): string => `${trimmed(ms / 1000)} s`

/** Times that were measured: 4.6 ms, 1.8 s. */
const span = (ms: number): string => (ms >= 1000 ? seconds(ms) : `${trimmed(ms)} ms`)
