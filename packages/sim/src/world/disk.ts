import { decodeJournal, encodeTransaction, sectorBytes } from './journal.js'
import type { Records } from './journal.js'
import type { Unsynced } from '../plan.js'
import type { Queue } from './queue.js'
import type { Random } from '../random.js'

/** Writes that are not synced yet are at the mercy of the next crash. */
export interface Disk {
  /** All records of all synced transactions. */
  readonly synced: ReadonlyMap<string, Uint8Array>
  /** Appends one transaction; answers its number, or undefined where the disk fails. */
  append(records: Records): number | undefined
  /** The greatest number that is durable. */
  durable(): number
  /** The n-th operation from now fails, and so many after it. */
  failAfter(operations: number, count: number): void
  mend(): void
  /** The power goes. What was not synced is kept, lost, torn or reordered. */
  crash(fate: Unsynced): void
  /** Another content altogether: an image that is restored, a disk that is new. */
  replace(records: ReadonlyMap<string, Uint8Array>): void
}

interface DiskOptions {
  readonly queue: Queue
  readonly random: Random
  readonly syncMs: number
  /** Appended transactions became durable; or could not be made so, and have what fate instead. */
  readonly onSync: (fault?: Unsynced) => void
}

export function createDisk({ queue, random, syncMs, onSync }: DiskOptions): Disk {
  const synced = new Map<string, Uint8Array>()
  let unsynced: Records[] = []
  let appended = 0
  let isSyncing = false
  let operations = 0
  let failFrom = Number.POSITIVE_INFINITY
  let failUntil = 0
  /** Counts crashes: what was under way before one does not end after it. */
  let life = 0

  const fails = (): boolean => {
    operations += 1
    return operations >= failFrom && operations < failUntil
  }

  function settle(count: number): void {
    for (const records of unsynced.splice(0, count)) applyTo(synced, records)
  }

  function sync(): void {
    isSyncing = true
    const begun = life
    const count = unsynced.length
    // One sync takes with it all that was appended before it began.
    queue.after(syncMs * (0.5 + random()), () => {
      if (begun !== life) return
      isSyncing = false
      // Linux marks the pages clean all the same: what was not synced may be there or not.
      if (fails()) return onSync(random.chance(0.5) ? 'kept' : 'lost')
      settle(count)
      onSync()
      if (begun === life) goOn()
    })
  }

  function goOn(): void {
    if (!isSyncing && unsynced.length > 0) sync()
  }

  return {
    synced,
    append(records) {
      if (fails()) return undefined
      appended += 1
      unsynced.push(records)
      if (syncMs === 0) settle(1)
      else goOn()
      return appended
    },
    durable: () => appended - unsynced.length,
    failAfter(after, count) {
      failFrom = operations + after
      failUntil = failFrom + count
    },
    mend() {
      failFrom = Number.POSITIVE_INFINITY
    },
    crash(fate) {
      life += 1
      isSyncing = false
      for (const records of survivors(unsynced, fate, random)) applyTo(synced, records)
      unsynced = []
    },
    replace(records) {
      synced.clear()
      for (const [name, bytes] of records) synced.set(name, bytes)
    },
  }
}

function applyTo(store: Map<string, Uint8Array>, records: Records): void {
  for (const [name, bytes] of records) {
    if (bytes === null) store.delete(name)
    else store.set(name, bytes)
  }
}

/**
 * What comes back of transactions that were appended and not synced: their bytes stand in the
 * journal sector by sector, some sectors never got there, and the reader stops at the first
 * transaction that is not whole.
 */
function survivors(
  unsynced: readonly Records[],
  fate: Unsynced,
  random: Random,
): readonly Records[] {
  if (fate === 'kept') return unsynced
  if (fate === 'lost' || unsynced.length === 0) return []
  const journal = Buffer.concat(unsynced.map(encodeTransaction))
  if (fate === 'torn') return decodeJournal(journal.subarray(0, random.below(journal.length)))
  // Reordered: later sectors may be there while earlier ones are not.
  for (let at = 0; at < journal.length; at += sectorBytes) {
    if (random.chance(0.3)) journal.fill(0, at, Math.min(at + sectorBytes, journal.length))
  }
  return decodeJournal(journal)
}
