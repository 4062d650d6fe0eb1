import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { dice } from '../../test/store/damage.js'
import { temporaryFolder } from '../../test/store/temporary.js'
import { openLevel } from './level.js'
import type { LevelEntry } from './leveldb-entry.js'
import { entriesOfLog } from './leveldb-log.js'
import { liveTables } from './leveldb-manifest.js'
import { entriesOfTable, tableFault } from './leveldb-table.js'

const folder = temporaryFolder()

interface Written {
  readonly table: Buffer
  readonly log: Buffer
}

/** The same puts and deletes as a log, and as a table, both by LevelDB. */
async function write(): Promise<Written> {
  const path = folder()
  const only = (ending: string): Buffer => {
    const names = readdirSync(path).filter((name) => name.endsWith(ending))
    expect(names).toHaveLength(1)
    return readFileSync(join(path, names[0]!))
  }
  const first = await openLevel(path, true)
  for (let n = 0; n < 300; n += 3) {
    const operations = [n, n + 1, n + 2].map((each) => ({
      type: 'put' as const,
      key: `key/${each % 200}`,
      value: Buffer.alloc(each * 2, each),
    }))
    await first.batch([...operations, { type: 'del', key: `key/${(n * 7) % 200}` }])
  }
  await first.put('large', Buffer.alloc(100_000, 1))
  await first.close()
  const log = only('.log')
  await (await openLevel(path)).close()
  return { log, table: only('.ldb') }
}

/** What a reader of all these entries would see. */
function newest(entries: Iterable<LevelEntry>): ReadonlyMap<string, string> {
  const versions = new Map<string, LevelEntry>()
  for (const entry of entries) {
    const key = entry.key.toString()
    if ((versions.get(key)?.sequence ?? -1) <= entry.sequence) versions.set(key, entry)
  }
  return new Map(
    [...versions]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { value }]) => [key, value?.toString('base64') ?? 'deleted']),
  )
}

let written: Written
beforeAll(async () => {
  written = await write()
})

describe('a table and a log', () => {
  it('of the same writes hold the same, and all of it is sound', () => {
    const inTable = [...entriesOfTable(written.table)]
    const inLog = [...entriesOfLog(written.log)]
    expect(inLog).toHaveLength(401)
    expect(newest(inTable)).toEqual(newest(inLog))
    expect([...inTable, ...inLog].every(({ isSound }) => isSound)).toBe(true)
    expect(tableFault(written.table)).toBeUndefined()
  })

  it('can be cut anywhere, and give what is before the cut', () => {
    const all = new Set([...entriesOfLog(written.log)].map(({ sequence }) => sequence))
    for (let size = 0; size < written.log.length; size += 997) {
      const found = [...entriesOfLog(written.log.subarray(0, size))]
      expect(found.every(({ sequence }) => all.has(sequence))).toBe(true)
      const cut = written.table.subarray(0, size)
      expect(tableFault(cut)).toBeDefined()
      expect([...entriesOfTable(cut)]).toEqual([])
    }
  })

  it('of rubbish hold nothing, and end', () => {
    const roll = dice(3)
    for (let round = 0; round < 300; round++) {
      const rubbish = Buffer.from(Array.from({ length: roll(3_000) }, () => roll(256)))
      expect(tableFault(rubbish)).toBeDefined()
      expect([...entriesOfTable(rubbish)]).toEqual([])
      expect([...entriesOfLog(rubbish)].filter(({ isSound }) => isSound)).toEqual([])
    }
  })
})

describe('a manifest', () => {
  it('names the very tables that are there once LevelDB has cleaned up', async () => {
    const path = folder()
    for (let life = 0; life < 7; life++) {
      const level = await openLevel(path, life === 0)
      await level.put(`key/${life % 3}`, Buffer.alloc(5_000, life))
      if (life === 4) await level.compactRange('a', 'z')
      await level.close()
    }
    const names = readdirSync(path)
    const manifest = names.find((name) => name.startsWith('MANIFEST')) ?? ''
    const live = liveTables(readFileSync(join(path, manifest)))
    const tables = names.filter((name) => name.endsWith('.ldb'))
    const sizes = tables.map((name) => [Number.parseInt(name, 10), statSync(join(path, name)).size])
    expect(sizes.length).toBeGreaterThan(1)
    expect([...live].sort(([a], [b]) => a - b)).toEqual(sizes)
  })
})

describe('a flipped bit', () => {
  it('anywhere in a table that LevelDB looks at is a fault, and costs a few entries at most', () => {
    const roll = dice(9)
    const all = newest(entriesOfTable(written.table))
    let unseen = 0
    for (let flip = 0; flip < 250; flip++) {
      const bent = Buffer.from(written.table)
      bent[roll(bent.length)]! ^= 1 << roll(8)
      if (tableFault(bent) === undefined) unseen += 1
      const left = newest(entriesOfTable(bent))
      const same = [...all].filter(([key, value]) => left.get(key) === value)
      expect(same.length).toBeGreaterThan(all.size - 20)
    }
    // Some bytes of the footer only fill it up.
    expect(unseen).toBeLessThan(3)
  })

  it('in a log costs the entries of one batch', () => {
    const roll = dice(10)
    const all = [...entriesOfLog(written.log)].length
    for (let flip = 0; flip < 500; flip++) {
      const bent = Buffer.from(written.log)
      const at = roll(bent.length)
      bent[at]! ^= 1 << roll(8)
      // A damaged length hides what follows it in its block.
      expect([...entriesOfLog(bent)].length, `byte ${at}`).toBeGreaterThan(all - 160)
    }
  })
})
