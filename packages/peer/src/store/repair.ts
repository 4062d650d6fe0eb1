import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Records } from '@grapevine/core'
import type { Rebuilt } from '../running/rebuild.js'
import { putBack } from './before-open.js'
import { exists } from './data-dir.js'
import type { DataDir } from './data-dir.js'
import { takeLock } from './lock.js'
import { draftStore, installStore } from './open-sound.js'
import { rememberDoubt } from './place.js'
import { contentWith } from './read-level.js'
import type { Content } from './read-level.js'
import { salvageStore } from './salvage.js'
import { storeError } from './store-error.js'
import { openTail, readTail } from './tail.js'
import { dirWithStore, examine, faultOfMeaning } from './verify.js'
import type { CheckRecords } from './verify.js'

/**
 * Makes a whole store of salvaged records. Each of them is sound by itself; but some are missing,
 * some older than they should be, and some had been deleted.
 */
export type Rebuild = (salvaged: Records) => Rebuilt | Promise<Rebuilt>

interface Repaired {
  /** How many records there were; undefined: nobody knows. */
  readonly stored: number | undefined
  /** How many sound ones were found. */
  readonly salvaged: number
  /** Names of records that were found damaged. */
  readonly damaged: readonly string[]
  /** undefined: it was not broken, and nothing was changed. */
  readonly rebuilt: (Rebuilt & { readonly brokenStore: string | undefined }) | undefined
}

/**
 * Makes of a broken store one that opens, with a doubt, and holds what can be read of it. The other
 * peers have the rest. The broken one is moved aside and never deleted.
 */
export async function repairStore(
  dataDir: string,
  rebuild: Rebuild,
  check: CheckRecords = () => undefined,
): Promise<Repaired> {
  try {
    const dir = await dirWithStore(dataDir)
    const lock = await takeLock(dir)
    try {
      await putBack(dir)
      return await repair(dir, rebuild, check)
    } finally {
      await lock.release()
    }
  } catch (error) {
    throw storeError(dataDir, error)
  }
}

async function repair(dir: DataDir, rebuild: Rebuild, check: CheckRecords): Promise<Repaired> {
  const found = await scratched(dir, (copy) => examine(dir, copy))
  const isWhole = found.faults.length === 0
  if (isWhole && (await faultOfMeaning(found, check)) === undefined) {
    const { records, tally } = found
    return { stored: tally?.records, salvaged: records.size, damaged: [], rebuilt: undefined }
  }
  const { records, tally, faults } = isWhole ? found : await salvage(dir, found)
  const rebuilt = await rebuild(records)
  const tail = await readTail(dir)
  const seen = [tally?.transaction, tail].filter((each) => typeof each === 'number')
  const brokenStore = await replaceStore(dir, rebuilt.records, Math.max(0, ...seen) + 1)
  const damaged = [...new Set(faults.flatMap(({ record }) => record ?? []))].sort()
  const result = { stored: tally?.records, salvaged: records.size, damaged }
  return { ...result, rebuilt: { ...rebuilt, brokenStore } }
}

/** What LevelDB has found, and what can be found without it: that is newer, where both have a record. */
async function salvage(dir: DataDir, found: Content): Promise<Content> {
  const source = (await exists(dir.store)) ? dir.store : await lastMovedAside(dir)
  if (source === undefined) return found
  const { records, tally, faults } = await salvageStore(source)
  return {
    ...contentWith(tally ?? found.tally, new Map([...found.records, ...records])),
    faults: [...found.faults, ...faults],
  }
}

async function scratched<T>(dir: DataDir, use: (copy: string) => Promise<T>): Promise<T> {
  const copy = `${dir.draft}.copy`
  await rm(copy, { recursive: true, force: true })
  try {
    return await use(copy)
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

const asidePrefix = 'store.broken-'

/** A repair that was interrupted between its two renames has left no store, but this. */
async function lastMovedAside({ path }: DataDir): Promise<string | undefined> {
  const last = (await readdir(path))
    .filter((name) => name.startsWith(asidePrefix))
    .sort()
    .at(-1)
  return last === undefined ? undefined : join(path, last)
}

/** Answers where the broken store is now. */
async function replaceStore(
  dir: DataDir,
  records: Records,
  transaction: number,
): Promise<string | undefined> {
  const draft = await draftStore(dir, records, transaction)
  const now = new Date().toISOString()
  await rememberDoubt(dir, `it was repaired on ${now}`)
  openTail(dir, transaction).close()
  let aside: string | undefined
  if (await exists(dir.store)) {
    aside = join(dir.path, `${asidePrefix}${now.replaceAll(':', '-')}`)
    await rename(dir.store, aside)
  } else aside = await lastMovedAside(dir)
  await installStore(dir, draft)
  return aside
}
