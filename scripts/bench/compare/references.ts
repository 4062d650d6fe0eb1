/** What was measured or published elsewhere: never mixed with figures of this run. */
export interface EarlierFigure {
  readonly system: string
  readonly figure: string
  readonly median: number
}

/**
 * Medians of systems that Debian does not offer, from an earlier run by hand on a machine like this
 * (2 cores, loopback, one publisher, three servers of Consul): for goals that name them.
 */
export const earlierFigures: readonly EarlierFigure[] = [
  { system: 'Consul', figure: 'last-3', median: 90 },
  { system: 'Consul', figure: 'last-10', median: 96 },
  { system: 'Consul', figure: 'last-50', median: 130 },
  { system: 'Consul', figure: 'write', median: 1.2 },
  { system: 'Consul', figure: 'burst', median: 680 },
  { system: 'Consul', figure: 'kill-write', median: 15_000 },
  { system: 'Serf', figure: 'last-3', median: 107 },
  { system: 'Serf', figure: 'last-10', median: 211 },
  { system: 'Serf', figure: 'last-50', median: 494 },
  { system: 'GUN', figure: 'burst', median: 1_017 },
]

export interface Published {
  readonly system: string
  readonly says: string
  readonly source: string
}

/** What others say of far larger meshes than fit one machine. */
export const published: readonly Published[] = [
  {
    system: 'Corrosion (Fly.io)',
    says: 'more than 800 servers; updates are everywhere in seconds, p99 1 to 2 s',
    source: 'fly.io/blog/corrosion; a report of the talk at InfoQ',
  },
  {
    system: 'Consul and Serf',
    says: '10,000 machines, 172,000 instances updated in under 1 s, with 5 central servers',
    source: 'hashicorp.com, Consul Global Scale Benchmark',
  },
  {
    system: 'memberlist, as Serf uses it',
    says: 'fan-out 3 every 200 ms: 1,000 members 1.7 s and 16 copies each, 10,000 members 2.0 s and 20 copies each',
    source: 'its formulas, and a simulation of them',
  },
  {
    system: 'Configerator (Facebook)',
    says: '4.5 s through the tree to hundreds of thousands of servers, 14.5 s from commit to all',
    source: 'SOSP 2015, Holistic Configuration Management at Facebook',
  },
  {
    system: 'gossipsub',
    says: 'd − 1 copies each; on the main network of Ethereum 80 % of all messages are duplicates',
    source: 'libp2p/specs; measurements of February 2026',
  },
]
