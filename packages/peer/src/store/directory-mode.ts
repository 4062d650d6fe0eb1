import { lstat } from 'node:fs/promises'
import { MeshError } from '@grapevine/core'

/**
 * What lies in the data directory of a closed mesh opens its doors: the directory belongs to this
 * user, nobody else can look into it, and nobody has put a link to somewhere else in its place.
 */
export async function checkDirectoryMode(path: string): Promise<void> {
  // Who may do what there, Windows says otherwise.
  if (process.platform === 'win32') return
  const found = await lstat(path)
  const { mode, uid } = found
  if (found.isSymbolicLink()) {
    throw open(path, 'it is a symbolic link: name the directory that it leads to')
  }
  if (process.geteuid !== undefined && ![process.geteuid(), 0].includes(uid)) {
    throw open(
      path,
      `it belongs to another user; if it is yours, run: chown -R ${process.geteuid()} ${path}`,
    )
  }
  if ((mode & 0o077) !== 0) {
    throw open(
      path,
      `others on this machine can look into it; run: chmod 700 ${path} (or, where it is not yours to change, name a new directory inside it)`,
    )
  }
}

/** Before the first write: where nothing is yet, it will be made as it should be. */
export async function checkDirectoryIfThere(path: string): Promise<void> {
  try {
    await checkDirectoryMode(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

const open = (path: string, why: string): MeshError =>
  new MeshError('DIRECTORY_OPEN', `the data directory ${path} cannot be used: ${why}`, {
    dataDir: path,
  })
