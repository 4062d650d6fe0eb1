import {
  createPublicKey,
  hash,
  randomBytes,
  sign as signWith,
  verify as verifyWith,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { MeshError } from '@grapevine/core'
import type { Crypto, PeerId } from '@grapevine/core'
import type { Identity } from '../network/network.js'
import { faultText } from '../api/shown.js'
import { KeyFault, codeOf, privateKeyOf, readKeyFile, writeKeyFile } from '../trust/key-file.js'

const fileName = 'identity.pem'
/** What stands before the 32 bytes of a public key in SPKI. */
const spkiHeader = Buffer.from('302a300506032b6570032100', 'hex')

export function identityOf(seed: Uint8Array): Identity {
  const key = privateKeyOf(seed)
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
    throw unusable(
      file,
      error instanceof KeyFault ? error.message : `the system answers ${faultText(error)}`,
    )
  }
}

async function seedIn(file: string, mustBeThere: boolean): Promise<Uint8Array> {
  try {
    return await readKeyFile(file)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  if (mustBeThere) {
    throw unusable(
      file,
      'it is missing, and the records beside it belong to it; put it back from a backup, or move the rest away to begin anew',
    )
  }
  await writeKeyFile(file, randomBytes(32))
  // Somebody else may have been first.
  return readKeyFile(file)
}

const unusable = (file: string, why: string): MeshError =>
  new MeshError('IDENTITY_UNUSABLE', `the key file ${file} cannot be used: ${why}`, { file })

/** Public keys are parsed once; outsiders can name keys without end, so they are forgotten at times. */
const parsedMax = 10_000

/** What the replica asks of the machine: hashing, signing and chance. */
export const cryptoOf = (identity: Pick<Identity, 'sign'>): Crypto => ({
  ...openVerifier(),
  sign: identity.sign,
  random: (count) => randomBytes(count),
})

/** For whoever has no key at hand, and only wants to know what others have signed. */
export const checkOnly: Crypto = {
  ...openVerifier(),
  sign() {
    throw new Error('there is no key to sign with')
  },
  random: (count) => randomBytes(count),
}

function openVerifier(): Pick<Crypto, 'hash' | 'verify'> {
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
    verify: (peer, bytes, signature) => verifyWith(null, bytes, publicKey(peer), signature),
  }
}
