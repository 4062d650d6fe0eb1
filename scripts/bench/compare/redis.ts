import { join } from 'node:path'
import { filledKeys } from './adapter.ts'
import type { Client, Servers, System } from './adapter.ts'
import { imported, missingPackage, packageVersion, said } from './installed.ts'
import { valueFor } from './payload.ts'
import { freePorts } from './ports.ts'
import { startServers } from './server-process.ts'

interface Redis {
  connect(): Promise<unknown>
  duplicate(): Redis
  on(event: 'error', told: (error: unknown) => void): void
  get(key: string): Promise<string | null>
  set(key: string, value: string): Promise<unknown>
  mSet(pairs: readonly (readonly [string, string])[]): Promise<unknown>
  mGet(keys: readonly string[]): Promise<readonly (string | null)[]>
  keys(pattern: string): Promise<readonly string[]>
  publish(channel: string, message: string): Promise<unknown>
  pSubscribe(pattern: string, told: (message: string, channel: string) => void): Promise<unknown>
  destroy(): void
}

interface Library {
  readonly redis: { createClient(options: unknown): Redis }
}

export const redis: System = {
  name: 'redis',
  title: 'Redis',
  kind: 'other',
  settings: {
    write: 'one server has fsynced it (appendfsync always); nobody else has a copy',
    read: 'by that one server',
    watch: 'PUBLISH, from the memory of that one server: who is away never hears of it',
  },
  async missing() {
    if (said('redis-server', ['--version']) === undefined) {
      return 'redis-server is not installed (Debian: redis-server)'
    }
    return missingPackage('redis')
  },
  version: async () =>
    `${/v=\S+/.exec(said('redis-server', ['--version'])!)?.[0].replace('v=', 'Redis ')}, client ${packageVersion('redis', 'redis')}`,
  startServers: startRedis,
  cannot: {
    kill: 'there is one server: without it there is nothing',
    minority: 'there is one server',
  },
  async open({ servers, server }): Promise<Client> {
    const client = await connected(servers[server]!)
    const subscribers: Redis[] = []
    return {
      place: [],
      read: async (key) => (await client.get(key)) ?? undefined,
      write: (key, value) => client.set(key, value),
      publish: (key, value) => client.publish(key, value),
      async watch(prefix, told) {
        const subscriber = await connected(servers[server]!)
        subscribers.push(subscriber)
        await subscriber.pSubscribe(`${prefix}*`, (message, channel) => told(channel, message))
      },
      async fill(keys) {
        for (const piece of filledKeys(keys, 1_000)) {
          await client.mSet(piece.map((key) => [key, valueFor(key, 'filled')] as const))
        }
      },
      async count(prefix) {
        const keys = await client.keys(`${prefix}*`)
        if (keys.length === 0) return 0
        return (await client.mGet(keys)).filter((value) => value !== null).length
      },
      async [Symbol.asyncDispose]() {
        for (const one of [...subscribers, client]) one.destroy()
      },
    }
  },
}

async function connected(place: string): Promise<Redis> {
  const library = (await imported('redis')) as Library
  const client = library.redis.createClient({ url: place })
  client.on('error', () => {})
  await client.connect()
  return client
}

async function startRedis(folder: string): Promise<Servers> {
  const [port] = (await freePorts(1)) as [number]
  const own = join(folder, 'server-0')
  const options = {
    port: String(port),
    bind: '127.0.0.1',
    dir: own,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
  }
  const isReady = async (): Promise<boolean> =>
    said('redis-cli', ['-p', String(port), 'ping']) === 'PONG'
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const place = `redis://127.0.0.1:${port}`
  return startServers([{ place, folder: own, file: 'redis-server', args, isReady }])
}
