import { setTimeout as pause } from 'node:timers/promises'
import { filledKey } from '../adapter.ts'
import type { Client, System } from '../adapter.ts'
import { machineMs } from '../clock.ts'
import { openRemote } from '../remote.ts'
import { siteAt } from '../stage.ts'
import { within } from '../../peer/waiting.ts'
import type { Work } from './work.ts'

const starts = 3
const readMsMax = 60_000

/**
 * Everything ended in order, then the first read: from the start of the process of a peer, or of all
 * servers. No other process helps.
 */
const cold = (name: string, many: boolean): Work => ({
  name,
  figures: [name],
  limitMs: many ? 300_000 : 120_000,
  async *run({ system, folder, amounts: { keys, manyKeys } }) {
    const count = many ? manyKeys : keys
    const measure = system.startServers === undefined ? ofPeer : ofServers
    yield { figure: name, samples: await measure(system, folder, count) }
  },
})

async function ofPeer(system: System, folder: string, keys: number): Promise<readonly number[]> {
  const site = siteAt(folder, 0, undefined, [])
  const writer = await openRemote(system.name, site)
  try {
    await fill(writer, keys)
  } finally {
    await writer[Symbol.asyncDispose]()
  }
  const took: number[] = []
  for (let start = 0; start < starts; start++) {
    const began = machineMs()
    await using peer = await openRemote(system.name, site)
    await firstRead(peer)
    took.push(machineMs() - began)
  }
  return took
}

async function ofServers(system: System, folder: string, keys: number): Promise<readonly number[]> {
  await using servers = await system.startServers!(folder, { isCounted: false })
  {
    await using writer = await system.open(siteAt(folder, 0, servers, []))
    await fill(writer, keys)
  }
  const took: number[] = []
  for (let start = 0; start < starts; start++) {
    const began = await servers.restart()
    await using client = await opened(() => system.open(siteAt(folder, 0, servers, [])))
    await firstRead(client)
    took.push(machineMs() - began)
  }
  return took
}

async function fill(client: Client, keys: number): Promise<void> {
  if (client.fill === undefined) throw new Error('it cannot be filled')
  await client.fill(keys)
}

/** Clients that come too early are turned away, and come again. */
const opened = (open: () => Promise<Client>): Promise<Client> => again(open)

const firstRead = (client: Client): Promise<unknown> =>
  again(async () => {
    const value = await within('a read', Promise.resolve(client.read(filledKey(0))), 1_000)
    if (value === undefined) throw new Error('nothing is there')
    return value
  })

async function again<T>(attempt: () => Promise<T>): Promise<T> {
  const late = performance.now() + readMsMax
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > late) throw error
      await pause(5)
    }
  }
}

export const colds: readonly Work[] = [cold('cold-1k', false), cold('cold-100k', true)]
