import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, unlink } from 'node:fs/promises'
import { MeshError } from '@grapevine/core'

const tokenBytes = 32
const form = /^[\w-]{43,128}$/
/** Whoever opened a pipe otherwise would wait until somebody writes into it. */
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * What a caller over TCP shows: whoever can read this file may do what its owner may. It is made when
 * it is missing, and read from nothing but a file that nobody else can read or could have put there.
 */
export async function tokenFrom(file: string): Promise<string> {
  const found = await readToken(file)
  if (found !== undefined) return found
  await makeToken(file)
  const made = await readToken(file)
  if (made === undefined) throw unusable(file, 'it was removed while it was being made; try again')
  return made
}

async function readToken(file: string): Promise<string | undefined> {
  const handle = await open(file, readOnly).catch((error: unknown) => {
    const code = codeOf(error)
    if (code === 'ENOENT') return undefined
    if (code === 'ELOOP') throw unusable(file, 'it is a symbolic link: name the file itself')
    throw unusable(file, `the system answers ${code}`)
  })
  if (handle === undefined) return undefined
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw unusable(file, 'it is no file: name another one')
    const isMine = process.geteuid === undefined || [process.geteuid(), 0].includes(stat.uid)
    if (!isMine) throw unusable(file, 'it belongs to another user of this machine')
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
      throw unusable(
        file,
        `others on this machine may have read it: remove it, and a new one is made; or, if nobody has, run: chmod 600 ${file}`,
      )
    }
    const token = (await handle.readFile('utf8')).trim()
    if (form.test(token)) return token
    throw unusable(file, 'what is in it is no token: remove it, and a new one is made')
  } finally {
    await handle.close()
  }
}

/** Whole or not at all, and never over anything that is there. */
async function makeToken(file: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(`${randomBytes(tokenBytes).toString('base64url')}\n`)
      await handle.sync()
      await link(draft, file)
    } finally {
      await handle.close()
      await unlink(draft)
    }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return
    throw unusable(file, `it cannot be made: the system answers ${code}`)
  }
}

/** Says whether a text is the token, in a time that tells nothing about either. */
export function tokenCheck(token: string): (shown: string) => boolean {
  const digest = digestOf(token)
  return (shown) => timingSafeEqual(digestOf(shown), digest)
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

const unusable = (file: string, why: string): MeshError =>
  new MeshError('API_TOKEN_UNUSABLE', `the token file ${file} cannot be used: ${why}`, { file })
