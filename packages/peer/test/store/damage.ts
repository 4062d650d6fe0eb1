import { createHash, randomBytes } from 'node:crypto'
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { MeshError } from '@grapevine/core'
import type { Records } from '@grapevine/core'
import { findDataDir } from '../../src/store/data-dir.js'
import { levelStore } from '../../src/store/level-store.js'
import { rememberPlace } from '../../src/store/place.js'
import { repairStore } from '../../src/store/repair.js'
import type { Rebuild } from '../../src/store/repair.js'

/** Chance that can be had again: xorshift, good enough to choose what to break. */
export function dice(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1
  return (below) => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % below
  }
}

/** A closed store with tables, a log and a past, and what it must hold. */
export interface Sample {
  readonly path: string
  readonly records: Records
  /** Every value that a name ever had: what a repair may bring back. */
  readonly past: ReadonlyMap<string, ReadonlySet<string>>
}

export const digest = (value: Uint8Array): string =>
  createHash('sha256').update(value).digest('hex')

/** Each life ends by closing: the next one makes tables of its log. */
export async function makeSample(path: string, lives = 4, recordsPerLife = 25): Promise<Sample> {
  const roll = dice(7)
  const records = new Map<string, Uint8Array>()
  const past = new Map<string, Set<string>>()
  for (let life = 0; life < lives; life++) {
    const store = await levelStore(path)
    await store.load()
    for (let n = 0; n < recordsPerLife; n++) {
      const name = `release/${roll(recordsPerLife * 2)}`
      const value = roll(10) === 0 ? null : randomBytes(10 + roll(1_500))
      await store.append(
        new Map([
          [name, value],
          ['head', Buffer.from(`${life}/${n}`)],
        ]),
      ) // oxfmt
      for (const [each, content] of [
        [name, value],
        ['head', Buffer.from(`${life}/${n}`)],
      ] as const) {
        if (content === null) records.delete(each)
        else {
          records.set(each, new Uint8Array(content))
          past.set(each, (past.get(each) ?? new Set()).add(digest(content)))
        }
      }
    }
    await store.close()
  }
  return { path, records, past }
}

/** The same directory in another place, and not in doubt for it. */
export async function copySample(sample: Sample, path: string): Promise<void> {
  rmSync(path, { recursive: true, force: true })
  cpSync(sample.path, path, { recursive: true })
  await rememberPlace(await findDataDir(path))
}

export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

/** One bit: either any of the directory, or any of a file that is as likely as any other file. */
export function flipOneBit(folder: string, roll: (below: number) => number): string {
  const all = filesIn(folder)
    .map((file) => ({ file, bytes: readFileSync(join(folder, file)) }))
    .filter(({ bytes }) => bytes.length > 0)
  const contents = roll(2) === 0 ? all : [all[roll(all.length)]!]
  let at = roll(contents.reduce((sum, { bytes }) => sum + bytes.length, 0))
  for (const { file, bytes } of contents) {
    if (at >= bytes.length) {
      at -= bytes.length
      continue
    }
    const bit = roll(8)
    bytes[at]! ^= 1 << bit
    writeFileSync(join(folder, file), bytes)
    return `${file} byte ${at} bit ${bit}`
  }
  throw new Error('there is nothing to flip')
}

/** The bytes of everything that counts; what LevelDB tells people in its LOG does not. */
export function fingerprint(folder: string): ReadonlyMap<string, string> {
  const counts = (file: string): boolean => !/(?:^|\/)(?:LOG(?:\.old)?|LOCK)$|^lock\//.test(file)
  return new Map(
    filesIn(folder)
      .filter(counts)
      .map((file) => [file, digest(readFileSync(join(folder, file)))]),
  )
}

/**
 * What became of a damaged store. Only `silent` is a failure of ours: it opened, and what it showed
 * was not what had been stored.
 */
export type Outcome = 'repaired' | 'harmless' | 'found later' | 'silent'

export interface Fate {
  readonly outcome: Outcome
  /** How many of the records a repair kept. */
  readonly kept: number
  readonly why: string
}

export async function fateOf(path: string, sample: Sample): Promise<Fate> {
  const found = fingerprint(path)
  try {
    const store = await levelStore(path)
    const records = await store.load()
    const isSame = equalRecords(records, sample.records)
    if (!isSame) {
      await store.close()
      return { outcome: 'silent', kept: 0, why: 'it shows other records' }
    }
    return await useFurther(path, store, sample)
  } catch (error) {
    if (!(error instanceof MeshError) || error.code !== 'STORE_CORRUPT') throw error
    const left = fingerprint(path)
    for (const [file, before] of found) {
      if (left.get(file) === before) continue
      return { outcome: 'silent', kept: 0, why: `a failed opening changed ${file}` }
    }
    return repaired(path, sample, error.message)
  }
}

export function equalRecords(some: Records, others: Records): boolean {
  if (some.size !== others.size) return false
  return [...some].every(([name, value]) => {
    const other = others.get(name)
    return other !== undefined && Buffer.compare(value, other) === 0
  })
}

/** What does no harm when it is read may do some when it is written over. */
async function useFurther(
  path: string,
  store: Awaited<ReturnType<typeof levelStore>>,
  sample: Sample,
): Promise<Fate> {
  const expected = new Map(sample.records)
  try {
    for (const name of sample.records.keys()) {
      const isKept = name.length % 2 === 0
      await store.append(new Map([[name, isKept ? Buffer.from('again') : null]]))
      if (isKept) expected.set(name, Buffer.from('again'))
      else expected.delete(name)
    }
    await store.close()
    const again = await levelStore(path)
    const isSame = equalRecords(await again.load(), expected)
    await again.close()
    return { outcome: isSame ? 'harmless' : 'silent', kept: 0, why: 'written over' }
  } catch (error) {
    await store.close()
    if (!(error instanceof MeshError) || error.code !== 'STORE_CORRUPT') throw error
    return { outcome: 'found later', kept: 0, why: error.message }
  }
}

/** A stand-in for the replica: takes all that was salvaged, whatever it means. */
export const asItIs: Rebuild = (records) => ({ records, releases: records.size, unplaced: [] })

async function repaired(path: string, sample: Sample, why: string): Promise<Fate> {
  const { rebuilt } = await repairStore(path, asItIs)
  if (rebuilt === undefined) throw new Error(`there was nothing to repair, but: ${why}`)
  const store = await levelStore(path)
  const records = await store.load()
  const { doubt } = store
  await store.close()
  if (doubt === undefined) throw new Error('a repaired store is in no doubt')
  for (const [name, value] of records) {
    if (sample.past.get(name)?.has(digest(value)) !== true) {
      return { outcome: 'silent', kept: 0, why: `repair made up a value for ${name}` }
    }
  }
  return { outcome: 'repaired', kept: records.size, why }
}
