import { randomBytes } from 'node:crypto'
import { readFile, unlink } from 'node:fs/promises'
import { MeshError, badgeOf } from '@grapevine/core'
import type { BadgeChain, PeerId } from '@grapevine/core'
import { faultText, shown } from '../api/shown.js'
import { identityOf } from '../running/identity.js'
import type { Identity } from '../network/network.js'
import { checkSubject, formatBadge, linksOf, parseBadge } from './badge-text.js'
import { makeOwnBadge } from './join.js'
import { KeyFault, codeOf, readKeyFile, writeKeyFile, writeNew } from './key-file.js'
import { parseToken } from './token.js'

/** A person, a CI job, or the root of a mesh: somebody with a key of its own, whose will a release is. */
export interface Signer {
  readonly key: PeerId
  /** As on its badge. */
  readonly name: string
  /** Of its badge, root first; none: it is the root itself. */
  readonly links: readonly Uint8Array[]
  /** Ed25519 with its key. */
  sign(this: void, bytes: Uint8Array): Uint8Array
}

export interface SignerFile {
  /** The key; the root's too. The badge of anybody else lies beside it, as `<file>.badge`. */
  readonly file: string
  /** What the key is locked with. */
  readonly passphrase?: string | undefined
}

const rootName = 'root'

export const signerOf = (identity: Identity, name: string, chain?: BadgeChain): Signer => ({
  key: identity.peer,
  name,
  links: chain === undefined ? [] : linksOf(chain),
  sign: identity.sign,
})

/** Opens the key of a person; whether its badge is still good is judged where it is used. */
export async function openSigner(given: SignerFile): Promise<Signer> {
  const { file, passphrase } = checkFile(given)
  const identity = identityOf(await using(file, () => readKeyFile(file, passphrase)))
  const badgeFile = `${file}.badge`
  const text = await readFile(badgeFile, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw unusable(badgeFile, faultText(error))
  })
  if (text === undefined) return signerOf(identity, rootName)
  const what = `the badge in ${badgeFile}`
  const carried = parseBadge(what, text)
  checkSubject(what, carried, identity.peer)
  return signerOf(identity, badgeOf(carried.chain).name, carried.chain)
}

/** Makes a key and its badge for a person or a CI job: offline, and never over a file that is there. */
export async function joinAsSigner(
  given: SignerFile & {
    /** What a peer's `invite` answered. */
    readonly token: string
    /** What it is called in histories. */
    readonly name: string
  },
): Promise<Signer> {
  const { file, passphrase } = checkFile(given)
  const token = parseToken(given.token)
  const { identity, seed } = newIdentity()
  const { name } = given
  const chain = makeOwnBadge(token, { identity, name, labels: new Map(), nowMs: Date.now() })
  await writeKey(file, seed, passphrase)
  const badge = `${formatBadge({ genesis: token.genesis, chain })}\n`
  const isNew = await using(`${file}.badge`, () => writeNew(`${file}.badge`, badge))
  if (isNew) return signerOf(identity, name, chain)
  await unlink(file)
  throw taken(`${file}.badge`)
}

export function newIdentity(): { readonly identity: Identity; readonly seed: Uint8Array } {
  const seed = new Uint8Array(randomBytes(32))
  return { identity: identityOf(seed), seed }
}

/** Never over a file that is there. */
export async function writeKey(file: string, seed: Uint8Array, passphrase?: string): Promise<void> {
  if (!(await using(file, () => writeKeyFile(file, seed, passphrase)))) throw taken(file)
}

export function checkFile({ file, passphrase }: SignerFile): SignerFile {
  if (typeof file !== 'string' || file === '') throw invalid('file', file, 'the name of a file')
  if (passphrase === undefined || (typeof passphrase === 'string' && passphrase !== '')) {
    return { file, passphrase }
  }
  // Not even its type is shown: whatever it is, somebody meant it to be secret.
  throw new MeshError(
    'OPTION_INVALID',
    'the passphrase cannot be used: write a text, or leave it out',
  )
}

const invalid = (what: string, given: unknown, expected: string): MeshError =>
  new MeshError('OPTION_INVALID', `${what} ${shown(given)} cannot be used: write ${expected}`)

async function using<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof KeyFault) throw unusable(file, error.message, error.isLocked)
    throw unusable(file, `the system answers ${faultText(error)}`)
  }
}

const unusable = (file: string, why: string, isLocked = false): MeshError =>
  new MeshError('SIGNER_UNUSABLE', `the key file ${file} cannot be used: ${why}`, {
    file,
    isLocked,
  })

const taken = (file: string): MeshError =>
  unusable(file, 'something is there already, and is left as it is; name another file')
