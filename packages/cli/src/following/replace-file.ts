import { randomBytes } from 'node:crypto'
import { lstat, open, rename, rm } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { misused } from '../complain.js'

/**
 * Whoever reads the file meets the old one or the new one, and never half of one. It keeps its mode and
 * its owner; where it is new, `mode` counts, less what the umask takes. No link is followed: what is
 * written through one could be anybody's.
 */
export async function replaceFile(
  file: string,
  bytes: Uint8Array,
  { mode, atMost }: { readonly mode?: number; readonly atMost?: number } = {},
): Promise<void> {
  const before = await presentFile(file)
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`)
  try {
    // Nobody may open it before its mode is right.
    const handle = await open(temporary, 'wx', before === undefined ? (mode ?? 0o666) : 0o600)
    try {
      await handle.writeFile(bytes)
      if (before !== undefined) {
        await giveTo(handle, before)
        await handle.chmod(before.mode & 0o7777 & (atMost ?? 0o7777))
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw misused(`${file} cannot be written: ${message}`)
  }
}

/** What would be replaced; refuses what is no file of its own. */
export async function presentFile(file: string): Promise<Stats | undefined> {
  const stats = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw misused(`${file} cannot be written: ${error.message}`)
  })
  if (stats === undefined || stats.isFile()) return stats
  const what = stats.isSymbolicLink() ? 'a link' : 'no file'
  throw misused(`${file} is ${what}, and is not replaced`, 'name the file itself')
}

/** Only root can give a file away; who cannot keeps it. */
async function giveTo(
  handle: { chown(uid: number, gid: number): Promise<void>; stat(): Promise<Stats> },
  { uid, gid }: Stats,
): Promise<void> {
  const now = await handle.stat()
  if (now.uid === uid && now.gid === gid) return
  await handle.chown(uid, gid).catch(() => {})
}
