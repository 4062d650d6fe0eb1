import { openReplica } from '@grapevine/core'
import { hasGenesis, rulesOf, settleGenesis } from '../running/genesis.js'
import { cryptoOf, openIdentity } from '../running/identity.js'
import { ofReplica } from '../running/interpreter.js'
import { rebuildRecords } from '../running/rebuild.js'
import { levelStore } from './level-store.js'
import { describeFault, printable } from './read-level.js'
import { repairStore } from './repair.js'
import { restoreBackup } from './restore.js'
import type { Restored } from './restore.js'
import { misfit } from './store-error.js'
import { verifyStore } from './verify.js'
import type { CheckRecords, StoreReport } from './verify.js'

/** What was found in the data directory of a peer; nothing of it was changed. */
export interface VerifiedDataDir extends Omit<StoreReport, 'faults'> {
  /** In words. None: it can be opened. */
  readonly faults: readonly string[]
}

export interface RepairedDataDir {
  /** How many records there were; undefined: nobody knows. */
  readonly stored: number | undefined
  /** How many sound ones were found. */
  readonly salvaged: number
  /** Names of records that were found damaged. */
  readonly damaged: readonly string[]
  /** undefined: it was not broken, and nothing was changed. */
  readonly rebuilt:
    | {
        readonly releases: number
        /** Releases that follow one that is lost. */
        readonly unplaced: readonly string[]
        /** Where the broken store is now. */
        readonly brokenStore: string | undefined
      }
    | undefined
}

// For operators, while the peer does not run: whoever finds it running is told so by `STORE_LOCKED`.

/** Reads everything, each signature included, as if another peer had sent it all. Changes nothing. */
export async function verifyDataDir(dataDir: string): Promise<VerifiedDataDir> {
  const { faults, ...report } = await verifyStore(dataDir, checkOf(dataDir))
  return { ...report, faults: faults.map(describeFault) }
}

/**
 * Keeps what can be read, and moves the rest aside. The peer then takes a new replica id, and gets
 * what it lacks from the others.
 */
export async function repairDataDir(dataDir: string): Promise<RepairedDataDir> {
  const { damaged, rebuilt, ...found } = await repairStore(
    dataDir,
    async (records) => {
      if (hasGenesis(records)) {
        return rebuildRecords(await openIdentity(dataDir, true), records, Date.now())
      }
      throw misfit(
        dataDir,
        'too little is left of it to repair; restore a backup into a new directory, or join the mesh again there',
      )
    },
    checkOf(dataDir),
  )
  return {
    ...found,
    damaged: damaged.map(printable),
    rebuilt: rebuilt && {
      releases: rebuilt.releases,
      unplaced: rebuilt.unplaced,
      brokenStore: rebuilt.brokenStore,
    },
  }
}

/** The file holds the peer's key: keep it secret. Of a peer that runs, see `Peer.backup`. */
export async function backUpDataDir(dataDir: string, file: string): Promise<void> {
  const store = await levelStore(dataDir)
  try {
    await store.backup(file)
  } finally {
    await store.close()
  }
}

/** Into a directory without a store. What the peer wrote after the backup it gets from the others. */
export const restoreDataDir = async (file: string, dataDir: string): Promise<Restored> =>
  restoreBackup(file, dataDir)

/** The replica's own door. */
const checkOf =
  (dataDir: string): CheckRecords =>
  async (records) => {
    const identity = await openIdentity(dataDir, true)
    const mesh = rulesOf(settleGenesis(records, undefined))
    const { peer } = identity
    openReplica({ mesh, crypto: cryptoOf(identity), peer, records: ofReplica(records) })
  }
