export type Unit = 'ms' | 'µs' | 'MB' | 'B' | 'B/s' | 'reads/s' | 'copies' | 'lost' | 'µs each'

/** Something that is measured of every system alike. */
export interface FigureKind {
  readonly name: string
  readonly what: string
  readonly unit: Unit
  readonly isMoreBetter?: boolean
  /** Whether a ratio to the floor says anything. */
  readonly hasFloor?: boolean
}

const ms = (name: string, what: string, hasFloor = false): FigureKind => ({
  name,
  what,
  unit: 'ms',
  hasFloor,
})

/** In the order in which they are shown. */
export const figureKinds: readonly FigureKind[] = [
  {
    name: 'read',
    what: 'reads of one of 1,000 keys (64 asked for at a time where a read is a request)',
    unit: 'reads/s',
    isMoreBetter: true,
    hasFloor: true,
  },
  ms('write', 'durable write, as each system understands it', true),
  ms('round-trip', 'one message there and back, TCP', true),
  ms('last-3', 'publish until the last of 3 watchers has it, one process', true),
  ms('last-10', 'publish until the last of 10 watchers has it, one process', true),
  ms('last-50', 'publish until the last of 50 watchers has it, one process', true),
  ms('last-3-apart', 'publish until the last of 3 watchers has it, a process each', true),
  ms('last-10-apart', 'publish until the last of 10 watchers has it, a process each', true),
  ms('burst', 'burst of 1,000 updates until the last of 10 watchers has all', true),
  { name: 'burst-lost', what: 'deliveries of that burst that never came', unit: 'lost' },
  {
    name: 'burst-cpu',
    what: 'processor time per delivery in that burst, servers included',
    unit: 'µs',
    hasFloor: true,
  },
  {
    name: 'cpu',
    what: 'processor time per delivery, one update at a time to 10 watchers, servers included',
    unit: 'µs',
    hasFloor: true,
  },
  {
    name: 'wire',
    what: 'bytes on the wire per update and watcher (10 watchers, 200 B, idle subtracted)',
    unit: 'B',
    hasFloor: true,
  },
  { name: 'idle', what: 'bytes on the wire per client when nothing happens', unit: 'B/s' },
  { name: 'copies-10', what: 'copies of a message that reach each of 10 peers', unit: 'copies' },
  { name: 'copies-32', what: 'copies of a message that reach each of 32 peers', unit: 'copies' },
  {
    name: 'memory-watcher',
    what: 'resident memory of a watcher of 1,000 keys, beyond a Node that does nothing',
    unit: 'MB',
  },
  { name: 'memory-servers', what: 'resident memory of all servers together', unit: 'MB' },
  ms('kill-read', 'reads unavailable after kill -9 of any one node, the worst of them'),
  ms('kill-write', 'writes unavailable after kill -9 of any one node, the worst of them'),
  ms('minority-read', 'reads unavailable at one of three nodes that hears no other'),
  ms('minority-write', 'writes unavailable at one of three nodes that hears no other'),
  ms('cold-1k', 'cold start with 1,000 keys until the first read'),
  ms('cold-100k', 'cold start with 100,000 keys until the first read'),
  ms('join', 'a newcomer until it can read all of 1,000 keys'),
]

export const figureKindOf = (name: string): FigureKind => {
  const kind = figureKinds.find((one) => one.name === name)
  if (kind === undefined) throw new Error(`there is no figure called ${name}`)
  return kind
}

/** What a job has found out: some samples, or why there are none. */
export type Measured =
  | { readonly figure: string; readonly samples: readonly number[] }
  | { readonly figure: string; readonly cannot: string }
