import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { filledKeys } from './adapter.ts'
import type { Client, Site, System } from './adapter.ts'
import { imported, missingPackage, packageVersion } from './installed.ts'
import { valueFor } from './payload.ts'

interface Core {
  readonly key: Buffer
  readonly length: number
  ready(): Promise<void>
  update(options?: { readonly wait: boolean }): Promise<boolean>
}

interface Store {
  get(options: { readonly name: string } | { readonly key: Buffer }): Core
  replicate(isInitiator: boolean): Duplex
  close(): Promise<void>
}

interface Row {
  readonly key: string
  readonly value: string
}

interface Bee {
  ready(): Promise<void>
  get(key: string): Promise<Row | null>
  put(key: string, value: string): Promise<void>
  batch(): { put(key: string, value: string): Promise<void>; flush(): Promise<void> }
  createReadStream(range: { readonly gte: string; readonly lt: string }): AsyncIterable<Row>
  createHistoryStream(options: { readonly live: true; readonly gte: number }): AsyncIterable<Row>
}

interface Library {
  readonly Corestore: new (folder: string) => Store
  readonly Hyperbee: new (core: Core, options: unknown) => Bee
}

export const hyperbee: System = {
  name: 'hyperbee',
  title: 'Hyperbee',
  kind: 'other',
  hasOneWriter: true,
  settings: {
    write:
      'in the log of the one writer as its storage (RocksDB) has it by default; no fsync was asked for',
    read: 'a B-tree over the log, from the own disk and cache; blocks that lack are fetched',
    watch:
      'each watcher replicates the log from the writer over TCP (Noise), and verifies its tree',
  },
  missing: async () => missingPackage('hyperbee'),
  version: async () =>
    ['hyperbee', 'hypercore', 'corestore']
      .map((name) => packageVersion('hyperbee', name))
      .join(', '),
  open: openHyperbee,
}

async function openHyperbee({ folder, index, first }: Site): Promise<Client> {
  const { Corestore, Hyperbee } = (await imported('hyperbee')) as Library
  const store = new Corestore(join(folder, 'corestore'))
  const isWriter = index === 0
  const [port, key] = first
  const core = store.get(isWriter ? { name: 'bench' } : { key: Buffer.from(key!, 'hex') })
  await core.ready()
  const bee = new Hyperbee(core, { keyEncoding: 'utf-8', valueEncoding: 'utf-8' })
  await bee.ready()
  const sockets = new Set<Socket>()
  const replicate = (socket: Socket): void => {
    sockets.add(
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)),
    )
    socket.setNoDelay(true)
    const stream = store.replicate(!isWriter)
    stream.on('error', () => socket.destroy())
    socket.pipe(stream).pipe(socket)
  }
  const server = isWriter ? createServer(replicate) : undefined
  if (server !== undefined) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  } else {
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    replicate(socket)
    await core.update({ wait: true })
  }
  const place = server && [String((server.address() as AddressInfo).port), core.key.toString('hex')]
  return {
    place: place ?? [],
    ...doing(bee, core),
    async linked(count) {
      if (server === undefined) return
      while (sockets.size < count - 1) await once(server, 'connection')
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server?.close()
      await store.close()
    },
  }
}

function doing(
  bee: Bee,
  core: Core,
): Pick<Client, 'read' | 'write' | 'watch' | 'fill'> & { count(prefix: string): Promise<number> } {
  return {
    read: async (wanted) => (await bee.get(wanted))?.value,
    write: (changed, value) => bee.put(changed, value),
    async watch(prefix, told) {
      const history = bee.createHistoryStream({ live: true, gte: Math.max(1, core.length) })
      const follow = async (): Promise<void> => {
        for await (const row of history) if (row.key.startsWith(prefix)) told(row.key, row.value)
      }
      // It ends with its store.
      void follow().catch(() => {})
    },
    async fill(keys) {
      for (const piece of filledKeys(keys, 1_000)) {
        const batch = bee.batch()
        for (const filled of piece) await batch.put(filled, valueFor(filled, 'filled'))
        await batch.flush()
      }
    },
    async count(prefix) {
      let found = 0
      for await (const { key } of bee.createReadStream({ gte: prefix, lt: `${prefix}\u{FFFF}` })) {
        if (key.startsWith(prefix)) found++
      }
      return found
    },
  }
}
