import { maskedCrc32c } from './crc32c.js'
import { part, readVarint, tolerant } from './leveldb-entry.js'
import type { LevelEntry } from './leveldb-entry.js'

/**
 * LevelDB's tables: files that are written once, in ascending order of their keys.
 *
 *     blocks    each: entries, and the offsets of some; 1 byte: how it is packed; 4 bytes: checksum
 *     footer    48 bytes: where the index of a filter, and the index of the blocks, are; a magic number
 *
 * LevelDB writes the checksums and never looks at them here. A table whose keys are not in order any
 * more makes its compaction abort the process: so no table is given to it before this was looked at.
 */
const footerBytes = 48
const trailerBytes = 5
const magic = Buffer.from('57fb808b247547db', 'hex')
/** Nothing that we write is packed. */
const unpacked = 0

interface Handle {
  readonly offset: number
  readonly size: number
}

/** Why LevelDB must not have this table; undefined: it is as it was written. */
export function tableFault(table: Buffer): string | undefined {
  try {
    const { index, filterIndex } = readFooter(table)
    for (const block of [index, filterIndex, ...handlesIn(table, filterIndex)]) check(table, block)
    for (const block of handlesIn(table, index)) check(table, block)
    return undefined
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}

/** Every entry that can be made out, whatever the checksums say: the reader has better ones. */
export function* entriesOfTable(table: Buffer): Generator<LevelEntry> {
  for (const block of tolerant(() => handlesIn(table, readFooter(table).index))) {
    const [sound] = tolerant(() => [isSound(table, block)])
    for (const { key, value } of tolerant(() => pairsIn(contentAt(table, block)))) {
      if (key.length < 8) continue
      const suffix = key.readBigUInt64LE(key.length - 8)
      yield {
        key: key.subarray(0, -8),
        sequence: Number(suffix >> 8n),
        value: (suffix & 0xffn) === 0n ? undefined : value,
        isSound: sound === true,
      }
    }
  }
}

function readFooter(table: Buffer): { readonly filterIndex: Handle; readonly index: Handle } {
  const footer = part(table, table.length - footerBytes, footerBytes)
  if (!footer.subarray(-magic.length).equals(magic)) throw new RangeError('its footer is damaged')
  const [filterIndex, next] = readHandle(footer, 0)
  return { filterIndex, index: readHandle(footer, next)[0] }
}

function readHandle(bytes: Buffer, at: number): readonly [Handle, number] {
  const [offset, middle] = readVarint(bytes, at)
  const [size, end] = readVarint(bytes, middle)
  return [{ offset, size }, end]
}

const contentAt = (table: Buffer, { offset, size }: Handle): Buffer => part(table, offset, size)

function isSound(table: Buffer, { offset, size }: Handle): boolean {
  const trailer = part(table, offset + size, trailerBytes)
  if (trailer[0] !== unpacked) return false
  return trailer.readUInt32LE(1) === maskedCrc32c(part(table, offset, size + 1))
}

function check(table: Buffer, block: Handle): void {
  if (!isSound(table, block)) throw new RangeError(`its block at byte ${block.offset} is damaged`)
}

function* handlesIn(table: Buffer, index: Handle): Generator<Handle> {
  for (const { value } of pairsIn(contentAt(table, index))) yield readHandle(value, 0)[0]
}

interface Pair {
  readonly key: Buffer
  readonly value: Buffer
}

/**
 * The entries of a block begin anew at certain offsets, which stand at its end; between those each
 * key leaves out what it has in common with the one before. Damage goes no further than to the next.
 */
function* pairsIn(block: Buffer): Generator<Pair> {
  const count = part(block, block.length - 4, 4).readUInt32LE()
  const end = block.length - 4 - 4 * count
  if (end < 0) throw new RangeError('a block is shorter than it says')
  for (let run = 0; run < count; run++) {
    const from = block.readUInt32LE(end + 4 * run)
    const to = run + 1 < count ? block.readUInt32LE(end + 4 * run + 4) : end
    yield* tolerant(() => pairsBetween(block.subarray(0, Math.min(to, end)), from))
  }
}

function* pairsBetween(block: Buffer, from: number): Generator<Pair> {
  let key: Buffer = Buffer.alloc(0)
  for (let at = from; at < block.length;) {
    const [shared, a] = readVarint(block, at)
    const [added, b] = readVarint(block, a)
    const [length, begin] = readVarint(block, b)
    key = Buffer.concat([part(key, 0, shared), part(block, begin, added)])
    yield { key, value: part(block, begin + added, length) }
    at = begin + added + length
  }
}
