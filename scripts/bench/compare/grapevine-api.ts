import { join } from 'node:path'
import { machineMs } from './clock.ts'
import { filledKeys } from './adapter.ts'
import type { Client, Servers, System } from './adapter.ts'
import { clientOf, grapevineSettings, openAt, packageVersionOf } from './grapevine.ts'
import { valueFor } from './payload.ts'
import { openRemote } from './remote.ts'
import type { RemoteClient } from './remote.ts'

const peers = 3

/** Peers beside the services of a machine, which ask them through a UNIX socket. */
export const grapevineApi: System = {
  name: 'grapevine-api',
  title: 'Grapevine, local API',
  kind: 'grapevine',
  settings: {
    write: grapevineSettings.write,
    read: 'a request to the peer beside it, over a UNIX socket',
    watch: `an event stream from one of ${peers} peers, each a process of its own`,
  },
  missing: async () => undefined,
  version: async () => packageVersionOf('api'),
  startServers,
  async open({ servers, server }) {
    const { connect } = await import('@grapevine/api/client')
    const client = await connect({ socket: servers[server]! })
    if (client === undefined) throw new Error(`no peer answers at ${servers[server]!}`)
    const ending = new AbortController()
    const inTurn = atMost(requestsAtOnce)
    const watches: Promise<unknown>[] = []
    return {
      place: [],
      read: async (key) => (await client.entry(key))?.value as string | undefined,
      write: (key, value) => inTurn(() => client.publish({ set: { [key]: value } })),
      async watch(prefix, told) {
        const follow = async (begun: () => void): Promise<void> => {
          for await (const { isFirst, changes } of client.watch(prefix, {
            signal: ending.signal,
          })) {
            begun()
            if (isFirst) continue
            for (const { key, value } of changes) told(key, value as string)
          }
        }
        await new Promise<void>((resolve, reject) => {
          watches.push(follow(resolve).catch(reject))
        })
      },
      async fill(keys) {
        for (const piece of filledKeys(keys, 250)) {
          await client.publish({ set: new Map(piece.map((key) => [key, valueFor(key, 'filled')])) })
        }
      },
      count: async (prefix) => (await client.entries(prefix)).entries.length,
      async [Symbol.asyncDispose]() {
        ending.abort()
        await Promise.all(watches)
        await client[Symbol.asyncDispose]()
      },
    }
  },
}

/** Of one client: each has a connection of its own, and a peer takes a limited number of them. */
const requestsAtOnce = 32

function atMost(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

/** A peer that serves others of its machine; only used as one of those servers. */
export const servedPeer: System = {
  ...grapevineApi,
  name: 'served-peer',
  async open(site) {
    const peer = await openAt(site)
    const { serveApi } = await import('@grapevine/api')
    const socket = join(site.folder, 'api.sock')
    const api = await serveApi(peer, { socket })
    const client = await clientOf(peer)
    return {
      ...client,
      place: [socket, ...client.place],
      async [Symbol.asyncDispose]() {
        await api.close()
        await peer.close()
      },
    } satisfies Client
  },
}

async function startServers(folder: string): Promise<Servers> {
  const running: RemoteClient[] = []
  const open = (index: number, first: readonly string[]): Promise<RemoteClient> => {
    const at = { folder: join(folder, `server-${index}`), index, first, servers: [], server: 0 }
    return openRemote(servedPeer.name, at)
  }
  /** The socket is for clients, the rest for other peers. */
  const addresses = (): readonly string[] => running.flatMap(({ place }) => place.slice(1))
  const openOthers = async (): Promise<void> => {
    const first = addresses()
    const rest = Array.from({ length: peers - 1 }, (_, index) => open(index + 1, first))
    running.push(...(await Promise.all(rest)))
  }
  running.push(await open(0, []))
  let opening = openOthers()
  const stop = async (): Promise<void> => {
    await opening.catch(() => {})
    await Promise.all(running.map((remote) => remote[Symbol.asyncDispose]()))
    running.length = 0
  }
  await opening
  await Promise.all(running.map(async (remote) => remote.linked?.(peers)))
  return {
    places: running.map(({ place }) => place[0]!),
    nodes: running.map((_, index) => ({ pid: () => running[index]!.pid() })),
    async restart() {
      await stop()
      const began = machineMs()
      running.push(await open(0, []))
      // The first is enough to read from; whoever waits for all waits until they are closed.
      opening = openOthers()
      opening.catch(() => {})
      return began
    },
    async revive(index) {
      running[index] = await open(index, addresses())
      await running[index].linked?.(peers)
    },
    bytesBetween: () => 0,
    [Symbol.asyncDispose]: stop,
  }
}
