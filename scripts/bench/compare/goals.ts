import { earlierFigures } from './references.ts'
import { payloadBytes, signatureBytes } from './payload.ts'
import { readable } from './numbers.ts'
import { summaryIn } from './report.ts'
import type { Report } from './report.ts'

/** What was promised, and what came of it in this run. */
export interface GoalResult {
  readonly what: string
  readonly goal: string
  readonly measured: string
  /** undefined: it could not be judged, and `measured` says why. */
  readonly isMet: boolean | undefined
  /** By how much it was missed, and what the time goes to. */
  readonly why: string
}

type Quantile = 'median' | 'p99'
type Bound = Readonly<{ value: number; says: string }>

const grapevine = 'grapevine'
const quantiles: readonly (readonly [Quantile, string])[] = [
  ['median', 'p50'],
  ['p99', 'p99'],
]

export function goalsOf(report: Report): readonly GoalResult[] {
  return [
    ...['last-3', 'last-10', 'last-3-apart', 'last-10-apart'].flatMap((figure) =>
      quantiles.flatMap((quantile) => [
        below(report, figure, quantile, ['etcd', 'zookeeper', 'hyperbee', 'orbitdb']),
        below(report, figure, quantile, ['nats'], 'stretch: '),
      ]),
    ),
    ...['last-3', 'last-10'].map((figure) => belowEarlier(report, figure)),
    ...quantiles.flatMap((quantile) => [
      below(report, 'last-50', quantile, ['hyperbee']),
      timesFloor(report, 'last-50', quantile, 2.5, 'the signed fan-out'),
      timesFloor(report, 'write', quantile, 2, 'fsync and one signature'),
    ]),
    atMost(report, 'burst', 300, 'ms'),
    atMost(report, 'burst-lost', 0, 'lost'),
    atLeast(report, 'read', { value: 10_000_000, says: '10 M/s' }),
    againstEtcd(report),
    ...['kill-read', 'kill-write', 'minority-read', 'minority-write'].map((figure) =>
      atMost(report, figure, 0, 'ms'),
    ),
    ...['copies-10', 'copies-32'].map((figure) => atMost(report, figure, 1.2, 'copies')),
    atMost(report, 'wire', 1.5 * (payloadBytes + signatureBytes), 'B'),
    atMost(report, 'idle', 300, 'B/s'),
    atMost(report, 'memory-watcher', 40, 'MB'),
    atMost(report, 'cold-1k', 250, 'ms'),
  ]
}

/** Below the fastest of those that were measured beside it; who was not is named. */
function below(
  report: Report,
  figure: string,
  [quantile, name]: (typeof quantiles)[number],
  rivals: readonly string[],
  prefix = '',
): GoalResult {
  const known = rivals.flatMap((system) => {
    const value = summaryIn(report, figure, system)?.[quantile]
    return value === undefined ? [] : [{ system, value }]
  })
  const absent = rivals.filter((rival) => !known.some(({ system }) => system === rival))
  const best = known.toSorted((a, b) => a.value - b.value)[0]
  const without = absent.length > 0 ? `; not measured: ${absent.join(', ')}` : ''
  const bound = best && { value: best.value, says: `${best.system} ${readable(best.value)} ms` }
  const judged = judge(report, figure, quantile, bound, 'atMost')
  return {
    ...judged,
    what: `${figure} ${name}`,
    goal: `${prefix}below ${rivals.join(', ')}${best === undefined ? '' : ` (${bound!.says})`}${without}`,
  }
}

function belowEarlier(report: Report, figure: string): GoalResult {
  const earlier = earlierFigures.filter(
    (one) => one.figure === figure && ['Consul', 'Serf'].includes(one.system),
  )
  const best = earlier.toSorted((a, b) => a.median - b.median)[0]!
  const says = earlier.map(({ system, median }) => `${system} ${readable(median)} ms`).join(', ')
  const judged = judge(report, figure, 'median', { value: best.median, says }, 'atMost')
  return { ...judged, what: `${figure} p50`, goal: `below ${says} (an earlier run)` }
}

