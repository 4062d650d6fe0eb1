import { promisify } from 'node:util'
import { filledKeys } from './adapter.ts'
import type { Client, Told } from './adapter.ts'
import { imported } from './installed.ts'
import { valueFor } from './payload.ts'

type Answer<T> = (error: unknown, answer: T) => void
type Heard = (event: unknown) => void

/** As much of its client as is used here. */
interface ZooKeeper {
  connect(): void
  close(): void
  on(event: 'connected', told: () => void): void
  once(event: 'connected', told: () => void): void
  create(path: string, data: Buffer, answer: Answer<unknown>): void
  setData(path: string, data: Buffer, answer: Answer<unknown>): void
  getData(path: string, heard: Heard | null, answer: Answer<Buffer | undefined>): void
  getChildren(path: string, heard: Heard | null, answer: Answer<readonly string[]>): void
  mkdirp(path: string, answer: Answer<unknown>): void
  transaction(): Transaction
}

interface Transaction {
  create(path: string, data: Buffer): Transaction
  commit(answer: Answer<unknown>): void
}

interface Library {
  readonly zookeeper: { createClient(place: string, options: unknown): ZooKeeper }
}

const nodeExists = -110
const pathOf = (key: string): string => `/${key}`
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

export async function openZooKeeper(place: string): Promise<Client> {
  const { zookeeper } = (await imported('zookeeper')) as Library
  const client = zookeeper.createClient(place, { sessionTimeout: 30_000, spinDelay: 20 })
  const connected = new Promise<void>((resolve) => client.once('connected', resolve))
  client.connect()
  await connected
  const create = promisify(client.create.bind(client))
  const setData = promisify(client.setData.bind(client))
  const mkdirp = promisify(client.mkdirp.bind(client))
  const known = new Set<string>()

  async function write(key: string, value: string): Promise<void> {
    const path = pathOf(key)
    const data = Buffer.from(value)
    const parent = parentOf(path)
    if (!known.has(parent)) await mkdirp(parent)
    known.add(parent)
    if (!known.has(path)) {
      try {
        await create(path, data)
        known.add(path)
        return
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== nodeExists) throw error
        known.add(path)
      }
    }
    await setData(path, data)
  }

  return {
    place: [],
    read: (key) => dataOf(client, pathOf(key)),
    write,
    async watch(prefix, told) {
      const folder = parentOf(pathOf(prefix))
      await mkdirp(folder)
      await watchFolder(client, folder, told)
    },
    async fill(keys) {
      await mkdirp('/filled')
      for (const piece of filledKeys(keys, 500)) {
        const transaction = client.transaction()
        for (const key of piece) {
          transaction.create(pathOf(key), Buffer.from(valueFor(key, 'filled')))
        }
        await promisify(transaction.commit.bind(transaction))()
      }
    },
    async count(prefix) {
      const folder = parentOf(pathOf(prefix))
      const names = await childrenOf(client, folder, null)
      const values = await Promise.all(names.map((name) => dataOf(client, `${folder}/${name}`)))
      return values.filter((value) => value !== undefined).length
    },
    [Symbol.asyncDispose]: async () => client.close(),
  }
}

/** Children that come are read, and each is watched from then on. */
async function watchFolder(client: ZooKeeper, folder: string, told: Told): Promise<void> {
  const watched = new Set<string>()
  const look = async (isFirst: boolean): Promise<void> => {
    const names = await childrenOf(client, folder, () => void look(false).catch(ended))
    const fresh = names.filter((name) => !watched.has(name))
    for (const name of fresh) watched.add(name)
    await Promise.all(fresh.map((name) => follow(name, isFirst)))
  }
  const follow = async (name: string, isFirst: boolean): Promise<void> => {
    const path = `${folder}/${name}`
    const value = await dataOf(client, path, () => void follow(name, false).catch(ended))
    if (!isFirst) told(path.slice(1), value ?? '')
  }
  await look(true)
}

/** The connection has gone, and with it whoever watched. */
const ended = (): void => {}

const childrenOf = (
  client: ZooKeeper,
  folder: string,
  heard: Heard | null,
): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    client.getChildren(folder, heard, (error, names) =>
      error != null ? reject(error) : resolve(names),
    )
  })

const dataOf = (
  client: ZooKeeper,
  path: string,
  heard: Heard | null = null,
): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    client.getData(path, heard, (error, data) =>
      error != null ? reject(error) : resolve(data?.toString()),
    )
  })
