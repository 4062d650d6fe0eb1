import { closeSync, constants, fsyncSync, openSync, writeSync } from 'node:fs'
import { seal, unseal } from './checksum.js'
import { readIfThere } from './data-dir.js'
import type { DataDir } from './data-dir.js'
import { isCount } from './tally.js'

/**
 * The number of the last durable transaction, outside the database. LevelDB takes a log whose end is
 * damaged for one whose end was never written; a store that stands before its tail has lost what was
 * acknowledged.
 */
export interface Tail {
  write(transaction: number): void
  close(): void
}

/** As long as a line with the greatest number can get: it is written over in place. */
const lineBytes = 64

/**
 * Synced only when it is closed: it serves where the process ends and the machine goes on. After a
 * power cut it may be older than the store, and says the less.
 */
export function openTail(dir: DataDir, transaction: number): Tail {
  const handle = openSync(dir.tail, constants.O_CREAT | constants.O_RDWR, 0o600)
  const write = (number: number): void => {
    writeSync(
      handle,
      `${seal(number)
        .trimEnd()
        .padEnd(lineBytes - 1)}\n`,
      0,
    )
  }
  try {
    write(transaction)
  } catch (error) {
    closeSync(handle)
    throw error
  }
  return {
    write,
    close() {
      try {
        fsyncSync(handle)
      } finally {
        closeSync(handle)
      }
    },
  }
}

/** The number, or why it is not known. */
export async function readTail(dir: DataDir): Promise<number | string> {
  const line = await readIfThere(dir.tail)
  if (line === undefined) return 'its file `tail` is missing'
  const transaction = unseal(`${line.trimEnd()}\n`)
  return isCount(transaction) ? transaction : 'its file `tail` is damaged'
}
