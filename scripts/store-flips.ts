/**
 * Flips bits in stores, one at a time, and looks what becomes of them:
 * `npm run store-flips -- [--flips 10000] [--seed 1]`. What must never happen is `silent`: a store
 * that opens and shows other records than were stored. Exit code: 0 never, 1 it happened.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  copySample,
  dice,
  fateOf,
  flipOneBit,
  makeSample,
} from '../packages/peer/test/store/damage.ts'
import type { Outcome } from '../packages/peer/test/store/damage.ts'

const { values } = parseArgs({
  options: {
    flips: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
})
const flips = Number(values.flips)
const firstSeed = Number(values.seed)
const flipsPerLine = 1_000

const meanings: Readonly<Record<Outcome, string>> = {
  repaired: 'found on opening; repaired to records that had been stored',
  harmless: 'opened with the very same records, also after writing over them',
  'found later': 'opened with the very same records; found on the opening after',
  silent: 'opened with other records',
}

const folder = mkdtempSync(join(tmpdir(), 'grapevine-flips-'))
const counts = new Map<Outcome, number>()
const files = new Map<string, number>()
let kept = 0
const started = performance.now()
try {
  const sample = await makeSample(join(folder, 'sample'))
  for (let flip = 0; flip < flips; flip++) {
    const seed = firstSeed + flip
    const path = join(folder, 'copy')
    await copySample(sample, path)
    const where = flipOneBit(path, dice(seed))
    const { outcome, kept: records, why } = await fateOf(path, sample)
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    kept += Math.min(records, sample.records.size)
    if (outcome !== 'harmless') {
      const kind = where.replace(/ .*/, '').replace(/\d+/, 'n')
      files.set(kind, (files.get(kind) ?? 0) + 1)
    }
    if (outcome === 'silent') console.log(`SILENT  seed ${seed}  ${where}: ${why}`)
    if ((flip + 1) % flipsPerLine === 0) console.log(progress(flip + 1))
  }
  report(sample.records.size)
} finally {
  rmSync(folder, { recursive: true })
}
process.exitCode = counts.has('silent') ? 1 : 0

function progress(done: number): string {
  return `${done} of ${flips}, ${((performance.now() - started) / done).toFixed(0)} ms each`
}

function report(records: number): void {
  console.log('')
  for (const [outcome, meaning] of Object.entries(meanings)) {
    console.log(`${String(counts.get(outcome as Outcome) ?? 0).padStart(8)}  ${meaning}`)
  }
  const repaired = counts.get('repaired') ?? 0
  const share = (kept / Math.max(1, repaired * records)) * 100
  console.log(`\nA repair kept ${share.toFixed(1)} % of ${records} records. It was found in:`)
  for (const [kind, count] of [...files].sort((a, b) => b[1] - a[1])) {
    console.log(`${String(count).padStart(8)}  ${kind}`)
  }
}
