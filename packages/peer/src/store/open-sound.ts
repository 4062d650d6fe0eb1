import { readdir, rename, rm } from 'node:fs/promises'
import type { MeshError } from '@grapevine/core'
import { keepAside, letGo, putBack } from './before-open.js'
import { exists, strangersIn, syncFolder } from './data-dir.js'
import type { DataDir } from './data-dir.js'
import { openLevel, writeLevel } from './level.js'
import type { Level } from './level.js'
import { doubtOfPlace, rememberDoubt, rememberPlace } from './place.js'
import { isHeld, lockedByOther } from './lock.js'
import { describeFault, readLevel } from './read-level.js'
import { damagedTables } from './salvage.js'
import { corrupt, misfit } from './store-error.js'
import type { Transaction } from './store.js'
import { openTail, readTail } from './tail.js'
import type { Tail } from './tail.js'
import { emptyTally, storeFormat } from './tally.js'
import type { Tally } from './tally.js'

/** In the order in which they are passed. */
export type StoreStep =
  | 'kept aside'
  | 'opened'
  | 'verified'
  | 'let go'
  | 'before batch'
  | 'after batch'
  | 'after tail'
  | 'before rename'

/** A store that was read whole, and holds what it should. */
export interface Sound {
  readonly level: Level
  readonly tail: Tail
  readonly tally: Tally
  readonly records: ReadonlyMap<string, Uint8Array>
  readonly doubt: string | undefined
}

/** The caller holds the lock. What it cannot open it leaves as it was. */
export async function openSound(dir: DataDir, onStep: (step: StoreStep) => void): Promise<Sound> {
  await putBack(dir)
  const tail = await readTail(dir)
  const placeDoubt = await doubtOfPlace(dir)
  const isMissing = !(await exists(dir.store))
  if (isMissing) {
    const wasThere = (await exists(dir.tail)) || (await exists(dir.place))
    if (wasThere) throw corrupt(dir.path, 'its folder `store` is missing')
    await installStore(dir, await draftStore(dir, new Map(), 0))
  }
  try {
    const read = await openVerified(dir, tail, onStep)
    const doubt = placeDoubt ?? (typeof tail === 'string' ? tail : undefined)
    return await settled(dir, read, doubt)
  } catch (error) {
    if (isMissing) await rm(dir.store, { recursive: true, force: true })
    throw error
  }
}

type Read = Pick<Sound, 'level' | 'tally' | 'records'>

async function openVerified(
  dir: DataDir,
  tail: number | string,
  onStep: (step: StoreStep) => void,
): Promise<Read> {
  let level: Level | undefined
  const [damaged] = await damagedTables(dir.store)
  if (damaged !== undefined) throw corrupt(dir.path, describeFault(damaged))
  try {
    await keepAside(dir)
    onStep('kept aside')
    level = await openLevel(dir.store)
    onStep('opened')
    const content = await readSound(dir, level)
    const isShort = typeof tail === 'number' && tail > content.tally.transaction
    if (isShort) throw corrupt(dir.path, endsShort(content.tally, tail))
    onStep('verified')
    await letGo(dir)
    onStep('let go')
    return { level, ...content }
  } catch (error) {
    await level?.close()
    if (isHeld(error)) {
      // Somebody has removed `lock` from under whoever has the store open: it is to stay as it is.
      await letGo(dir)
      throw await lockedByOther(dir)
    }
    // Where even this fails, the next opening begins with it.
    await putBack(dir).catch(() => undefined)
    throw error
  }
}

/** What was read is sound; now that is written down beside it. */
async function settled(dir: DataDir, read: Read, doubted: string | undefined): Promise<Sound> {
  const { transaction } = read.tally
  // Nothing was ever written here, least of all under a replica id.
  const doubt = transaction === 0 ? undefined : doubted
  try {
    // What made the store doubtful may be gone the next time; the doubt must not be.
    if (doubt !== undefined) await rememberDoubt(dir, doubt)
    else if (doubted !== undefined) await rememberPlace(dir)
    return { ...read, tail: openTail(dir, transaction), doubt }
  } catch (error) {
    await read.level.close()
    throw error
  }
}

/** All that is stored; throws unless that is all that should be. */
export async function readSound(
  dir: DataDir,
  level: Level,
): Promise<{ readonly records: ReadonlyMap<string, Uint8Array>; readonly tally: Tally }> {
  const { records, tally, newerFormat, faults } = await readLevel(level)
  if (newerFormat !== undefined) throw newer(dir, newerFormat)
  const [fault] = faults
  if (tally !== undefined && fault === undefined) return { records, tally }
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
  throw corrupt(dir.path, `${fault === undefined ? 'it is empty' : describeFault(fault)}${more}`)
}

export const newer = (dir: DataDir, format: number): MeshError =>
  misfit(
    dir.path,
    `a newer version wrote it, in format ${format}; this one reads ${storeFormat}: update`,
  )

export const endsShort = ({ transaction }: Tally, tail: number): string =>
  `it ends at transaction ${transaction}, but ${tail} were durable`

/** Writes a store of these records beside the one that is there, whole or not at all. */
export async function draftStore(
  dir: DataDir,
  records: Transaction,
  transaction: number,
): Promise<string> {
  const { draft } = dir
  await rm(draft, { recursive: true, force: true })
  try {
    const level = await openLevel(draft, true)
    try {
      await writeLevel(level, { ...emptyTally, transaction }, records, 0)
    } finally {
      await level.close()
    }
    await syncFolder(draft)
    return draft
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

export async function installStore(dir: DataDir, draft: string): Promise<void> {
  await rename(draft, dir.store)
  await syncFolder(dir.path)
}

/** A directory without a store may hold nothing else, and what it has as a store must be one of ours. */
export async function refuseStrangers(dir: DataDir): Promise<void> {
  if ((await exists(dir.tail)) || (await exists(dir.place))) return
  if (await exists(dir.store)) {
    const names = await readdir(dir.store)
    if (names.some((name) => /^(?:CURRENT|MANIFEST-\d+|\d+\.(?:ldb|log))$/.test(name))) return
    throw misfit(dir.path, 'its folder `store` belongs to something else; name another directory')
  }
  const [stranger] = await strangersIn(dir)
  if (stranger === undefined) return
  throw misfit(dir.path, `it holds ${stranger}, which is not ours; name a directory of its own`)
}
