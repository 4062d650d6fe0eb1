import { once } from 'node:events'
import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Server } from 'node:net'
import { dirname } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { MeshError } from '@grapevine/core'

/** What the system has room for; a longer path would silently be cut, and name something else. */
const pathBytesMax = process.platform === 'linux' ? 107 : 103

/**
 * Listens on a UNIX socket that only its owner can open. A socket that a dead process left behind is
 * replaced; one that is answered is refused, and whatever is no socket stays as it is.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  checkPath(path)
  await checkFolder(path)
  await removeStale(path)
  const listening = once(server, 'listening').catch((error: unknown) => {
    throw cannot(path, reasonOf(error))
  })
  withOwnerOnly(() => {
    // In a cluster the first process would do this, with its own mask.
    server.listen({ path, exclusive: true })
    if (server.listening) chmodSync(path, 0o600)
  })
  await listening
}

function checkPath(path: string): void {
  if (path === '' || path.includes('\0')) throw cannot(path, 'name a path in the file system')
  const bytes = Buffer.byteLength(path)
  if (bytes <= pathBytesMax) return
  throw cannot(
    path,
    `its path has ${bytes} bytes, and the system takes ${pathBytesMax}: name a shorter one with --socket, or as \`socket\``,
  )
}

/** Where others may rename and remove, they could put a socket of their own in the place of ours. */
async function checkFolder(path: string): Promise<void> {
  const folder = dirname(path)
  const { mode } = await lstat(folder).catch((error: unknown) => {
    throw cannot(path, reasonOf(error))
  })
  const isOpen = (mode & 0o022) !== 0 && (mode & 0o1000) === 0
  if (!isOpen || process.platform === 'win32') return
  throw new MeshError(
    'DIRECTORY_OPEN',
    `cannot listen on ${path}: others on this machine could put a socket of their own there; run: chmod 700 ${folder}`,
    { listen: path },
  )
}

async function removeStale(path: string): Promise<void> {
  const found = statOf(path)
  if (found === undefined) return
  if (!found.isSocket()) {
    throw cannot(path, 'something is there that is no socket; it stays as it is: name another path')
  }
  const answer = await answerOf(path)
  if (answer === 'gone') return
  if (answer !== 'dead') throw cannot(path, answer)
  // Somebody else may have replaced it meanwhile: that one is not ours to remove.
  const still = statOf(path)
  if (still?.ino === found.ino && still.birthtimeNs === found.birthtimeNs) unlinkSync(path)
}

const statOf = (path: string): BigIntStats | undefined =>
  lstatSync(path, { bigint: true, throwIfNoEntry: false })

/** Whether anybody listens behind a socket; or why it must be left alone. */
async function answerOf(path: string): Promise<string> {
  const socket = connect({ path })
  try {
    await once(socket, 'connect')
    return 'a running process answers there: stop it first, or name another path'
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ECONNREFUSED') return 'dead'
    return code === 'ENOENT' ? 'gone' : `nobody can tell whether it is in use (${code})`
  } finally {
    socket.destroy()
  }
}

/** The socket is made within this call: nobody else can open it, not even for a moment. */
function withOwnerOnly(listen: () => void): void {
  // A worker shares the mask of its process, and may not change it.
  if (!isMainThread) return listen()
  const mask = process.umask(0o177)
  try {
    listen()
  } finally {
    process.umask(mask)
  }
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'something was put there just now: look who else uses this path'],
  ['EACCES', 'this user may not make files there (EACCES)'],
  ['ENOENT', 'its directory is missing: make it first, with mode 700'],
])

const reasonOf = (error: unknown): string =>
  reasons.get(codeOf(error)) ?? `the system answers ${codeOf(error)}`

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

const cannot = (path: string, why: string): MeshError =>
  new MeshError('LISTEN_FAILED', `cannot listen on ${path}: ${why}`, { listen: path })
