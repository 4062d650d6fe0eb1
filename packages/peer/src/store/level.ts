import { mkdir } from 'node:fs/promises'
import { ClassicLevel } from 'classic-level'
import type { BatchOperation } from 'classic-level'
import { checksumBytes, checksumOf, equalBytes } from './checksum.js'
import type { Transaction } from './store.js'
import { countFrom, encodeTally } from './tally.js'
import type { Tally } from './tally.js'

/**
 * LevelDB checks nothing of what it reads from its tables, and drops in silence what it cannot read
 * of its log. So each record carries a checksum of its own, and one more record, written with every
 * batch, says which records there should be.
 *
 *     tally          sealed: format, transaction, records, set
 *     =<name>        checksum over this key and the value, then the value
 */
export type Level = ClassicLevel<string, Buffer>

export const tallyKey = 'tally'
const recordMark = '='

const keyOf = (name: string): string => recordMark + name

export const nameOf = (key: string): string => key.slice(recordMark.length)

/** The value of a record; undefined: its checksum does not hold. */
export function contentOf(key: string, value: Buffer): Uint8Array | undefined {
  if (!key.startsWith(recordMark) || value.length < checksumBytes) return undefined
  const { buffer, byteOffset, length } = value
  const content = new Uint8Array(buffer, byteOffset + checksumBytes, length - checksumBytes)
  return equalBytes(checksumOf(key, content), checksumIn(value)) ? content : undefined
}

export const checksumIn = (value: Buffer): Uint8Array => value.subarray(0, checksumBytes)

/** Its caches are small: the replica holds everything, and reads the disk only to open. */
export async function openLevel(path: string, isNew = false): Promise<Level> {
  // LevelDB would let others read it.
  if (isNew) await mkdir(path, { mode: 0o700 })
  const level: Level = new ClassicLevel(path, {
    keyEncoding: 'utf8',
    valueEncoding: 'buffer',
    createIfMissing: isNew,
    errorIfExists: isNew,
    cacheSize: 1024 * 1024,
    maxOpenFiles: 100,
    // Packed, they could not be read without LevelDB; and hashes and signatures hardly pack.
    compression: false,
  })
  await level.open()
  return level
}

/** Writes in one atomic batch, and answers once it is durable. */
export async function writeLevel(
  level: Level,
  from: Tally,
  records: Transaction,
  transactions: number,
): Promise<Tally> {
  const counting = countFrom(from)
  const operations: BatchOperation<Level, string, Buffer>[] = []
  for (const [name, content] of records) {
    const key = keyOf(name)
    const before = level.getSync(key)
    if (before !== undefined) {
      if (contentOf(key, before) === undefined) throw new Error(`Corruption: of record ${name}`)
      counting.remove(checksumIn(before))
    }
    if (content === null) {
      operations.push({ type: 'del', key })
      continue
    }
    const checksum = checksumOf(key, content)
    counting.add(checksum)
    operations.push({ type: 'put', key, value: Buffer.concat([checksum, content]) })
  }
  const tally = counting.at(from.transaction + transactions)
  operations.push({ type: 'put', key: tallyKey, value: Buffer.from(encodeTally(tally)) })
  // Without `sync` LevelDB hands its log to the operating system and leaves it there.
  await level.batch(operations, { sync: true })
  return tally
}
