import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { filledKeys } from './adapter.ts'
import type { Client, Servers, ServersOptions, System } from './adapter.ts'
import { proxiesFor } from './counting-proxy.ts'
import { imported, missingPackage, packageVersion, programAt, said } from './installed.ts'
import { valueFor } from './payload.ts'
import { freePorts } from './ports.ts'
import { startServers } from './server-process.ts'

interface Entry {
  readonly key: string
  readonly operation: string
  string(): string
}

interface Bucket {
  get(key: string): Promise<Entry | null>
  put(key: string, value: string): Promise<unknown>
  watch(options: {
    readonly key: string
    readonly include?: string
    readonly initializedFn?: () => void
  }): Promise<AsyncIterable<Entry> & { stop(): void }>
}

interface Connection {
  jetstream(): {
    readonly views: { kv(name: string, options: unknown): Promise<Bucket> }
  }
  close(): Promise<void>
}

const nodes = 3
const program = (): string | undefined =>
  programAt(['/usr/sbin/nats-server', '/usr/bin/nats-server', '/usr/local/bin/nats-server'])
const startedMsMax = 30_000

export const nats: System = {
  name: 'nats',
  title: 'NATS JetStream',
  kind: 'other',
  settings: {
    write: 'two of three servers hold it (KV, R3), in the page cache: nobody fsyncs each write',
    read: 'by any server of the three (direct get)',
    watch: 'a push consumer from one of the three servers; no signatures',
  },
  async missing() {
    if (program() === undefined) return 'nats-server is not installed (Debian: nats-server)'
    return missingPackage('nats')
  },
  version: async () =>
    `${said(program()!, ['--version'])!}, client ${packageVersion('nats', 'nats')}`,
  startServers: startNats,
  async open({ servers, server }): Promise<Client> {
    const library = (await imported('nats')) as {
      readonly nats: { connect(options: unknown): Promise<Connection> }
    }
    const connection = await library.nats.connect({
      servers: servers[server]!,
      ignoreClusterUpdates: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    })
    const bucket = await bucketOf(connection)
    return {
      place: [],
      read: async (key) => (await bucket.get(dotted(key)))?.string(),
      write: (key, value) => bucket.put(dotted(key), value),
      async watch(prefix, told) {
        const entries = await bucket.watch({ key: `${dotted(prefix)}>`, include: 'updates' })
        void (async () => {
          for await (const entry of entries) told(slashed(entry.key), entry.string())
        })()
      },
      async fill(keys) {
        for (const piece of filledKeys(keys, 500)) {
          await Promise.all(piece.map((key) => bucket.put(dotted(key), valueFor(key, 'filled'))))
        }
      },
      async count(prefix) {
        const all = await bucket.watch({
          key: `${dotted(prefix)}>`,
          initializedFn: () => all.stop(),
        })
        let found = 0
        for await (const { key } of all) if (slashed(key).startsWith(prefix)) found++
        return found
      },
      [Symbol.asyncDispose]: () => connection.close(),
    }
  },
}

const dotted = (key: string): string => key.replaceAll('/', '.')
const slashed = (key: string): string => key.replaceAll('.', '/')

/** Servers answer before they have agreed on who leads the streams. */
async function bucketOf(connection: Connection): Promise<Bucket> {
  const late = performance.now() + startedMsMax
  for (;;) {
    try {
      return await connection.jetstream().views.kv('bench', {
        replicas: nodes,
        history: 1,
        allow_direct: true,
      })
    } catch (error) {
      if (performance.now() > late) throw error
      await pause(100)
    }
  }
}

async function startNats(folder: string, { isCounted }: ServersOptions): Promise<Servers> {
  const ports = await freePorts(2 * nodes)
  const [clientPorts, routePorts] = [ports.slice(0, nodes), ports.slice(nodes)]
  const proxies = await proxiesFor(routePorts, isCounted)
  const plans = clientPorts.map((port, index) => {
    const own = join(folder, `server-${index}`)
    mkdirSync(own, { recursive: true })
    const routes = routePorts
      .map((route, other) => proxies[other]?.port ?? route)
      .filter((_, other) => other !== index)
      .map((route) => `nats-route://127.0.0.1:${route}`)
    const settings = [
      `server_name: node${index}`,
      `listen: "127.0.0.1:${port}"`,
      `jetstream { store_dir: ${JSON.stringify(join(own, 'data'))} }`,
      `cluster { name: bench, listen: "127.0.0.1:${routePorts[index]!}", no_advertise: true, routes: ${JSON.stringify(routes)} }`,
    ]
    writeFileSync(join(own, 'nats.conf'), settings.join('\n'))
    return {
      place: `127.0.0.1:${port}`,
      folder: own,
      file: program()!,
      args: ['-c', join(own, 'nats.conf')],
      isReady: () => canOpen(`127.0.0.1:${port}`),
    }
  })
  return startServers(plans, proxies)
}

async function canOpen(place: string): Promise<boolean> {
  const library = (await imported('nats')) as {
    readonly nats: { connect(options: unknown): Promise<Connection> }
  }
  const connection = await library.nats.connect({
    servers: place,
    reconnect: false,
    timeout: 1_000,
  })
  await connection.close()
  return true
}
