import type { Records } from '@grapevine/core'
import { writeBackup } from './backup.js'
import { makeDataDir, readIfThere } from './data-dir.js'
import type { DataDir } from './data-dir.js'
import { groupCommit } from './group-commit.js'
import { writeLevel } from './level.js'
import type { Level } from './level.js'
import { takeLock } from './lock.js'
import type { Lock } from './lock.js'
import { openSound, readSound, refuseStrangers } from './open-sound.js'
import type { Sound, StoreStep } from './open-sound.js'
import { rememberPlace } from './place.js'
import { closed, diskError, storeError } from './store-error.js'
import type { Store } from './store.js'

export interface LevelStoreOptions {
  /** Called at each point at which a process can die in an interesting way. */
  readonly onStep?: ((step: StoreStep) => void) | undefined
}

/**
 * A store on disk. It opens as it was when the last acknowledged transaction ended, perhaps with
 * some that nobody was told of; or not at all, and then it is as it was found.
 */
export async function levelStore(
  dataDir: string,
  { onStep = () => undefined }: LevelStoreOptions = {},
): Promise<Store> {
  try {
    const dir = await makeDataDir(dataDir)
    await refuseStrangers(dir)
    const lock = await takeLock(dir)
    try {
      return running(dir, lock, await openSound(dir, onStep), onStep)
    } catch (error) {
      await lock.release()
      throw error
    }
  } catch (error) {
    throw storeError(dataDir, error)
  }
}

function running(
  dir: DataDir,
  lock: Lock,
  { level, tail, records, ...sound }: Sound,
  onStep: (step: StoreStep) => void,
): Store {
  let { tally, doubt } = sound
  /** What was read on opening, until it is asked for or out of date. */
  let unread: Records | undefined = records
  const work = workOn(dir)
  let ending: Promise<void> | undefined

  const commit = groupCommit(async (group) => {
    const all = new Map(group.flatMap((transaction) => [...transaction]))
    if (all.size === 0) return
    unread = undefined
    try {
      onStep('before batch')
      tally = await writeLevel(level, tally, all, group.length)
      onStep('after batch')
      tail.write(tally.transaction)
      onStep('after tail')
    } catch (error) {
      throw storeError(dir.path, error)
    }
  })

  async function load(): Promise<Records> {
    const held = unread
    unread = undefined
    return held ?? (await readSound(dir, level)).records
  }

  async function settleDoubt(): Promise<void> {
    await rememberPlace(dir)
    doubt = undefined
  }

  async function end(): Promise<void> {
    const why = closed(dir.path)
    await Promise.all([commit.end(why), work.end(why)])
    try {
      tail.close()
      await level.close()
    } finally {
      await lock.release()
    }
  }

  return {
    get doubt() {
      return doubt
    },
    append: commit.append,
    load: () => work.run(load),
    settleDoubt: () => work.run(settleDoubt),
    backup: (file) => work.run(() => backup(dir, level, file, () => onStep('before rename'))),
    close: () => (ending ??= end()),
  }
}

interface Work {
  /** Whatever fails here fails as something that a user can act on. */
  run<T>(this: void, work: () => Promise<T>): Promise<T>
  /** Resolves once nothing is under way; nothing is taken any more. */
  end(this: void, why: Error): Promise<void>
}

function workOn(dir: DataDir): Work {
  const underWay = new Set<Promise<unknown>>()
  let ended: Error | undefined
  return {
    async run(work) {
      if (ended !== undefined) throw ended
      const working = work()
      underWay.add(working)
      try {
        return await working
      } catch (error) {
        throw storeError(dir.path, error)
      } finally {
        underWay.delete(working)
      }
    },
    async end(why) {
      ended = why
      await Promise.allSettled(underWay)
    },
  }
}

/** Read from a snapshot: whatever is appended meanwhile is in it whole or not at all. */
async function backup(
  dir: DataDir,
  level: Level,
  file: string,
  beforeRename: () => void,
): Promise<void> {
  const { records, tally } = await readSound(dir, level)
  try {
    const identity = (await readIfThere(dir.identity)) ?? null
    const at = new Date().toISOString()
    const { transaction } = tally
    await writeBackup(file, { at, transaction, identity, records }, beforeRename)
  } catch (error) {
    throw diskError(`the backup ${file}`, error)
  }
}
