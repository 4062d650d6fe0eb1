import { randomBytes } from 'node:crypto'
import { unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { MeshError, openMesh } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import { checkMeshName, genesisRecord, hasGenesis, rulesOf } from '../running/genesis.js'
import type { ClosedGenesis } from '../running/genesis.js'
import { cryptoOf, openIdentity } from '../running/identity.js'
import type { Identity } from '../network/network.js'
import { checkLabel } from '../options.js'
import { shown } from '../api/shown.js'
import { ensureAgeIdentity } from '../secrets/identity.js'
import { checkDirectoryIfThere, checkDirectoryMode } from '../store/directory-mode.js'
import { levelStore } from '../store/level-store.js'
import type { Transaction } from '../store/store.js'
import { beginOf, issueBadge } from './issue-badge.js'
import { firstRing, signRotation } from './network-keys.js'
import { ageLabel, badgeRecord } from './own-badge.js'
import { checkFile, newIdentity, signerOf, writeKey } from './signer.js'

export interface FoundOptions {
  /** Of the mesh: 1 to 63 of a-z 0-9 . _ - */
  readonly name: string
  /** Where the first peer will live. */
  readonly dataDir: string
  /**
   * Where the key of the root is written: never over a file that is there. It appoints admins, seals,
   * and is needed when an admin went bad; no peer needs it to run, so keep it somewhere safe.
   */
  readonly rootKeyFile: string
  /** Locks the key of the root. */
  readonly passphrase?: string | undefined
  /** Of the first peer; the default is the host's name. */
  readonly peerName?: string | undefined
}

export interface Founded {
  readonly mesh: string
  /** What stands for the mesh inside every signature: the hash of its name and root. */
  readonly id: string
  readonly root: PeerId
  /** The first peer: for a year an admin of everything. */
  readonly peer: PeerId
}

/** Makes a closed mesh: the key that everything stands on, and a first peer, to be opened next. */
export async function foundMesh(options: FoundOptions): Promise<Founded> {
  const name = checkMeshName(options.name)
  const peerName = checkLabel('peerName', options.peerName ?? hostname())
  const { dataDir } = options
  if (typeof dataDir !== 'string' || dataDir === '') {
    throw new MeshError('OPTION_INVALID', `dataDir ${shown(dataDir)} is no directory: name one`)
  }
  const { file, passphrase } = checkFile({
    file: options.rootKeyFile,
    passphrase: options.passphrase,
  })
  const path = resolve(dataDir)
  await checkDirectoryIfThere(path)
  const store = await levelStore(path)
  try {
    await checkDirectoryMode(path)
    const records = await store.load()
    if (hasGenesis(records)) {
      throw new MeshError(
        'MESH_MISMATCH',
        `the data directory ${path} belongs to a mesh already: use another one`,
      )
    }
    const identity = await openIdentity(path, records.size > 0)
    const root = newIdentity()
    const genesis = { name, root: root.identity.peer }
    const first = foundingRecords({ genesis, root: root.identity, identity, name: peerName })
    await writeKey(file, root.seed, passphrase)
    try {
      await store.append(first)
    } catch (error) {
      await unlink(file)
      throw error
    }
    const id = Buffer.from(rulesOf(genesis).id).toString('hex')
    return { mesh: name, id, root: genesis.root, peer: identity.peer }
  } finally {
    await store.close()
  }
}

interface Founding {
  readonly genesis: ClosedGenesis
  readonly root: Identity
  readonly identity: Identity
  /** Of the first peer. */
  readonly name: string
  readonly nowMs?: number | undefined
}

const founderMs = 365 * 24 * 3_600_000

/** What the first peer begins with. */
export function foundingRecords(founding: Founding): Transaction {
  const { genesis, root, identity, name, nowMs = Date.now() } = founding
  const mesh = openMesh(rulesOf(genesis), cryptoOf(identity))
  const signer = signerOf(root, 'root')
  const noted: Transaction[] = []
  const { recipient } = ensureAgeIdentity(new Map(), (transaction) => noted.push(transaction))
  const badge = issueBadge(mesh, signer, {
    subject: identity.peer,
    name,
    labels: new Map([[ageLabel, recipient]]),
    grants: [{ prefix: '', can: 'admin' }],
    notBefore: beginOf(nowMs),
    notAfter: nowMs + founderMs,
  })
  const secret = new Uint8Array(randomBytes(32))
  const frame = signRotation(mesh, signer, { number: 1, secret, atMs: nowMs, keepOldMs: 0 })
  return new Map([
    ...noted.flatMap((one) => [...one]),
    ...genesisRecord(genesis),
    ...badgeRecord(badge),
    ...firstRing(1, secret, frame),
  ])
}
