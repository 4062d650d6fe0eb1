import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  randomBytes,
  scrypt,
} from 'node:crypto'
import type { KeyObject, ScryptOptions } from 'node:crypto'
import { constants } from 'node:fs'
import { link, mkdir, open, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asBytes, asCount, asList, decode, encode } from '@grapevine/core'
import { syncFolder } from '../store/data-dir.js'

/** Why a key file cannot be used: what follows its name. Never with anything that is in it. */
export class KeyFault extends Error {
  override readonly name = 'KeyFault'
  /** It needs a passphrase, and there is none: somebody could be asked for it. */
  readonly isLocked: boolean

  constructor(message: string, { isLocked = false } = {}) {
    super(message)
    this.isLocked = isLocked
  }
}

/** What stands before the 32 bytes of an Ed25519 seed in PKCS#8. */
const pkcs8Header = Buffer.from('302e020100300506032b657004220420', 'hex')

export const privateKeyOf = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8Header, seed]), format: 'der', type: 'pkcs8' })

/**
 * The 32 bytes that a key grows from. Only from a file that belongs to this user and that nobody else
 * can read, and not through a link: else somebody could put a key of his own in the place of ours.
 */
export async function readKeyFile(file: string, passphrase?: string): Promise<Uint8Array> {
  const pem = await readPrivate(file)
  const isLocked = pem.startsWith(lockedHeader)
  if (isLocked && passphrase === undefined) {
    throw new KeyFault('it is locked with a passphrase: pass `passphrase`', { isLocked: true })
  }
  try {
    if (isLocked) return await unlock(pem, passphrase ?? '')
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is ${key.asymmetricKeyType}`)
    return new Uint8Array(key.export({ format: 'der', type: 'pkcs8' }).subarray(-32))
  } catch {
    throw new KeyFault(
      isLocked
        ? 'the passphrase is another one, or the file is damaged'
        : 'it is not an Ed25519 key in PEM; put the right file back from a backup',
    )
  }
}

async function readPrivate(file: string): Promise<string> {
  const handle = await openItself(file)
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new KeyFault('it is no file')
    const { mode, uid } = stats
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new KeyFault(`others on this machine can read it; run: chmod 600 ${file}`)
    }
    if (process.geteuid !== undefined && ![process.geteuid(), 0].includes(uid)) {
      throw new KeyFault(
        `it belongs to another user of this machine; if it is yours, run: chown ${process.geteuid()} ${file}`,
      )
    }
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

async function openItself(file: string): Promise<FileHandle> {
  try {
    return await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (codeOf(error) !== 'ELOOP') throw error
    throw new KeyFault('it is a symbolic link: name the file itself')
  }
}

/** Whole or not at all, and never over anything that is there: false then. */
export async function writeKeyFile(
  file: string,
  seed: Uint8Array,
  passphrase?: string,
): Promise<boolean> {
  const pem =
    passphrase === undefined
      ? String(privateKeyOf(seed).export({ format: 'pem', type: 'pkcs8' }))
      : await lock(seed, passphrase)
  return writeNew(file, pem)
}

/** For its owner only; a link in its place is something that is there. */
export async function writeNew(file: string, content: string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await link(draft, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return false
  } finally {
    await unlink(draft)
  }
  // Else what is stored next could outlive the key it belongs to.
  await syncFolder(dirname(file))
  return true
}

export const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

const lockedHeader = '-----BEGIN GRAPEVINE LOCKED KEY-----'
const lockedFooter = '-----END GRAPEVINE LOCKED KEY-----'
const formatVersion = 1
/** A guess costs 128 MiB and some tenths of a second. */
const cost = { N: 2 ** 17, r: 8, p: 1 } as const
const tagBytes = 16

async function lock(seed: Uint8Array, passphrase: string): Promise<string> {
  const [salt, iv] = [randomBytes(16), randomBytes(12)]
  const cipher = createCipheriv('aes-256-gcm', await stretched(passphrase, salt, cost), iv)
  const sealed = Buffer.concat([cipher.update(seed), cipher.final(), cipher.getAuthTag()])
  const content = encode([formatVersion, cost.N, cost.r, cost.p, salt, iv, sealed])
  const lines =
    Buffer.from(content)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return [lockedHeader, ...lines, lockedFooter, ''].join('\n')
}

async function unlock(pem: string, passphrase: string): Promise<Uint8Array> {
  const [, body] = pem.split(/-----(?:BEGIN|END) GRAPEVINE LOCKED KEY-----/)
  const fields = asList(decode(new Uint8Array(Buffer.from(body ?? '', 'base64'))), 'key', 7)
  asCount(fields[0], 'format', formatVersion)
  const [N, r, p] = [1, 2, 3].map((at) => asCount(fields[at], 'cost', 2 ** 20)) as [
    number,
    number,
    number,
  ]
  const [salt, iv, sealed] = [4, 5, 6].map((at) => asBytes(fields[at], 'part')) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  const key = await stretched(passphrase, salt, { N, r, p })
  const decipher = createDecipheriv('aes-256-gcm', key, iv)
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  const seed = Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()])
  return new Uint8Array(seed)
}

const scryptBytesMax = 256 * 1024 * 1024

const stretched = (passphrase: string, salt: Uint8Array, by: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { ...by, maxmem: scryptBytesMax }
    scrypt(passphrase.normalize('NFKC'), salt, 32, options, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