function timesFloor(
  report: Report,
  figure: string,
  [quantile, name]: (typeof quantiles)[number],
  ratio: number,
  floorName: string,
): GoalResult {
  const floor = summaryIn(report, figure, 'signed-floor')?.[quantile]
  const bound = floor === undefined ? undefined : { value: floor * ratio, says: '' }
  const judged = judge(report, figure, quantile, bound, 'atMost')
  const shown = floor === undefined ? '' : ` (${readable(floor)} ms)`
  return { ...judged, what: `${figure} ${name}`, goal: `≤ ${ratio}× ${floorName}${shown}` }
}

function atMost(report: Report, figure: string, value: number, unit: string): GoalResult {
  const judged = judge(report, figure, 'median', { value, says: '' }, 'atMost')
  return { ...judged, what: figure, goal: `≤ ${readable(value)} ${unit}` }
}

function atLeast(report: Report, figure: string, bound: Bound): GoalResult {
  const judged = judge(report, figure, 'median', bound, 'atLeast')
  return { ...judged, what: figure, goal: `≥ ${bound.says}` }
}

function againstEtcd(report: Report): GoalResult {
  const etcd = summaryIn(report, 'read', 'etcd')?.median
  const bound = etcd === undefined ? undefined : { value: 1_000 * etcd, says: '' }
  const judged = judge(report, 'read', 'median', bound, 'atLeast')
  const shown = etcd === undefined ? '' : ` (${readable(etcd)}/s)`
  return { ...judged, what: 'read', goal: `≥ 1,000× etcd${shown}` }
}

function judge(
  report: Report,
  figure: string,
  quantile: Quantile,
  bound: Bound | undefined,
  kind: 'atMost' | 'atLeast',
): Pick<GoalResult, 'measured' | 'isMet' | 'why'> {
  const measured = summaryIn(report, figure, grapevine)?.[quantile]
  if (measured === undefined) return { measured: 'not measured', isMet: undefined, why: '' }
  const shown = readable(measured)
  if (bound === undefined) return { measured: shown, isMet: undefined, why: 'nothing to compare' }
  const isMet = kind === 'atMost' ? measured <= bound.value : measured >= bound.value
  if (isMet) return { measured: shown, isMet, why: '' }
  const excess = kind === 'atMost' ? measured / bound.value : bound.value / measured
  const by = Number.isFinite(excess) ? `by ${readable(excess)}×` : `by ${shown}`
  return { measured: shown, isMet, why: [by, ...whereTo(report, figure, measured)].join('; ') }
}

/** The parts that the same run has measured by themselves; what they leave is ours. */
function whereTo(report: Report, figure: string, measured: number): readonly string[] {
  const isSpread = figure.startsWith('last-') || figure === 'burst'
  if (!isSpread && figure !== 'write') return []
  const writing = summaryIn(report, 'write', 'signed-floor')?.median
  const sending = isSpread ? summaryIn(report, figure, 'signed-floor')?.median : undefined
  const parts = [
    // A burst is flushed in groups: one flush says nothing of it.
    ...(writing === undefined || figure === 'burst'
      ? []
      : [{ says: 'fsync and signature of the writer', ms: writing }]),
    ...(sending === undefined ? [] : [{ says: 'fan-out, verified by each', ms: sending }]),
    // Each watcher has flushed it before it shows it.
    ...(writing === undefined || !figure.startsWith('last-')
      ? []
      : [{ says: 'fsync of a watcher', ms: writing }]),
  ]
  if (parts.length === 0) return []
  const rest = measured - parts.reduce((sum, { ms }) => sum + ms, 0)
  const said = parts.map(({ says, ms }) => `${says} ${readable(ms)} ms`)
  return [`${said.join(', ')}, the rest ${readable(Math.max(0, rest))} ms`]
}
