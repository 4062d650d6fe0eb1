import { join } from 'node:path'
import { filledKeys } from './adapter.ts'
import type { Client, Servers, ServersOptions, System } from './adapter.ts'
import { proxiesFor } from './counting-proxy.ts'
import { imported, missingPackage, packageVersion, said } from './installed.ts'
import { valueFor } from './payload.ts'
import { freePorts } from './ports.ts'
import { startServers } from './server-process.ts'

/** As much of its client as is used here. */
interface Etcd {
  get(key: string): {
    serializable(isLocal: boolean): { string(): Promise<string | null> }
  }
  put(key: string): { value(value: string): { exec(): Promise<unknown> } }
  watch(): {
    prefix(prefix: string): {
      create(): Promise<{
        cancel(): Promise<void>
        on(
          event: 'put',
          told: (put: { readonly key: Buffer; readonly value: Buffer }) => void,
        ): void
      }>
    }
  }
  getAll(): { prefix(prefix: string): { strings(): Promise<Readonly<Record<string, string>>> } }
  readonly kv: { txn(request: unknown): Promise<unknown> }
  close(): void
}

const nodes = 3
/** Of one transaction, by its default. */
const keysAtOnce = 128

export const etcd: System = {
  name: 'etcd',
  title: 'etcd',
  kind: 'other',
  settings: {
    write: 'two of three servers have fsynced it (Raft) before it answers',
    read: 'by the server that is asked, from its own state (serializable: the faster kind)',
    watch: 'a gRPC stream from one of the three servers; no signatures',
  },
  async missing() {
    if (said('etcd', ['--version']) === undefined)
      return 'etcd is not installed (Debian: etcd-server)'
    return missingPackage('etcd')
  },
  version: async () =>
    `${said('etcd', ['--version'])!.split('\n')[0]!}, client ${packageVersion('etcd', 'etcd3')}`,
  startServers: startEtcd,
  async open({ servers, server }): Promise<Client> {
    const { etcd3 } = (await imported('etcd')) as {
      readonly etcd3: { readonly Etcd3: new (options: { readonly hosts: string }) => Etcd }
    }
    const client = new etcd3.Etcd3({ hosts: servers[server]! })
    const watchers: { cancel(): Promise<void> }[] = []
    return {
      place: [],
      read: async (key) => (await client.get(key).serializable(true).string()) ?? undefined,
      write: (key, value) => client.put(key).value(value).exec(),
      async watch(prefix, told) {
        const watcher = await client.watch().prefix(prefix).create()
        watchers.push(watcher)
        watcher.on('put', ({ key, value }) => told(key.toString(), value.toString()))
      },
      async fill(keys) {
        for (const piece of filledKeys(keys, keysAtOnce)) {
          const success = piece.map((key) => ({
            request_put: { key: Buffer.from(key), value: Buffer.from(valueFor(key, 'filled')) },
          }))
          await client.kv.txn({ compare: [], success, failure: [] })
        }
      },
      count: async (prefix) => Object.keys(await client.getAll().prefix(prefix).strings()).length,
      async [Symbol.asyncDispose]() {
        await Promise.allSettled(watchers.map((watcher) => watcher.cancel()))
        client.close()
      },
    }
  },
}

async function startEtcd(folder: string, { isCounted }: ServersOptions): Promise<Servers> {
  const ports = await freePorts(2 * nodes)
  const [clientPorts, peerPorts] = [ports.slice(0, nodes), ports.slice(nodes)]
  const proxies = await proxiesFor(peerPorts, isCounted)
  const reachedAt = (index: number): number => proxies[index]?.port ?? peerPorts[index]!
  const at = (port: number): string => `http://127.0.0.1:${port}`
  const cluster = peerPorts.map((_, index) => `node${index}=${at(reachedAt(index))}`).join(',')
  const plans = clientPorts.map((port, index) => ({
    place: at(port),
    folder: join(folder, `server-${index}`),
    file: 'etcd',
    args: [
      ['--name', `node${index}`],
      ['--data-dir', join(folder, `server-${index}`, 'data')],
      ['--listen-client-urls', at(port)],
      ['--advertise-client-urls', at(port)],
      ['--listen-peer-urls', at(peerPorts[index]!)],
      ['--initial-advertise-peer-urls', at(reachedAt(index))],
      ['--initial-cluster', cluster],
      ['--initial-cluster-state', 'new'],
      ['--logger', 'zap'],
      ['--log-level', 'error'],
    ].flat(),
    isReady: async () => {
      const health = await fetch(`${at(port)}/health`, { signal: AbortSignal.timeout(1_000) })
      return ((await health.json()) as { readonly health: string }).health === 'true'
    },
  }))
  return startServers(plans, proxies)
}
