import { mkdir, lstat, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { MeshError } from '@grapevine/core'
import { endLeftovers, isRunning } from './leftovers.js'

/** Where everything of a lab lies: while it runs, and not a moment longer. */
export interface LabFolder {
  readonly path: string
  /** Where the lab is spoken to. */
  readonly socket: string
  /** Of a peer: its key, its records, and `api.sock`. */
  dataDir(this: void, name: string): string
  /** Where people see the lab: for whoever wants to start another one. */
  noteAddress(this: void, address: string): Promise<void>
  /** From now on this process belongs to the lab, and goes with it. */
  notePid(this: void, pid: number): Promise<void>
  forgetPid(this: void, pid: number): Promise<void>
  remove(this: void): Promise<void>
}

/** One for each user of the machine, so that commands find it. */
export const usualFolder = (temporary?: string): string => {
  const { uid, username } = userInfo()
  // An empty TMPDIR is none.
  return join(temporary || tmpdir(), `grapevine-lab-${uid < 0 ? username : uid}`)
}

export const socketIn = (folder: string): string => join(folder, 'lab.sock')
export const dataDirIn = (folder: string, name: string): string => join(folder, name)
const pidsIn = (folder: string): string => join(folder, 'pids')
const recordIn = (folder: string): string => join(folder, 'lab.json')

/**
 * Makes the folder of a new lab. What a lab left behind that was killed is cleared first; where one
 * lives, this one is refused.
 */
export async function claimFolder(path: string): Promise<LabFolder> {
  checkLength(path)
  while (!(await isMade(path))) {
    await checkOwner(path)
    if (await isLiving(path)) throw await refusal(path)
    await clear(path)
  }
  const note = async (address?: string): Promise<void> =>
    writeFile(recordIn(path), JSON.stringify({ pid: process.pid, address }))
  try {
    await note()
    await sweep(path)
    await mkdir(pidsIn(path), { mode: 0o700 })
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? await noRoom(path) : error
  }
  const pidFile = (pid: number): string => join(pidsIn(path), String(pid))
  return {
    path,
    socket: socketIn(path),
    dataDir: (name) => dataDirIn(path, name),
    noteAddress: note,
    notePid: async (pid) => writeFile(pidFile(pid), ''),
    forgetPid: async (pid) => rm(pidFile(pid), { force: true }),
    remove: async () => remove(path),
  }
}

/** What systems have room for in the path of a socket, and the longest that is made in the folder. */
const socketBytesMax = process.platform === 'linux' ? 107 : 103
const longestSocket = 'storefront-25/api.sock'

function checkLength(path: string): void {
  const bytes = Buffer.byteLength(join(path, longestSocket))
  if (bytes <= socketBytesMax || process.platform === 'win32') return
  throw new MeshError(
    'OPTION_INVALID',
    `the lab cannot keep its peers in ${path}: that is ${bytes - socketBytesMax} bytes too long for sockets in it; name a shorter folder, such as TMPDIR=/tmp`,
    { path },
  )
}

async function noRoom(path: string): Promise<MeshError> {
  await remove(path)
  return new MeshError(
    'STORE_FULL',
    `the lab cannot keep its peers in ${path}: there is no room left on that disk; make room, or name a folder on another one as TMPDIR`,
    { path },
  )
}

/** Whoever makes it has it. */
async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 })
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    throw new MeshError(
      'OPTION_INVALID',
      `the lab cannot keep its peers in ${path}: ${dirname(path)} is no folder; make it, or name another one as TMPDIR`,
      { path },
    )
  }
}

/** In a folder for all users of a machine anybody may have put something under this name. */
async function checkOwner(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  const own = process.getuid?.()
  const isOurs = found.isDirectory() && (own === undefined || found.uid === own)
  const isClosed = process.platform === 'win32' || (found.mode & 0o077) === 0
  if (isOurs && isClosed) return
  throw new MeshError(
    'DIRECTORY_OPEN',
    `the lab keeps its peers in ${path}, and that is not a folder of this user alone: look what it is, then remove it`,
    { path },
  )
}

interface LabRecord {
  readonly pid: number
  readonly address?: string
}

const recordOf = async (path: string): Promise<LabRecord | undefined> =>
  readFile(recordIn(path), 'utf8').then(
    (text) => JSON.parse(text) as LabRecord,
    () => undefined,
  )

/** From its folder to its first answer a lab needs less than this. */
const claimMsMax = 10_000

async function isLiving(path: string): Promise<boolean> {
  if (await isHeard(socketIn(path))) return true
  const made = await stat(path).catch(() => undefined)
  // A number can be another process's by now: only a young lab is believed by it.
  const isYoung = made !== undefined && Math.abs(Date.now() - made.ctimeMs) < claimMsMax
  if (!isYoung) return false
  const { pid } = (await recordOf(path)) ?? {}
  // Whoever has just made it has not signed it yet.
  return pid === undefined || (pid !== process.pid && isRunning(pid))
}

async function refusal(path: string): Promise<MeshError> {
  const { pid, address } = (await recordOf(path)) ?? {}
  const starts = pid === undefined ? 'it starts just now' : `process ${pid}`
  const where = address === undefined ? starts : `its page is ${address}`
  return new MeshError('STORE_LOCKED', `a lab of this user runs already: ${where}`, {
    path,
    address,
  })
}

/** Whether anybody listens there. */
export const isHeard = async (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = connect({ path: socket })
    const answer = (isThere: boolean) => (): void => {
      connection.destroy()
      resolve(isThere)
    }
    connection.once('connect', answer(true))
    connection.once('error', answer(false))
  })

async function clear(path: string): Promise<void> {
  const names = await readdir(pidsIn(path)).catch(() => [])
  await endLeftovers(names.map(Number), path)
  // Of two who clear it only one can rename it.
  const gone = `${path}.gone-${process.pid}`
  try {
    await rename(path, gone)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  await remove(gone)
}

/** What somebody who cleared it did not come to remove. */
async function sweep(path: string): Promise<void> {
  const begin = `${basename(path)}.gone-`
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(begin)) await remove(join(dirname(path), name)).catch(() => {})
  }
}

const remove = async (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 5 })
