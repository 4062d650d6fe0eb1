import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '../../packages/sim/src/random.ts'

/** What a disk does to files while nobody looks. */
export type Damage = 'flipped bit' | 'torn end' | 'zeroed block'
export const damages: readonly Damage[] = ['flipped bit', 'torn end', 'zeroed block']

const blockBytes = 512

/** Damages one of the files that hold the records of a store; answers which. */
export async function damageStore(
  dataDir: string,
  damage: Damage,
  random: Random,
): Promise<string> {
  const store = join(dataDir, 'store')
  const files = (await readdir(store)).filter((name) => /\.(?:log|ldb)$/.test(name)).sort()
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(store, name))).size))
  const filled = files.filter((_, index) => sizes[index]! > 0)
  const name = random.pick(filled)
  const file = join(store, name)
  const bytes = await readFile(file)
  const at = random.below(bytes.length)
  if (damage === 'torn end') {
    await truncate(file, Math.max(1, bytes.length - 1 - random.below(blockBytes)))
    return name
  }
  if (damage === 'flipped bit') bytes[at]! ^= 1 << random.below(8)
  else bytes.fill(0, at, Math.min(bytes.length, at + blockBytes))
  await writeFile(file, bytes)
  return name
}
