import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Client, Running, Servers, Site, System, Told } from './adapter.ts'
import { machineMs } from './clock.ts'
import { openRemote } from './remote.ts'
import type { RemoteClient } from './remote.ts'

/** A publisher, some watchers, and the servers if there are any. */
export interface Stage extends AsyncDisposable {
  readonly system: System
  readonly publisher: Client
  readonly watchers: readonly Client[]
  readonly servers: Servers | undefined
  /** Processes beside this one. */
  readonly others: readonly Running[]
  /** One more client, as the last one came. */
  join(): Promise<Client>
}

export interface StageOptions {
  readonly folder: string
  readonly watchers: number
  /** Each watcher in a process of its own. */
  readonly isApart?: boolean
  readonly isCounted?: boolean
  /** The publisher too. */
  readonly isPublisherApart?: boolean
}

export async function openStage(system: System, options: StageOptions): Promise<Stage> {
  const { folder, watchers: count, isApart = false, isPublisherApart = false } = options
  const servers = await system.startServers?.(folder, { isCounted: options.isCounted ?? false })
  const clients: Client[] = []
  const remotes: RemoteClient[] = []
  let next = 0
  let first: readonly string[] = []
  const open = async (isRemote: boolean): Promise<Client> => {
    const site = siteAt(folder, next++, servers, first)
    if (!isRemote) return kept(clients, await system.open(site))
    return kept(clients, kept(remotes, await openRemote(system.name, site)))
  }
  const close = async (): Promise<void> => {
    await Promise.allSettled(clients.map((client) => client[Symbol.asyncDispose]()))
    await servers?.[Symbol.asyncDispose]()
  }
  try {
    const publisher = await open(isPublisherApart)
    first = publisher.place
    const watchers = await Promise.all(Array.from({ length: count }, () => open(isApart)))
    await Promise.all(clients.map(async (client) => client.linked?.(count + 1)))
    return {
      system,
      publisher,
      watchers,
      servers,
      others: [...(servers?.nodes ?? []), ...remotes],
      join: () => open(isApart),
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

export function siteAt(
  folder: string,
  index: number,
  servers: Servers | undefined,
  first: readonly string[],
): Site {
  const own = join(folder, `client-${index}`)
  mkdirSync(own, { recursive: true })
  const places = servers?.places ?? []
  return {
    folder: own,
    index,
    first,
    servers: places,
    server: places.length === 0 ? 0 : index % places.length,
  }
}

function kept<One>(all: One[], one: One): One {
  all.push(one)
  return one
}

/** Hears with the ears of all watchers; tells when the last of them has heard something. */
export interface Ear {
  /** Resolves with the moment at which the last watcher had this value; `lost` when time is over. */
  lastOf(values: readonly string[], withinMs: number): Promise<Heard>
}

export interface Heard {
  readonly atMs: number
  /** How many deliveries never came. */
  readonly lost: number
}

interface Awaited {
  readonly lacking: Set<string>
  atMs: number
  done(): void
}

export async function openEar({ watchers }: Pick<Stage, 'watchers'>, prefix: string): Promise<Ear> {
  const awaited = new Set<Awaited>()
  const toldBy =
    (watcher: number): Told =>
    (_key, value, atMs = machineMs()) => {
      const name = `${watcher} ${value}`
      for (const one of awaited) {
        if (!one.lacking.delete(name)) continue
        one.atMs = Math.max(one.atMs, atMs)
        if (one.lacking.size === 0) one.done()
      }
    }
  await Promise.all(watchers.map((watcher, index) => watcher.watch(prefix, toldBy(index))))
  return {
    lastOf(values, withinMs) {
      const lacking = new Set(
        watchers.flatMap((_, watcher) => values.map((value) => `${watcher} ${value}`)),
      )
      return new Promise((resolve) => {
        const one: Awaited = { lacking, atMs: 0, done: () => end() }
        const late = setTimeout(() => end(), withinMs)
        const end = (): void => {
          clearTimeout(late)
          awaited.delete(one)
          resolve({ atMs: one.atMs, lost: one.lacking.size })
        }
        awaited.add(one)
      })
    },
  }
}
