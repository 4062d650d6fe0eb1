import { Counter, Gauge, Registry } from 'prom-client'
import type { Metric } from 'prom-client'
import type { Commits } from '@grapevine/peer'
import { families } from './families.js'
import type { Family } from './families.js'
import type { Snapshot } from './snapshot.js'

export interface Exposition {
  readonly contentType: string
  /** The metrics of one snapshot, as Prometheus reads them. */
  text(snapshot: Snapshot): Promise<string>
}

/** A registry of its own: that of the service in which this peer lives is not ours to fill. */
export function openExposition(): Exposition {
  const registry = new Registry()
  let taken: Snapshot | undefined
  const read = <T>(from: (snapshot: Snapshot) => T): T | undefined => taken && from(taken)
  for (const family of families) register(registry, family, () => read(family.read))
  registry.registerMetric(commitSeconds(() => read(({ status }) => status.commits)))
  return {
    contentType: registry.contentType,
    // Two scrapes at once may tell the same moment, but none tells half of one and half of another.
    async text(snapshot) {
      taken = snapshot
      return registry.metrics()
    },
  }
}

function register(
  registry: Registry,
  { name, help, type, label }: Family,
  read: () => number | Readonly<Record<string, number>> | undefined,
): void {
  const labelNames = label === undefined ? [] : [label]
  const Kind = type === 'gauge' ? Gauge : Counter
  const metric: Gauge | Counter = new Kind({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      const found = read() ?? 0
      metric.reset()
      if (typeof found === 'number') return metric.inc(found)
      for (const [value, number] of Object.entries(found)) metric.inc({ [label!]: value }, number)
    },
  })
}

/** The peer has counted already; the library's own histograms count for themselves only. */
function commitSeconds(read: () => Commits | undefined): Metric {
  const name = 'grapevine_store_commit_seconds'
  const help =
    'How long writes waited until the disk had them. Slow: the disk is, or many writes queue for it.'
  const histogram = {
    name,
    help,
    type: 'histogram',
    get: async () => ({ name, help, type: 'histogram', values: bucketsOf(name, read()) }),
  }
  return histogram as unknown as Metric
}

function bucketsOf(name: string, commits: Commits | undefined): readonly object[] {
  const { count = 0, totalMs = 0, within = [] } = commits ?? {}
  const bucket = (le: number | string, value: number): object => ({
    metricName: `${name}_bucket`,
    labels: { le },
    value,
  })
  return [
    ...within.map(({ ms, count: upTo }) => bucket(ms / 1000, upTo)),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, value: totalMs / 1000 },
    { metricName: `${name}_count`, value: count },
  ]
}
