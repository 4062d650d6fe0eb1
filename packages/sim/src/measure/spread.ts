import type { Copies, Curve, Figures, Times } from './figures.js'
import { meanOf, quantile, quantilesOf } from './quantiles.js'
import { timesOf } from './update.js'
import type { Update } from './update.js'

const curveSteps = 40
/** Copies are counted in so fine steps, as long as they fit into so many. */
const copySteps = [0.1, 0.25, 0.5, 1, 2, 5, 10]
const copyBinsMax = 40

/** How updates spread: times to shares of the peers, and the curve of shares over time. */
export function spreadOf(
  updates: readonly Update[],
  isUp: (peer: number) => boolean,
  latencyMs: number,
): Pick<Figures, 'spread' | 'curve'> & { readonly missing: number } {
  const shares = Array.from({ length: curveSteps }, (_, step) => (step + 1) / curveSteps)
  const byShare = shares.map((): number[] => [])
  const to: readonly [number, number[]][] = [
    [0.5, []],
    [0.99, []],
    [1, []],
  ]
  let missing = 0
  for (const update of updates) {
    const times = timesOf(update, isUp)
    if (times.length === 0) continue
    for (const [share, values] of to) values.push(timeTo(times, share))
    for (const [index, share] of shares.entries()) byShare[index]!.push(timeTo(times, share))
    for (let last = times.length - 1; times[last] === Number.POSITIVE_INFINITY; last--) missing += 1
  }
  const [to50, to99, to100] = to.map(([, values]) => inTwoUnits(values, latencyMs))
  return {
    spread: { to50: to50!, to99: to99!, to100: to100! },
    curve: curveOf(shares, byShare),
    missing,
  }
}

const timeTo = (times: Float64Array, share: number): number =>
  quantile(times, share) ?? Number.POSITIVE_INFINITY

function inTwoUnits(values: readonly number[], latencyMs: number): Times {
  const ms = quantilesOf(values)
  const inLatencies = (value: number | null): number | null =>
    value === null || latencyMs === 0 ? null : value / latencyMs
  return {
    ms,
    latencies: { p50: inLatencies(ms.p50), p99: inLatencies(ms.p99), max: inLatencies(ms.max) },
  }
}

function curveOf(shares: readonly number[], byShare: readonly number[][]): Curve {
  const sorted = byShare.map((times) => Float64Array.from(times).sort())
  return {
    shares,
    best: sorted.map((times) => quantile(times, 0)),
    median: sorted.map((times) => quantile(times, 0.5)),
    worst: sorted.map((times) => quantile(times, 1)),
  }
}

export function copiesOf(updates: readonly Update[]): Copies {
  const perPeer = updates
    .filter(({ audience }) => audience > 0)
    .map(({ copies, audience }) => copies / audience)
  const most = perPeer.reduce((max, each) => Math.max(max, each), 0)
  const step = copySteps.find((each) => most / each < copyBinsMax) ?? most / copyBinsMax
  const counts = Array.from(
    { length: perPeer.length === 0 ? 0 : Math.round(most / step) + 1 },
    () => 0,
  )
  for (const copies of perPeer) counts[Math.round(copies / step)]! += 1
  return { perPeer: meanOf(perPeer), quantiles: quantilesOf(perPeer), counts, step }
}
