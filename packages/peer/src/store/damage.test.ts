import { readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  copySample,
  dice,
  equalRecords,
  fateOf,
  flipOneBit,
  makeSample,
} from '../../test/store/damage.js'
import type { Sample } from '../../test/store/damage.js'
import { refused } from '../../test/store/refused.js'
import { temporaryFolder } from '../../test/store/temporary.js'
import { findDataDir } from './data-dir.js'
import { levelStore } from './level-store.js'
import { openTail } from './tail.js'

const folder = temporaryFolder()
/** Of the sample. */
const transactions = 100
let sample: Sample
beforeAll(async () => {
  sample = await makeSample(folder('sample'))
})

async function copied(of = sample): Promise<string> {
  const path = folder('copy')
  await copySample(of, path)
  return path
}

describe('a flipped bit', () => {
  it('never shows other records than were stored, wherever it is', async () => {
    const outcomes = new Map<string, number>()
    for (let seed = 1; seed <= 200; seed++) {
      const path = await copied()
      const where = flipOneBit(path, dice(seed))
      const { outcome, why } = await fateOf(path, sample)
      expect(outcome, `${where}: ${why}`).not.toBe('silent')
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      rmSync(path, { recursive: true })
    }
    // Bits count in most files: a harness that flips none would find all of them harmless.
    expect(outcomes.get('repaired')).toBeGreaterThan(40)
  })
})

describe('a file of the store', () => {
  const kinds = ['CURRENT', 'MANIFEST-\\d+', '\\d+\\.log', '\\d+\\.ldb']
  const damages: readonly (readonly [string, (file: string) => void])[] = [
    ['is missing', (file) => rmSync(file)],
    ['is empty', (file) => truncateSync(file)],
    ['is cut in half', (file) => truncateSync(file, Math.floor(statSync(file).size / 2))],
    ['is all zeros', (file) => writeFileSync(file, new Uint8Array(statSync(file).size))],
    ['ends in zeros', (file) => zeroEnd(file)],
  ]

  it.each(kinds.flatMap((kind) => damages.map(([what, damage]) => [kind, what, damage] as const)))(
    '%s that %s is found out, and what is left of the store is kept',
    async (kind, _what, damage) => {
      const names = readdirSync(join(sample.path, 'store')).filter((name) =>
        new RegExp(`^${kind}$`).test(name),
      )
      expect(names.length).toBeGreaterThan(0)
      for (const name of names) {
        const path = await copied()
        damage(join(path, 'store', name))
        const { outcome, why } = await fateOf(path, sample)
        expect(['repaired', 'harmless'], `${name}: ${why}`).toContain(outcome)
      }
    },
  )
})

describe('a table that LevelDB has not finished', () => {
  it('is no fault: whoever was killed meanwhile leaves one behind', async () => {
    const path = await copied()
    const [table = ''] = readdirSync(join(path, 'store')).filter((name) => name.endsWith('.ldb'))
    const bytes = readFileSync(join(path, 'store', table))
    writeFileSync(join(path, 'store', '999999.ldb'), bytes.subarray(0, bytes.length / 2))
    writeFileSync(join(path, 'store', '999998.ldb'), '')
    expect(await fateOf(path, sample)).toMatchObject({ outcome: 'harmless' })
  })
})

function zeroEnd(file: string): void {
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0, Math.floor(bytes.length * 0.9)))
}

interface LastBatch {
  readonly sample: Sample
  readonly log: string
  /** Where in the log the last batch begins and ends. */
  readonly begin: number
  readonly end: number
}

describe('a log that ends in the middle of its last batch', () => {
  /** The sample with one more transaction, of which so many bytes are a value. */
  async function withLastBatch(bytes: number): Promise<LastBatch> {
    const path = await copied()
    // What was in the log became a table when the store was opened: only one batch is in it.
    const store = await levelStore(path)
    const log = readdirSync(join(path, 'store')).find((name) => name.endsWith('.log')) ?? ''
    const begin = statSync(join(path, 'store', log)).size
    await store.append(new Map([['last', new Uint8Array(bytes).fill(3)]]))
    const end = statSync(join(path, 'store', log)).size
    await store.close()
    return { sample: { ...sample, path }, log: join('store', log), begin, end }
  }

  /** What becomes of it if the batch was acknowledged, and what if it was not. */
  async function cutAt(last: LastBatch, size: number): Promise<readonly unknown[]> {
    const path = await copied(last.sample)
    truncateSync(join(path, last.log), size)
    const refusal = await levelStore(path).catch((error: unknown) => error)
    openTail(await findDataDir(path), transactions).close()
    const store = await levelStore(path)
    const isBefore = equalRecords(await store.load(), sample.records)
    await store.close()
    rmSync(path, { recursive: true })
    return [refusal, isBefore, store.doubt]
  }

  const expected = [refused('STORE_CORRUPT'), true, undefined]

  it('is refused if it was acknowledged, and else is as before it; at every byte', async () => {
    const last = await withLastBatch(20)
    expect(last.end - last.begin).toBeLessThan(300)
    for (let size = last.begin; size < last.end; size++) {
      expect(await cutAt(last, size)).toMatchObject(expected)
    }
  })

  it('is so too where the batch spans many blocks of the log', async () => {
    const last = await withLastBatch(100_000)
    const block = 32_768
    for (let at = block; at < last.end; at += block) {
      for (const size of [at - 1, at, at + 1, at + 7]) {
        expect(await cutAt(last, size)).toMatchObject(expected)
      }
    }
  })
})
