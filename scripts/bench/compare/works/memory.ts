import { setTimeout as pause } from 'node:timers/promises'
import { startStation } from '../remote.ts'
import { openStage } from '../stage.ts'
import { usageOf } from '../usage.ts'
import type { Work } from './work.ts'

const watchers = 3
const megabyte = 1e6

/** Of processes that watch some keys, and do nothing else; each beside one that does not even that. */
export const memory: Work = {
  name: 'memory',
  figures: ['memory-watcher', 'memory-servers'],
  limitMs: 120_000,
  async *run({ system, folder, amounts: { keys, settleMs } }) {
    await using bare = startStation()
    await bare.ask('start')
    await using stage = await openStage(system, { folder, watchers, isApart: true })
    const { publisher, servers } = stage
    await Promise.all(stage.watchers.map((watcher) => watcher.watch('filled/', () => {})))
    await publisher.fill?.(keys)
    await pause(settleMs)
    const idle = usageOf(bare.pid)?.residentBytes ?? Number.NaN
    const nodes = new Set(servers?.nodes)
    const each = stage.others
      .filter((one) => !nodes.has(one))
      .map((one) => (usageOf(one.pid())?.residentBytes ?? Number.NaN) - idle)
    yield { figure: 'memory-watcher', samples: each.map((bytes) => bytes / megabyte) }
    if (servers === undefined) {
      yield { figure: 'memory-servers', cannot: 'it has none' }
      return
    }
    const all = servers.nodes.map((node) => usageOf(node.pid())?.residentBytes ?? Number.NaN)
    const sum = all.reduce((total, bytes) => total + bytes, 0)
    yield { figure: 'memory-servers', samples: [sum / megabyte] }
  },
}
