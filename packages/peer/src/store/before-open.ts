import { copyFile, link, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exists, syncFolder } from './data-dir.js'
import type { DataDir } from './data-dir.js'

/**
 * LevelDB begins by rewriting: it turns its log into tables, without the parts it cannot read, and
 * deletes files that it does not know of. A store that turns out to be damaged is worth most as it
 * was found. So its files are kept aside, as links, until what LevelDB made of them has been
 * verified; an opening that fails, or is killed on the way, changes nothing.
 */
export async function keepAside(dir: DataDir): Promise<void> {
  const draft = `${dir.beforeOpen}.new`
  for (const left of [draft, goneOf(dir)]) await rm(left, { recursive: true, force: true })
  try {
    await copyStore(dir.store, draft, linkOrCopy)
    await syncFolder(draft)
    await rename(draft, dir.beforeOpen)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
  await syncFolder(dir.path)
}

/** Whoever opened the store has failed: it is again what it was. */
export async function putBack(dir: DataDir): Promise<void> {
  if (!(await exists(dir.beforeOpen))) return
  await rm(dir.store, { recursive: true, force: true })
  await rename(dir.beforeOpen, dir.store)
  await syncFolder(dir.path)
}

/** What was opened is sound. Durable before anything new is: or a power cut could put the old one back. */
export async function letGo(dir: DataDir): Promise<void> {
  const gone = goneOf(dir)
  await rename(dir.beforeOpen, gone)
  await syncFolder(dir.path)
  await rm(gone, { recursive: true })
}

const goneOf = (dir: DataDir): string => `${dir.beforeOpen}.gone`

/** Its lock belongs to whoever has it open. */
export async function copyStore(
  from: string,
  to: string,
  copy: (from: string, to: string) => Promise<void> = copyFile,
): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'LOCK') continue
    await copy(join(from, entry.name), join(to, entry.name))
  }
}

/** LevelDB never writes into a file that it finds, so that a link keeps it as well as a copy does. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch {
    // Not every file system knows links.
    await copyFile(from, to)
  }
}
