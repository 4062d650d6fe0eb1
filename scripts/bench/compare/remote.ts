import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startAnswering } from '../peer/answering.ts'
import type { Client, Running, Site } from './adapter.ts'
import type { Usage } from './usage.ts'

/** What a process that holds one client of a system does when it is told. */
export interface StationOrders {
  start(): Promise<void>
  open(at: { readonly system: string; readonly site: Site }): Promise<readonly string[]>
  linked(count: number): Promise<void>
  read(key: string): Promise<string | undefined>
  write(entry: Entry): Promise<void>
  publish(entry: Entry): Promise<void>
  watch(prefix: string): Promise<void>
  fill(keys: number): Promise<void>
  count(prefix: string): Promise<number>
  usage(): Promise<Usage>
  close(): Promise<void>
}

interface Entry {
  readonly key: string
  readonly value: string
}

/** A client in a process of its own. */
export interface RemoteClient extends Client, Running {
  usage(): Promise<Usage>
}

export type Station = ReturnType<typeof startStation>

export const startStation = () => startAnswering<StationOrders>(stationFile())

/** Compiled beside whoever asks for it: nothing is translated on the way. */
function stationFile(): string {
  const file = fileURLToPath(new URL('station.mjs', import.meta.url))
  if (!existsSync(file)) throw new Error(`${file} is missing: it is compiled when a job is started`)
  return file
}

export async function openRemote(system: string, site: Site): Promise<RemoteClient> {
  const station = startStation()
  try {
    const place = await station.ask('open', { system, site })
    return clientOf(station, place)
  } catch (error) {
    await station[Symbol.asyncDispose]()
    throw error
  }
}

function clientOf(station: Station, place: readonly string[]): RemoteClient {
  return {
    place,
    pid: () => station.pid,
    usage: () => station.ask('usage'),
    linked: (count) => station.ask('linked', count),
    read: (key) => station.ask('read', key),
    write: (key, value) => station.ask('write', { key, value }),
    publish: (key, value) => station.ask('publish', { key, value }),
    async watch(prefix, told) {
      station.onTold((key, atMs, value) => told(key, value ?? '', atMs))
      await station.ask('watch', prefix)
    },
    fill: (keys) => station.ask('fill', keys),
    count: (prefix) => station.ask('count', prefix),
    async [Symbol.asyncDispose]() {
      // One that was killed, or does not answer, is ended all the same.
      await station.ask('close').catch(() => {})
      await station[Symbol.asyncDispose]()
    },
  }
}
