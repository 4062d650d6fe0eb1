import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { MeshError } from '@grapevine/core'
import { ClassicLevel } from 'classic-level'
import { linkIn, readIfThere } from './data-dir.js'
import type { DataDir } from './data-dir.js'
import { isDamage, misfit, reasonOf } from './store-error.js'

export interface Lock {
  release(): Promise<void>
}

/**
 * Directories that are open in this process. LevelDB must not even try to lock one of them again:
 * closing the file it tried on would give the kernel's lock on it away, under the first holder.
 */
const openHere = new Set<string>()

/**
 * One process at a time. Node cannot lock a file, but LevelDB can: an empty database is the lock, and
 * the kernel lets go of it however its holder ends. The one in `store` would not do, for it is only
 * taken when LevelDB has already begun to change what is there.
 */
export async function takeLock(dir: DataDir): Promise<Lock> {
  await refuseLinks(dir)
  const { dev, ino } = await stat(dir.path, { bigint: true })
  const name = `${dev}/${ino}`
  if (openHere.has(name)) throw locked(dir, 'this very process has it open')
  openHere.add(name)
  try {
    const level = await openLock(dir)
    // Nothing but the words of an error depend on this file.
    await writeFile(dir.pid, `${process.pid}\n`, { mode: 0o600 }).catch(() => undefined)
    return {
      async release() {
        await rm(dir.pid, { force: true }).catch(() => undefined)
        await level.close()
        openHere.delete(name)
      },
    }
  } catch (error) {
    openHere.delete(name)
    throw error
  }
}

/** Before the first write: it could end up anywhere. */
async function refuseLinks(dir: DataDir): Promise<void> {
  const link = await linkIn(dir)
  if (link === undefined) return
  throw misfit(dir.path, `its \`${link}\` is a symbolic link, which no peer makes; remove it`)
}

async function openLock(dir: DataDir): Promise<ClassicLevel> {
  try {
    return await opened(dir)
  } catch (error) {
    if (isHeld(error)) throw await lockedByOther(dir)
    if (!isDamage(error)) throw error
    // There is nothing in it that could be lost.
    await ClassicLevel.destroy(dir.lock)
    return opened(dir)
  }
}

async function opened(dir: DataDir): Promise<ClassicLevel> {
  await mkdir(dir.lock, { recursive: true, mode: 0o700 })
  const level = new ClassicLevel(dir.lock, { cacheSize: 0, writeBufferSize: 64 * 1024 })
  await level.open()
  return level
}

/** The lock of a LevelDB is held by somebody; not just impossible to take. */
export const isHeld = (error: unknown): boolean =>
  codeOf(error) === 'LEVEL_LOCKED' && !/No locks available|not supported/.test(reasonOf(error))

/** LevelDB's own code is one cause down. */
const codeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error && 'code' in error.cause
    ? error.cause.code
    : undefined

export async function lockedByOther(dir: DataDir): Promise<MeshError> {
  const pid = (await readIfThere(dir.pid))?.trim() ?? ''
  return locked(dir, `${pid === '' ? 'another process' : `process ${pid}`} has it open`)
}

const locked = ({ path }: DataDir, holder: string): MeshError =>
  new MeshError(
    'STORE_LOCKED',
    `the store in ${path} is in use: ${holder}; stop it first, or use another directory`,
    { dataDir: path, holder },
  )
