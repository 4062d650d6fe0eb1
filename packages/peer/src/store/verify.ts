import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MeshError } from '@grapevine/core'
import type { Records } from '@grapevine/core'
import { copyStore } from './before-open.js'
import { exists, findDataDir } from './data-dir.js'
import type { DataDir } from './data-dir.js'
import { openLevel } from './level.js'
import { takeLock } from './lock.js'
import type { Lock } from './lock.js'
import { doubtOfPlace } from './place.js'
import { endsShort, newer } from './open-sound.js'
import { contentWith, readLevel } from './read-level.js'
import type { Content, Fault } from './read-level.js'
import { damagedTables, salvageStore } from './salvage.js'
import { isDamage, misfit, reasonOf, storeError } from './store-error.js'
import { readTail } from './tail.js'

/** What was found in a store; nothing of it was changed. */
export interface StoreReport {
  readonly records: number
  readonly bytes: number
  /** How many transactions it has seen; undefined: it cannot say. */
  readonly transaction: number | undefined
  /** None: it can be opened. */
  readonly faults: readonly Fault[]
  /** It can be opened, and will take a new replica id: why. */
  readonly doubt: string | undefined
}

/** Throws where the replica makes no sense of records that are all sound. */
export type CheckRecords = (records: Records) => void | Promise<void>

export async function verifyStore(
  dataDir: string,
  check: CheckRecords = () => undefined,
): Promise<StoreReport> {
  try {
    const dir = await dirWithStore(dataDir)
    const lock = await lockIfWritable(dir)
    try {
      return await reportOn(dir, check)
    } finally {
      await lock?.release()
    }
  } catch (error) {
    throw storeError(dataDir, error)
  }
}

/** The data directory, where there is one. */
export async function dirWithStore(dataDir: string): Promise<DataDir> {
  if (!(await exists(dataDir))) throw misfit(dataDir, 'it is not there; name another one')
  const dir = await findDataDir(dataDir)
  for (const part of [dir.store, dir.beforeOpen, dir.tail, dir.place]) {
    if (await exists(part)) return dir
  }
  throw misfit(dir.path, 'it holds no store; name another one')
}

/** What cannot be written needs no lock to be read. */
async function lockIfWritable(dir: DataDir): Promise<Lock | undefined> {
  try {
    return await takeLock(dir)
  } catch (error) {
    const { code } = storeError(dir.path, error)
    if (code === 'STORE_READ_ONLY' || code === 'STORE_FORBIDDEN') return undefined
    throw error
  }
}

async function reportOn(dir: DataDir, check: CheckRecords): Promise<StoreReport> {
  const scratch = await mkdtemp(join(tmpdir(), 'grapevine-verify-'))
  try {
    const found = await examine(dir, join(scratch, 'store'))
    const { records, bytes, tally, faults } = found
    const meaning = faults.length === 0 ? await faultOfMeaning(found, check) : undefined
    const [tail, doubt] = [await readTail(dir), await doubtOfPlace(dir)]
    return {
      records: records.size,
      bytes,
      transaction: tally?.transaction,
      faults: meaning === undefined ? faults : [meaning],
      doubt: doubt ?? (typeof tail === 'string' ? tail : undefined),
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** All that can be read of a store as it is, and all that is wrong; LevelDB gets a copy. */
export async function examine(dir: DataDir, copy: string): Promise<Content> {
  const source = await sourceOf(dir)
  if (source === undefined) return nothing('its folder `store` is missing')
  const tables = await damagedTables(source)
  const content = tables.length > 0 ? await salvageStore(source) : await readCopy(source, copy)
  const { newerFormat, tally } = content
  if (newerFormat !== undefined) throw newer(dir, newerFormat)
  const tail = await readTail(dir)
  const isShort = typeof tail === 'number' && tally !== undefined && tail > tally.transaction
  const short = isShort ? [wholeFault(endsShort(tally, tail))] : []
  return { ...content, faults: [...tables, ...content.faults, ...short] }
}

/** An opening that was interrupted has left the store aside, and something unfinished in its place. */
async function sourceOf(dir: DataDir): Promise<string | undefined> {
  if (await exists(dir.beforeOpen)) return dir.beforeOpen
  return (await exists(dir.store)) ? dir.store : undefined
}

export async function faultOfMeaning(
  { records }: Content,
  check: CheckRecords,
): Promise<Fault | undefined> {
  try {
    // A store that was never written to means nothing yet.
    if (records.size > 0) await check(records)
    return undefined
  } catch (error) {
    if (error instanceof MeshError) return wholeFault(error.message)
    throw error
  }
}

async function readCopy(source: string, copy: string): Promise<Content> {
  await copyStore(source, copy)
  try {
    const level = await openLevel(copy)
    try {
      return await readLevel(level)
    } finally {
      await level.close()
    }
  } catch (error) {
    if (!isDamage(error)) throw error
    return nothing(reasonOf(error))
  }
}

const wholeFault = (why: string): Fault => ({ record: undefined, why })

const nothing = (why: string): Content => ({
  ...contentWith(undefined, new Map()),
  faults: [wholeFault(why)],
})
