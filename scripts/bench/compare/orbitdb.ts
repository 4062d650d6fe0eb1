import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { filledKeys } from './adapter.ts'
import type { Client, Site, System } from './adapter.ts'
import { imported, missingPackage, packageVersion } from './installed.ts'
import { valueFor } from './payload.ts'

interface Libp2p {
  getMultiaddrs(): readonly { toString(): string }[]
  getConnections(): readonly unknown[]
  dial(address: unknown): Promise<unknown>
  stop(): Promise<void>
}

interface Database {
  readonly address: string
  readonly peers: ReadonlySet<unknown>
  readonly events: {
    on(event: 'update', told: (entry: { readonly payload: Payload }) => void): void
  }
  get(key: string): Promise<string | undefined>
  put(key: string, value: string): Promise<unknown>
  all(): Promise<readonly { readonly key: string }[]>
  close(): Promise<void>
}

interface Payload {
  readonly op: string
  readonly key: string
  readonly value: string
}

/** What the entry file of its folder makes out of its packages. */
interface Library {
  createNode(folder: string): Promise<{ readonly libp2p: Libp2p; stop(): Promise<void> }>
  createOrbitDB(options: unknown): Promise<{
    open(address: string, options: unknown): Promise<Database>
    stop(): Promise<void>
  }>
  IPFSAccessController(options: unknown): unknown
  multiaddr(text: string): unknown
}

export const orbitdb: System = {
  name: 'orbitdb',
  title: 'OrbitDB',
  kind: 'other',
  settings: {
    write: 'signed, in LevelDB and a block store of the peer that writes; no fsync was asked for',
    read: 'a walk through the log until the key is found, from the own disk and cache',
    watch: 'each watcher is a peer; gossipsub with its defaults carries the heads, signed',
  },
  missing: async () => missingPackage('orbitdb'),
  version: async () =>
    ['@orbitdb/core', '@helia/utils', 'libp2p', '@chainsafe/libp2p-gossipsub']
      .map((name) => packageVersion('orbitdb', name))
      .join(', '),
  open: openOrbit,
  cannot: {
    'last-50': 'fifty of its peers do not come to be connected in time',
    'cold-100k': 'it writes one key at a time: 100,000 take longer than the limit',
  },
}

async function openOrbit({ folder, index, first }: Site): Promise<Client> {
  const library = (await imported('orbitdb')) as Library
  const node = await library.createNode(folder)
  const orbit = await library.createOrbitDB({
    ipfs: node,
    id: `peer-${index}`,
    directory: join(folder, 'orbitdb'),
  })
  const [address = 'bench', ...others] = first
  for (const other of others) await node.libp2p.dial(library.multiaddr(other))
  const database = await orbit.open(address, {
    type: 'keyvalue',
    AccessController: library.IPFSAccessController({ write: ['*'] }),
  })
  return {
    place: [database.address, ...node.libp2p.getMultiaddrs().map(String)],
    async linked(count) {
      const enough = index === 0 ? count - 1 : 1
      while (database.peers.size < enough) await pause(20)
    },
    read: (key) => database.get(key),
    write: (key, value) => database.put(key, value),
    async watch(prefix, told) {
      database.events.on('update', ({ payload: { key, value } }) => {
        if (key.startsWith(prefix)) told(key, value)
      })
    },
    async fill(keys) {
      for (const piece of filledKeys(keys, 100)) {
        for (const key of piece) await database.put(key, valueFor(key, 'filled'))
      }
    },
    async count(prefix) {
      return (await database.all()).filter(({ key }) => key.startsWith(prefix)).length
    },
    async [Symbol.asyncDispose]() {
      await orbit.stop()
      await node.stop()
    },
  }
}
