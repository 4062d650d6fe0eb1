import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { exists, readIfThere } from './data-dir.js'
import { entriesOfLog } from './leveldb-log.js'
import { tolerant } from './leveldb-entry.js'
import type { LevelEntry } from './leveldb-entry.js'
import { liveTables } from './leveldb-manifest.js'
import { entriesOfTable, tableFault } from './leveldb-table.js'
import { contentOf, nameOf, tallyKey } from './level.js'
import { contentWith } from './read-level.js'
import type { Content, Fault } from './read-level.js'
import { decodeTally } from './tally.js'

const isTable = (name: string): boolean => /^\d+\.(?:ldb|sst)$/.test(name)
const isLog = (name: string): boolean => /^\d+\.log$/.test(name)

/**
 * The tables of a store that LevelDB must not see as they are. Where it has not even a manifest, or
 * not all of its tables, it says so itself.
 */
export async function damagedTables(store: string): Promise<readonly Fault[]> {
  const faults: Fault[] = []
  const live = await tablesThatCount(store)
  for (const name of (await readdir(store)).filter(isTable).sort()) {
    const size = live.get(Number.parseInt(name, 10))
    if (size === undefined) continue
    const table = await readFile(join(store, name))
    const why =
      table.length === size ? tableFault(table) : `it has ${table.length} bytes of ${size}`
    if (why !== undefined) faults.push({ record: undefined, why: `table ${name}: ${why}` })
  }
  return faults
}

async function tablesThatCount(store: string): Promise<ReadonlyMap<number, number>> {
  const current = (await readIfThere(join(store, 'CURRENT')))?.trimEnd() ?? ''
  if (!/^MANIFEST-\d+$/.test(current) || !(await exists(join(store, current)))) return new Map()
  const manifest = await readFile(join(store, current))
  return new Map(tolerant(() => liveTables(manifest)))
}

interface Version {
  readonly sequence: number
  /** undefined: it was deleted. */
  readonly content: Uint8Array | undefined
}

/**
 * The newest version of each record that can be made out, without LevelDB, and whose own checksum
 * holds. LevelDB's repair finds less, and aborts the process over a table that is out of order.
 */
export async function salvageStore(store: string): Promise<Content> {
  const newest = new Map<string, Version>()
  /** Up to which sequence a record has versions that cannot be used. */
  const damaged = new Map<string, number>()
  let tally: ReturnType<typeof decodeTally>
  let tallySequence = -1

  function take({ key: bytes, sequence, value, isSound }: LevelEntry): void {
    const key = bytes.toString()
    if (key === tallyKey) {
      const found = value === undefined ? undefined : decodeTally(value.toString())
      if (found === undefined || sequence < tallySequence) return
      tally = found
      tallySequence = sequence
      return
    }
    const name = nameOf(key)
    const content = value === undefined ? undefined : contentOf(key, value)
    // Nothing is taken to be deleted on the word of something that is damaged.
    const isTrue = content !== undefined || (value === undefined && isSound)
    const seen = isTrue ? newest.get(name)?.sequence : damaged.get(name)
    if (seen !== undefined && seen > sequence) return
    if (isTrue) newest.set(name, { sequence, content })
    else damaged.set(name, sequence)
  }

  for (const name of (await readdir(store)).sort()) {
    const read = isTable(name) ? entriesOfTable : isLog(name) ? entriesOfLog : undefined
    if (read === undefined) continue
    for (const entry of read(await readFile(join(store, name)))) take(entry)
  }
  const faults = [...damaged]
    .filter(([name, sequence]) => sequence > (newest.get(name)?.sequence ?? -1))
    .map(([record]) => ({ record, why: 'its checksum does not hold' }))
  return { ...contentWith(tally, recordsOf(newest)), faults }
}

function recordsOf(versions: ReadonlyMap<string, Version>): ReadonlyMap<string, Uint8Array> {
  const records = new Map<string, Uint8Array>()
  for (const [name, { content }] of versions) {
    if (content !== undefined) records.set(name, content)
  }
  return records
}
