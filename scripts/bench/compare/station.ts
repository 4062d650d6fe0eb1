/** One client of one system in a process of its own. It does what its parent says, see `remote.ts`. */
import type { Asked } from '../peer/answering.ts'
import type { Client } from './adapter.ts'
import { machineMs } from './clock.ts'
import type { StationOrders } from './remote.ts'

let client: Client | undefined

function opened(): Client {
  if (client === undefined) throw new Error('nothing was opened yet')
  return client
}

const orders: StationOrders = {
  async start() {},
  async open({ system, site }) {
    const { systemNamed } = await import('./systems.ts')
    client = await (await systemNamed(system)).open(site)
    return client.place
  },
  linked: async (count) => opened().linked?.(count),
  read: async (key) => opened().read(key),
  async write({ key, value }) {
    await opened().write(key, value)
  },
  async publish({ key, value }) {
    const { publish, write } = opened()
    await (publish ?? write)(key, value)
  },
  watch: (prefix) =>
    opened().watch(prefix, (key, value, atMs = machineMs()) => {
      process.send?.({ key, value, atMs })
    }),
  async fill(keys) {
    const { fill } = opened()
    if (fill === undefined) throw new Error('it cannot be filled')
    await fill(keys)
  },
  async count(prefix) {
    return (await opened().count?.(prefix)) ?? 0
  },
  async usage() {
    const { user, system } = process.cpuUsage()
    return { residentBytes: process.memoryUsage.rss(), processorMs: (user + system) / 1000 }
  },
  async close() {
    await client?.[Symbol.asyncDispose]()
    client = undefined
  },
}

async function answer({ id, order, argument }: Asked): Promise<void> {
  try {
    const done = orders[order as keyof StationOrders] as (argument: unknown) => Promise<unknown>
    process.send?.({ id, answer: await done(argument) })
  } catch (error) {
    process.send?.({ id, error: String(error) })
  }
}

process.on('message', (asked: Asked) => void answer(asked))
process.on('disconnect', () => process.exit())
