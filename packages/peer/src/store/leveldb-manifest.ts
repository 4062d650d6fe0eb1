import { readVarint } from './leveldb-entry.js'
import { recordsOfLog } from './leveldb-log.js'

/**
 * LevelDB's manifest is a log of edits, each a list of fields: which tables came, which went. Others
 * that lie about were never finished, or are about to be deleted.
 */
const tags = {
  comparator: 1,
  compactPointer: 5,
  deletedTable: 6,
  newTable: 7,
} as const

/** The number of each table that counts, with its size in bytes. */
export function liveTables(manifest: Buffer): ReadonlyMap<number, number> {
  const tables = new Map<number, number>()
  for (const { bytes, isSound } of recordsOfLog(manifest)) {
    // Nor does LevelDB go on behind damage: it does not open the store at all.
    if (!isSound) break
    edit(tables, bytes)
  }
  return tables
}

function edit(tables: Map<number, number>, bytes: Buffer): void {
  let at = 0
  const number = (): number => {
    const [value, next] = readVarint(bytes, at)
    at = next
    return value
  }
  const skipText = (): void => {
    const length = number()
    at += length
  }
  while (at < bytes.length) {
    switch (number()) {
      case tags.comparator:
        skipText()
        break
      case tags.compactPointer:
        number()
        skipText()
        break
      case tags.deletedTable:
        number()
        tables.delete(number())
        break
      case tags.newTable: {
        number()
        const name = number()
        tables.set(name, number())
        skipText()
        skipText()
        break
      }
      default:
        // All other fields are one number.
        number()
    }
  }
}
