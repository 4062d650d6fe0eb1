import { constants } from 'node:fs'
import { access, mkdir, open, readFile, readdir, realpath, rename } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'

/**
 * What lies in a data directory. `store` is the database; all else is what it cannot say of itself.
 *
 *     identity.pem     the peer's key; not this store's business, but it goes into backups
 *     store/           the records, in LevelDB
 *     tail             up to which transaction this store was durable
 *     place            where this directory was when its replica id was taken; or why to doubt it
 *     lock/, pid       who has it open
 *     before-open/     the store as it was, while it is being opened
 *     draft/           a store that is being made
 *     store.broken-*   what a repair has moved aside
 *     api.sock, .token the doors of the local API: the socket, and the key to the one on TCP
 */
export interface DataDir {
  /** Resolved, so that one directory has one name. */
  readonly path: string
  readonly identity: string
  readonly store: string
  readonly tail: string
  readonly place: string
  readonly lock: string
  readonly pid: string
  readonly beforeOpen: string
  readonly draft: string
}

const dataDirAt = (path: string): DataDir => ({
  path,
  identity: join(path, 'identity.pem'),
  store: join(path, 'store'),
  tail: join(path, 'tail'),
  place: join(path, 'place'),
  lock: join(path, 'lock'),
  pid: join(path, 'pid'),
  beforeOpen: join(path, 'before-open'),
  draft: join(path, 'draft'),
})

/** Makes the directory where it is missing, for its owner only. */
export async function makeDataDir(path: string): Promise<DataDir> {
  await makeFolder(path)
  return findDataDir(path)
}

/** Says why it cannot; `recursive` says for all reasons that something is not there. */
async function makeFolder(path: string): Promise<void> {
  const make = (): Promise<void> =>
    mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
      if (!isCoded(error, 'EEXIST')) throw error
    })
  try {
    await make()
  } catch (error) {
    if (!isCoded(error, 'ENOENT') || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await make()
  }
}

export const findDataDir = async (path: string): Promise<DataDir> => dataDirAt(await realpath(path))

const ours =
  /^(?:identity\.pem.*|api\.(?:sock|token).*|(?:store|tail|place|lock|pid|before-open|draft)(?:[.-].*)?)$/
/** Stands at the top of every file system of some kinds. */
const ofTheSystem = new Set(['lost+found'])

/** What is in the directory that no peer has put there. */
export async function strangersIn({ path }: DataDir): Promise<readonly string[]> {
  return (await readdir(path)).filter((name) => !ours.test(name) && !ofTheSystem.has(name)).sort()
}

/**
 * A symbolic link where this store reads and writes: nobody but somebody else puts one there. That of
 * the key is looked at where the key is read.
 */
export async function linkIn({ path }: DataDir): Promise<string | undefined> {
  const found = await readdir(path, { recursive: true, withFileTypes: true })
  return found
    .filter((one) => one.isSymbolicLink())
    .map(({ parentPath, name }) => relative(path, join(parentPath, name)))
    .find((name) => ours.test(name.split(sep)[0]!) && !name.startsWith('identity.pem'))
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path, constants.F_OK)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const isMissing = (error: unknown): boolean => isCoded(error, 'ENOENT')

const isCoded = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/** The names in a folder are durable: what was made, renamed or removed there stays so. */
export async function syncFolder(path: string): Promise<void> {
  // Windows has no such thing, and does not need it.
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Afterwards the file is there whole and durable; or, whatever happens, as it was before. */
export async function writeWhole(file: string, content: string): Promise<void> {
  const draft = `${file}.new`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
  await syncFolder(dirname(file))
}
