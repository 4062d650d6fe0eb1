/**
 * How a mesh grows: the same story for 10, 100, 1,000 and 10,000 peers, measured beside theory.
 * `npm run sim-scale -- [10 100 1000 10000]`. Some updates, an idle while, a cut with writes on both
 * sides, an empty peer that joins. Times are virtual, so that the machine does not matter.
 */
import * as core from '@grapevine/core'
import { createMeasure, run, theoryOf } from '@grapevine/sim'
import type { Figures, Outcome, Plan, PlannedEvent, Theory } from '@grapevine/sim'
import { count } from '../packages/sim/src/command/units.ts'
import { orLeave, readOptions } from './sim/options.ts'

const defaults = [10, 100, 1_000, 10_000]
const usage = `Measures how a mesh grows, beside theory.

  npm run sim-scale                 ${defaults.join(', ')} peers
  npm run sim-scale -- 10 100       these, from 4 to 10,000

Exit code: 0 all well · 1 a run failed · 2 bad input`

const args = process.argv.slice(2)
const asked = orLeave(usage, args, () =>
  readOptions(args, {}).words.map((text) => count(4, 10_000)(text, 'peers')),
)

interface Measured {
  readonly plan: Plan
  readonly figures: Figures
  readonly theory: Theory
  readonly outcome: Outcome
  readonly seconds: number
}

const cutFrom = 12_000
const cutMs = 10_000
const joinAt = 30_000
/** Of all peers together, so that the largest mesh can be simulated too. */
const presencesPerSecond = 1

function planFor(peers: number): Plan {
  const isSmall = peers <= 32
  const write = (at: number, who: number): PlannedEvent => ({
    at,
    who,
    do: 'write',
    put: [`scale/key-${at % 7}`],
    remove: [],
    valueBytes: 100,
  })
  // One writer is on each side of the cut, wherever it is dealt out.
  const writers = [0, 1, 2, 3].filter((who) => who < peers - 1)
  return {
    seed: 1,
    peers,
    admins: 1,
    hostile: 0,
    revocable: true,
    signatures: 'stub',
    overlay: {
      gossip: true,
      links: isSmall ? peers - 1 : 12,
      degree: isSmall ? 4 : 6,
      holdMs: isSmall ? 20 : 0,
      floodPublish: isSmall,
      topology: 'random',
      regions: 1,
      regionDelayMs: 0,
    },
    weather: {
      delayMinMs: 5,
      delayMeanMs: 5,
      lossShare: 0,
      duplicateShare: 0,
      duplicateLaterMs: 0,
      reorderShare: 0,
      truncateShare: 0,
      clogShare: 0,
      clogMs: 0,
      bytesPerSecond: 0,
    },
    disk: { syncMs: 0 },
    habits: {
      sessionMs: peers <= 64 ? 1_000 : 5_000,
      presenceMs: Math.round((peers * 1_000) / presencesPerSecond),
      tickMs: 10_000,
      collectMs: 0,
      clockStepMs: 1,
    },
    safetyMs: 50_000,
    livenessMs: 120_000,
    events: [
      ...Array.from({ length: 8 }, (_, index) =>
        write(1_000 + 500 * index, index % writers.length),
      ),
      { at: cutFrom, who: 0, do: 'partition', shape: 'halves', forMs: cutMs, salt: 1 } as const,
      ...writers.map((who) => write(cutFrom + 2_000, who)),
      { at: joinAt, who: peers - 1, do: 'join' } as const,
    ],
  }
}

function measure(peers: number): Measured {
  const plan = planFor(peers)
  const watch = createMeasure(plan)
  const began = performance.now()
  const outcome = run(core, plan, [watch])
  const seconds = (performance.now() - began) / 1_000
  return { plan, figures: watch.figures(), theory: theoryOf(plan), outcome, seconds }
}

const nothing = '–'
const show = (value: number | null | undefined, digits = 1): string =>
  value == null
    ? nothing
    : value.toLocaleString('en', { maximumFractionDigits: value >= 1_000 ? 0 : digits })
const beside = (value: number | null | undefined, theory: number | undefined): string =>
  `${show(value)} (${show(theory)})`

type Row = readonly [what: string, cell: (of: Measured) => string]

const rows: readonly Row[] = [
  ['log2 N + ln N, rounds of random push', ({ theory }) => show(theory.rounds)],
  [
    'to 50 % of the peers, in link latencies',
    ({ figures, theory }) => beside(figures.spread.to50.latencies.p50, theory.hops),
  ],
  ['to 99 %', ({ figures }) => show(figures.spread.to99.latencies.p50)],
  ['to 100 %', ({ figures }) => show(figures.spread.to100.latencies.p50)],
  [
    'hops, mean (log N / log (D − 1))',
    ({ figures, theory }) => beside(figures.hops.mean, theory.hops),
  ],
  ['hops, most', ({ figures }) => show(figures.hops.max)],
  [
    'copies per peer (d − 1; the least is 1)',
    ({ figures, theory }) => beside(figures.copies.perPeer, theory.copies),
  ],
  ['bytes per update and peer', ({ figures }) => show(figures.bytes.perUpdate, 0)],
  ['  of which the release itself', ({ figures }) => show(figures.bytes.release, 0)],
  [
    'sessions when idle, B/s and peer (440 / T)',
    ({ figures, theory }) => beside(figures.bytes.idleSessionPerSecond, theory.idleBytesPerSecond),
  ],
  [
    'one presence, B for each peer',
    ({ figures }) => show((figures.bytes.idlePresencePerSecond ?? 0) / presencesPerSecond, 0),
  ],
  [
    'healed after a cut, s (T · (log2 log2 N + 2))',
    ({ figures, theory }) =>
      beside(secondsOf(figures.partitions[0]?.healMs), secondsOf(theory.healMs)),
  ],
  ['cold join, s', ({ figures }) => show(secondsOf(figures.joins[0]?.tookMs))],
  ['cold join, bytes / bytes that were lacking', ({ figures }) => show(joinRatio(figures))],
  ['lost updates', ({ figures }) => show(figures.updates.lost)],
  ['verdict', ({ outcome }) => outcome.verdict],
  ['simulated events', ({ outcome }) => show(outcome.events)],
  ['seconds of this machine', ({ seconds }) => show(seconds)],
]

const secondsOf = (ms: number | null | undefined): number | undefined =>
  ms == null ? undefined : ms / 1_000

function joinRatio({ joins: [join] }: Figures): number | undefined {
  return join === undefined || join.lackedBytes === 0 ? undefined : join.bytes / join.lackedBytes
}

function print(measured: readonly Measured[]): void {
  const lines = [
    ['peers', ...measured.map(({ plan }) => show(plan.peers))],
    ...rows.map(([what, cell]) => [what, ...measured.map(cell)]),
  ]
  const widths = lines[0]!.map((_, column) =>
    Math.max(...lines.map((line) => line[column]!.length)),
  )
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
    )
    console.log(cells.join('  '))
  }
  console.log('\nIn brackets what theory says. A link takes 5 ms and exponentially 5 ms more.')
}

const measured: Measured[] = []
for (const peers of asked.length > 0 ? asked : defaults) {
  console.error(`${show(peers)} peers …`)
  measured.push(measure(peers))
}
print(measured)
const bad = measured.filter(({ outcome }) => outcome.verdict !== 'passed')
for (const { plan, outcome } of bad) console.error(`${plan.peers} peers: ${outcome.reason}`)
if (bad.length > 0) process.exitCode = 1
