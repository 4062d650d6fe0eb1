import {
  createPrivateKey,
  createPublicKey,
  hash,
  randomBytes,
  sign as signWith,
  verify as verifyWith,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MeshError } from '@grapevine/core'
import type { Crypto, PeerId } from '@grapevine/core'
import type { Identity } from '../network/network.js'
import { faultText } from '../api/shown.js'
import { syncFolder } from '../store/data-dir.js'

const fileName = 'identity.pem'
/** What stands before the 32 bytes of a seed or a public key in PKCS#8 and SPKI. */
const pkcs8Header = Buffer.from('302e020100300506032b657004220420', 'hex')
const spkiHeader = Buffer.from('302a300506032b6570032100', 'hex')

export function identityOf(seed: Uint8Array): Identity {
  const der = Buffer.concat([pkcs8Header, seed])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  return {
    peer: raw.toString('hex') as PeerId,
    seed,
    sign: (bytes) => signWith(null, bytes, key),
  }
}

/** The key in the data directory; a new one where there is none, unless `mustBeThere`. */
export async function openIdentity(dataDir: string, mustBeThere: boolean): Promise<Identity> {
  const file = join(dataDir, fileName)
  try {
    return identityOf(await seedIn(file, mustBeThere))
  } catch (error) {
    if (error instanceof MeshError) throw error
    throw unusable(file, `the system answers ${faultText(error)}`)
  }
}

async function seedIn(file: string, mustBeThere: boolean): Promise<Uint8Array> {
  try {
    return await readSeed(file)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  if (mustBeThere) {
    throw unusable(
      file,
      'it is missing, and the records beside it belong to it; put it back from a backup, or move the rest away to begin anew',
    )
  }
  await writeSeed(file, randomBytes(32))
  // Somebody else may have been first.
  return readSeed(file)
}

async function readSeed(file: string): Promise<Uint8Array> {
  const pem = await readFile(file, 'utf8')
  const { mode } = await stat(file)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw unusable(file, `others on this machine can read it; run: chmod 600 ${file}`)
  }
  let der: Buffer
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is ${key.asymmetricKeyType}`)
    der = key.export({ format: 'der', type: 'pkcs8' })
  } catch {
    throw unusable(file, 'it is not an Ed25519 key in PEM; put the right file back from a backup')
  }
  return new Uint8Array(der.subarray(-32))
}

/** Whole or not at all, and never over a key that is there. */
async function writeSeed(file: string, seed: Uint8Array): Promise<void> {
  const der = Buffer.concat([pkcs8Header, seed])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(key.export({ format: 'pem', type: 'pkcs8' }))
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await link(draft, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await unlink(draft)
  }
  // Else what is stored next could outlive the key it belongs to.
  await syncFolder(dirname(file))
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

const unusable = (file: string, why: string): MeshError =>
  new MeshError('IDENTITY_UNUSABLE', `the key file ${file} cannot be used: ${why}`, { file })

/** Public keys are parsed once; outsiders can name keys without end, so they are forgotten at times. */
const parsedMax = 10_000

/** What the replica asks of the machine: hashing, signing and chance. */
export function cryptoOf(identity: Identity): Crypto {
  const parsed = new Map<PeerId, KeyObject>()
  function publicKey(peer: PeerId): KeyObject {
    let key = parsed.get(peer)
    if (key === undefined) {
      const der = Buffer.concat([spkiHeader, Buffer.from(peer, 'hex')])
      key = createPublicKey({ key: der, format: 'der', type: 'spki' })
      if (parsed.size >= parsedMax) parsed.clear()
      parsed.set(peer, key)
    }
    return key
  }
  return {
    hash: (bytes) => hash('sha256', bytes, 'buffer'),
    sign: identity.sign,
    verify: (peer, bytes, signature) => verifyWith(null, bytes, publicKey(peer), signature),
    random: (count) => randomBytes(count),
  }
}
