import type { Audit } from '../../packages/sim/src/swarm/swarm-audit.ts'
import { trimmed } from '../../packages/sim/src/command/units.ts'
import { type Failure, type Tally, unmet } from './tally.ts'

const grouped = (value: number): string => Math.round(value).toLocaleString('en')

export function statusLine(tally: Tally, seeds: number, seconds: number): string {
  const { failures } = tally
  return [
    `${grouped(seconds)} s`,
    `${grouped(tally.seeds)} of ${grouped(seeds)} seeds`,
    `${grouped(tally.events)} events`,
    `${grouped(perSecond(tally))} events/s/core`,
    `${failures.length} failed${failures.length > 0 ? ` (last: ${failures.at(-1)!.seed})` : ''}`,
  ].join(', ')
}

const perSecond = ({ events, wallMs }: Tally): number => (wallMs > 0 ? (events * 1000) / wallMs : 0)

/** A few seeds make minutes, a night makes weeks. */
const hoursOf = (ms: number): string =>
  ms < 36_000_000 ? `${trimmed(ms / 60_000)} minutes` : `${grouped(ms / 3_600_000)} hours`

export function summaryOf(tally: Tally, seconds: number, cores: number): string {
  const { seeds, events, checks, virtualMs, failures, slowest, twice } = tally
  const of = (verdict: string): number =>
    failures.filter((failure) => failure.verdict === verdict).length
  const missing = unmet(tally)
  const verdicts = [
    `${grouped(seeds - new Set(failures.map(({ seed }) => seed)).size)} passed`,
    `${of('incorrect')} incorrect`,
    `${of('stuck')} stuck`,
    `${of('crashed') + of('died')} crashed`,
  ]
  return [
    `seeds     ${grouped(seeds)} on ${cores} cores in ${grouped(seconds)} s; ${verdicts.join(', ')}`,
    `events    ${grouped(events)}, ${grouped(events / Math.max(1, seeds))} a seed, ${grouped(perSecond(tally))} per second and core, with all checks on`,
    `checks    ${grouped(checks)}`,
    `time      ${hoursOf(virtualMs)} of the meshes, ${grouped(virtualMs / Math.max(1, tally.wallMs))} times as fast as the real one`,
    `slowest   seed ${slowest.seed} with ${grouped(slowest.wallMs)} ms`,
    `twice     ${grouped(twice)} of them ran again, and the same happened in ${twice - failures.filter(({ reason }) => reason.startsWith('the same seed')).length}`,
    ...(missing.length > 0 ? [`never met ${missing.join(', ')}`] : []),
  ].join('\n')
}

export function probeTable({ probes, events }: Tally): string {
  const width = Math.max(...[...probes.keys()].map((name) => name.length), 0)
  const lines = [...probes]
    .sort(([, a], [, b]) => a - b)
    .map(([name, hits]) => {
      const perMillion = events > 0 ? (hits * 1_000_000) / events : 0
      return `  ${name.padEnd(width)} ${grouped(hits).padStart(12)} ${(perMillion < 10 ? perMillion.toFixed(1) : grouped(perMillion)).padStart(12)}`
    })
  return [
    `${'what rarely happens'.padEnd(width + 2)} ${'times'.padStart(12)} ${'per million'.padStart(12)}`,
    ...lines,
  ].join('\n')
}

const seedsNamed = 12

export function failureTable(
  kinds: readonly (readonly [kind: string, failures: readonly Failure[]])[],
): string {
  const lines = kinds.map(([kind, failures]) => {
    const named = failures.slice(0, seedsNamed).map(({ seed }) => seed)
    const more = failures.length > seedsNamed ? ', …' : ''
    return `${String(failures.length).padStart(6)}  ${kind.slice(0, 90)}: ${named.join(', ')}${more}`
  })
  return ['what failed, and the seeds', ...lines].join('\n')
}

/** Of so many seeds, the share in which each value of each dimension was drawn. */
export function auditTable(audit: Audit, seeds: number): string {
  const lines = [...audit].map(([dimension, values]) => {
    const shares = [...values]
      .sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1))
      .map(([value, count]) => `${value} ${percent(count / Math.max(1, seeds))}`)
    return `  ${dimension.padEnd(14)} ${shares.join(', ')}`
  })
  return [`share of seeds in which it was drawn`, ...lines].join('\n')
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`
