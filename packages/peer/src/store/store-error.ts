import { MeshError } from '@grapevine/core'
import type { ErrorCode } from '@grapevine/core'

/** What the system says, in the words of both Node and LevelDB, and what that means for a user. */
const troubles: readonly {
  readonly code: ErrorCode
  readonly said: RegExp
  readonly why: string
  readonly advice: string
}[] = [
  {
    code: 'STORE_FULL',
    said: /ENOSPC|EDQUOT|No space left|Disk quota exceeded/,
    why: 'there is no room left on its disk',
    advice: 'make room, then try again',
  },
  {
    code: 'STORE_READ_ONLY',
    said: /EROFS|Read-only file system/,
    why: 'its file system is mounted read-only',
    advice: 'mount it writable, or use another directory',
  },
  {
    code: 'STORE_FORBIDDEN',
    said: /EACCES|EPERM|Permission denied|Operation not permitted/,
    why: 'this process may not read and write there',
    advice: 'run as its owner, or give it to this user with chown',
  },
  {
    code: 'STORE_FORMAT',
    said: /ENOTDIR|EEXIST|Not a directory/,
    why: 'it is not a directory',
    advice: 'name another one',
  },
]

/** Whatever was thrown while a store was opened, read or written, as something a user can act on. */
export function storeError(path: string, thrown: unknown): MeshError {
  if (thrown instanceof MeshError) return thrown
  return isDamage(thrown)
    ? corrupt(path, reasonOf(thrown))
    : diskError(`the store in ${path}`, thrown)
}

/** LevelDB cannot read what it finds, finds less of it (an invalid argument), or does not find it. */
export const isDamage = (thrown: unknown): boolean =>
  /^Corruption|Invalid argument|No such file or directory/.test(reasonOf(thrown))

/** The same for any other file: `what` says which. */
export function diskError(what: string, thrown: unknown): MeshError {
  if (thrown instanceof MeshError) return thrown
  const reason = reasonOf(thrown)
  const trouble = troubles.find(({ said }) => said.test(reason))
  const { code, why, advice } = trouble ?? {
    code: 'STORE_IO',
    why: reason,
    advice: 'look at the disk, then try again',
  }
  const user = code === 'STORE_FORBIDDEN' ? ` (as user ${process.geteuid?.() ?? 'unknown'})` : ''
  return new MeshError(code, `${what} cannot be used: ${why}${user}; ${advice}`, { reason })
}

/** LevelDB hides what it has to say one cause down. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const cause = thrown.cause
  return cause instanceof Error ? reasonOf(cause) : thrown.message
}

/** To be copied as it is. */
const repairCommand = (path: string): string =>
  `grapevine repair --data-dir ${/^[\w./-]+$/.test(path) ? path : JSON.stringify(path)}`

export const corrupt = (path: string, why: string): MeshError =>
  new MeshError(
    'STORE_CORRUPT',
    `the store in ${path} is damaged: ${why}; it is left as it was found. ` +
      `Run: ${repairCommand(path)}`,
    { dataDir: path, reason: why },
  )

export const misfit = (path: string, why: string): MeshError =>
  new MeshError('STORE_FORMAT', `the directory ${path} cannot be used: ${why}`, { dataDir: path })

export const closed = (path: string): MeshError =>
  new MeshError('PEER_CLOSED', `the store in ${path} was closed: open it again`, { dataDir: path })
