import { MeshError } from '@grapevine/core'
import { readBackup } from './backup.js'
import type { Backup } from './backup.js'
import { exists, makeDataDir, readIfThere, strangersIn, writeWhole } from './data-dir.js'
import type { DataDir } from './data-dir.js'
import { takeLock } from './lock.js'
import { draftStore, installStore } from './open-sound.js'
import { rememberDoubt } from './place.js'
import { diskError, storeError } from './store-error.js'
import { openTail } from './tail.js'

export interface Restored {
  /** When the backup was made. */
  readonly at: string
  readonly records: number
}

/**
 * Makes a data directory of a backup. What the peer wrote after the backup may have reached others,
 * under numbers that the restored store would give away again: so it opens with a doubt.
 */
export async function restoreBackup(file: string, dataDir: string): Promise<Restored> {
  const backup = await readBackup(file).catch((error: unknown) => {
    throw diskError(`the backup ${file}`, error)
  })
  try {
    const dir = await makeDataDir(dataDir)
    await refuseUnlessEmpty(dir, backup.identity)
    const lock = await takeLock(dir)
    try {
      await restore(dir, backup)
    } finally {
      await lock.release()
    }
  } catch (error) {
    throw storeError(dataDir, error)
  }
  return { at: backup.at, records: backup.records.size }
}

/** The records come last: until then there is no store, and this can be done again. */
async function restore(
  dir: DataDir,
  { at, transaction, identity, records }: Backup,
): Promise<void> {
  await rememberDoubt(dir, `it was restored from a backup of ${at}`)
  openTail(dir, transaction).close()
  if (identity !== null) await writeWhole(dir.identity, identity)
  await installStore(dir, await draftStore(dir, records, transaction))
}

async function refuseUnlessEmpty(dir: DataDir, identity: string | null): Promise<void> {
  const held = await readIfThere(dir.identity)
  const isOther = held !== undefined && held !== identity
  const [stranger] = await strangersIn(dir)
  const found = (await exists(dir.store))
    ? 'a store'
    : isOther
      ? 'the key of another peer'
      : stranger
  if (found === undefined) return
  const text = `nothing was restored: ${dir.path} holds ${found}; name a directory that is empty`
  throw new MeshError('OPTION_INVALID', text, { dataDir: dir.path })
}
