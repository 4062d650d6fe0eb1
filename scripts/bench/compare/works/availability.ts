import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../../peer/waiting.ts'
import type { System } from '../adapter.ts'
import type { Measured } from '../figures.ts'
import { openCluster } from './cluster.ts'
import type { Node } from './cluster.ts'
import { startProbe } from './probe.ts'
import type { Probe } from './probe.ts'
import type { Work } from './work.ts'

const count = 3
const key = 'bench/probe'
const calmMs = 1_000
/** After it, what does not work is said not to work. */
const patienceMs = 12_000

const isNoCluster = ({ kind }: System): string | undefined =>
  kind === 'floor' ? 'it is no cluster' : undefined

/**
 * Each of three nodes is killed in turn, and comes back before the next: who leads, if anybody does, is
 * among them. Those that stay are asked.
 */
export const kill: Work = {
  name: 'kill',
  figures: ['kill-read', 'kill-write'],
  limitMs: 300_000,
  excused: isNoCluster,
  async *run({ system, folder }) {
    await using cluster = await openCluster(system, folder, count)
    await cluster.nodes[0]!.client.write(key, 'first')
    const worst = { read: 0, write: 0 }
    // Whom the others have found first goes last.
    for (let victim = count - 1; victim >= 0; victim--) {
      const { read, write } = await outagesAfter(system, cluster.nodes, (nodes) => {
        process.kill(nodes[victim]!.pid(), 'SIGKILL')
        return nodes.filter((_, index) => index !== victim)
      })
      worst.read = Math.max(worst.read, read)
      worst.write = Math.max(worst.write, write)
      if (victim > 0) await cluster.revive(victim)
    }
    yield* told(system, 'kill', worst)
  },
}

/** Two of three hold still: the third hears nobody, and nobody says that he is gone. */
export const minority: Work = {
  name: 'minority',
  figures: ['minority-read', 'minority-write'],
  limitMs: 120_000,
  excused: isNoCluster,
  async *run({ system, folder }) {
    await using cluster = await openCluster(system, folder, count)
    await cluster.nodes[0]!.client.write(key, 'first')
    const outages = await outagesAfter(system, cluster.nodes, ([first, ...others]) => {
      for (const other of others) process.kill(other.pid(), 'SIGSTOP')
      return [first!]
    })
    yield* told(system, 'minority', outages)
  },
}

interface Outages {
  readonly read: number
  readonly write: number
}

function* told(
  { hasOneWriter = false }: System,
  name: string,
  { read, write }: Outages,
): Generator<Measured> {
  yield { figure: `${name}-read`, samples: [read] }
  if (hasOneWriter) {
    yield { figure: `${name}-write`, cannot: 'it has one writer: without it nobody writes' }
  } else yield { figure: `${name}-write`, samples: [write] }
}

interface NodeProbes {
  readonly node: Node
  readonly read: Probe
  readonly write: Probe | undefined
}

/** The longest time for which reads, and writes, were not answered at one of those that stay. */
async function outagesAfter(
  system: System,
  nodes: readonly Node[],
  strike: (nodes: readonly Node[]) => readonly Node[],
): Promise<Outages> {
  const probes = nodes.map((node, index) => probesOf(system, node, index))
  const all = probes.flatMap(eachOf)
  await until('all nodes answer', () => all.every((probe) => probe.isWell(calmMs)))
  const stay = new Set(strike(nodes))
  const struckMs = performance.now()
  const kept = probes.filter(({ node }) => stay.has(node))
  while (performance.now() - struckMs < patienceMs) {
    await pause(100)
    // An outage may begin only when the others have noticed.
    const isLong = performance.now() - struckMs > 3 * calmMs
    if (isLong && kept.flatMap(eachOf).every((probe) => probe.isWell(calmMs))) break
  }
  for (const probe of all) probe.stop()
  const longest = (outages: readonly number[]): number => Math.max(0, ...outages)
  return {
    read: longest(kept.map(({ read }) => read.outageMs(struckMs))),
    write: longest(kept.map(({ write }) => write?.outageMs(struckMs) ?? 0)),
  }
}

const eachOf = ({ read, write }: NodeProbes): readonly Probe[] =>
  write === undefined ? [read] : [read, write]

function probesOf({ hasOneWriter = false }: System, node: Node, index: number): NodeProbes {
  const { client } = node
  const write = hasOneWriter
    ? undefined
    : startProbe((turn) => client.write(`${key}-${index}`, turn))
  return { node, read: startProbe(() => client.read(key)), write }
}
