import { open, rename, stat } from 'node:fs/promises'
import { seal, unseal } from './checksum.js'
import { readIfThere, syncFolder, writeWhole } from './data-dir.js'
import type { DataDir } from './data-dir.js'

/**
 * A file that knows itself: no copy of it, however faithful, has its inode and its time of birth.
 * So a directory that was copied, or restored by some tool, gives itself away; one that was renamed
 * does not, and need not. A whole disk that is set back to an older image cannot be told from here.
 */
export async function rememberPlace(dir: DataDir): Promise<void> {
  const draft = `${dir.place}.new`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(seal(selfOf(await handle.stat({ bigint: true }))))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, dir.place)
  await syncFolder(dir.path)
}

/** From now on this store is in doubt, until a place is remembered again. */
export const rememberDoubt = (dir: DataDir, doubt: string): Promise<void> =>
  writeWhole(dir.place, seal({ doubt }))

/** Why this may not be the directory that was remembered; undefined: it is. */
export async function doubtOfPlace(dir: DataDir): Promise<string | undefined> {
  const line = await readIfThere(dir.place)
  if (line === undefined) return 'its file `place` is missing'
  const remembered = unseal(line)
  if (typeof remembered !== 'object' || remembered === null) return 'its file `place` is damaged'
  if ('doubt' in remembered) return String(remembered.doubt)
  const here = selfOf(await stat(dir.place, { bigint: true }))
  if (JSON.stringify(here) === JSON.stringify(remembered)) return undefined
  return 'this data directory was copied or restored from another place'
}

interface Self {
  readonly inode: string
  readonly bornNs: string
}

const selfOf = ({
  ino,
  birthtimeNs,
}: {
  readonly ino: bigint
  readonly birthtimeNs: bigint
}): Self => ({ inode: `${ino}`, bornNs: `${birthtimeNs}` })
