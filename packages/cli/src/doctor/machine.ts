import { randomBytes } from 'node:crypto'
import { lstat, open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { geteuid, versions } from 'node:process'
import { ill, well } from './finding.js'
import type { Finding } from './finding.js'

/** What can be seen of the machine and of a folder without opening the peer in it. */
export async function examineMachine(dataDir: string): Promise<readonly Finding[]> {
  const folder = await examineFolder(dataDir)
  const isUsable = folder.every(({ is }) => is !== 'fail')
  return [
    examineNode(versions.node),
    ...folder,
    ...(isUsable ? [await examineRoom(dataDir), await examineSync(dataDir)] : []),
  ]
}

/** The oldest that we test. */
const oldest = [20, 19] as const

export function examineNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1])
  return isOld
    ? ill('fail', 'node', `Node ${version} is too old`, `install Node ${oldest.join('.')} or newer`)
    : well('node', `Node ${version}`)
}

async function examineFolder(dataDir: string): Promise<readonly Finding[]> {
  const folder = await lstat(dataDir).catch(() => undefined)
  if (folder === undefined) {
    return [
      ill(
        'fail',
        'folder',
        `${dataDir} is not there`,
        'name another one with --data-dir, or make a peer: grapevine init, grapevine join',
      ),
    ]
  }
  if (!folder.isDirectory()) {
    const what = folder.isSymbolicLink() ? 'a symbolic link' : 'no folder'
    return [
      ill('fail', 'folder', `${dataDir} is ${what}`, 'name the folder itself with --data-dir'),
    ]
  }
  return [
    ownedOnly('folder', dataDir, folder, 0o700),
    ...(
      await Promise.all(
        ['identity.pem', 'api.token'].map(async (name) => examineKey(join(dataDir, name))),
      )
    ).flat(),
  ]
}

async function examineKey(file: string): Promise<readonly Finding[]> {
  const found = await lstat(file).catch(() => undefined)
  if (found !== undefined) return [ownedOnly('key', file, found, 0o600)]
  return file.endsWith('identity.pem')
    ? [
        ill(
          'fail',
          'key',
          `${file} is missing: no peer is here`,
          'put it back from a backup, or make a peer: grapevine init, grapevine join',
        ),
      ]
    : []
}

interface Found {
  readonly mode: number
  readonly uid: number
}

/** Whoever else can read it can speak as this peer. */
function ownedOnly(check: string, path: string, { mode, uid }: Found, wanted: number): Finding {
  const user = geteuid?.()
  // Who may do what there, Windows says otherwise.
  if (user === undefined) return well(check, path)
  if (uid !== user && user !== 0) {
    return ill(
      'fail',
      check,
      `${path} belongs to user ${uid}, and this is user ${user}`,
      `run as its owner, or: chown -R ${user} ${path}`,
    )
  }
  if ((mode & 0o077) !== 0) {
    const shown = (mode & 0o777).toString(8)
    return ill(
      'fail',
      check,
      `${path} is open to others (${shown})`,
      `chmod ${wanted.toString(8)} ${path}`,
    )
  }
  return well(check, `${path} is its owner's alone`)
}

const mebibyte = 1024 * 1024
const roomFail = 64 * mebibyte
const roomWarn = 1024 * mebibyte

async function examineRoom(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dataDir)
  return judgeRoom(bavail * bsize)
}

/** A full disk stops writes, and only those. */
export function judgeRoom(bytes: number): Finding {
  const says = `${Math.floor(bytes / mebibyte).toLocaleString('en')} MiB are free on its disk`
  if (bytes < roomFail) return ill('fail', 'room', says, 'make room: writes stop when it is full')
  if (bytes < roomWarn) return ill('warn', 'room', says, 'make room before it is full')
  return well('room', says)
}

const syncs = 5
const slowMs = 100

/** Nothing is acknowledged before it is synced: a disk that takes long makes every write wait. */
async function examineSync(dataDir: string): Promise<Finding> {
  const file = join(dataDir, `draft.doctor-${randomBytes(4).toString('hex')}`)
  try {
    const handle = await open(file, 'wx', 0o600)
    const took: number[] = []
    try {
      for (let count = 0; count < syncs; count++) {
        const begin = performance.now()
        await handle.write(Buffer.alloc(4096, count))
        await handle.sync()
        took.push(performance.now() - begin)
      }
    } finally {
      await handle.close()
      await rm(file, { force: true })
    }
    return judgeSync(took.sort((a, b) => a - b)[Math.floor(syncs / 2)] ?? 0)
  } catch (error) {
    return ill(
      'fail',
      'fsync',
      `nothing can be written there: ${(error as Error).message}`,
      'look at the disk (dmesg), and whether it is mounted writable',
    )
  }
}

export function judgeSync(ms: number): Finding {
  const says = `what is written is on the disk after ${ms.toFixed(1)} ms`
  return ms < slowMs
    ? well('fsync', says)
    : ill('warn', 'fsync', says, 'every write waits for that: give the folder a faster disk')
}
