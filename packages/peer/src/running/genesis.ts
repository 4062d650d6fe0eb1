import { createHash } from 'node:crypto'
import { MeshError } from '@grapevine/core'
import type { MeshRules, PeerId, Records } from '@grapevine/core'
import { decode, encode } from '@ipld/dag-cbor'
import { fromString } from 'uint8arrays/from-string'
import { shown } from '../api/shown.js'
import type { Transaction } from '../store/store.js'

/** What all members of a mesh agree on from its first day; its hash is inside every signature. */
export type Genesis = OpenGenesis | ClosedGenesis

/** Whoever knows its name belongs to it: for one machine, and for tests. */
interface OpenGenesis {
  readonly name: string
  /** Who may cut and seal. A mesh without admins gives up revocation, and needs no seals. */
  readonly admins: readonly PeerId[]
}

/** Nobody gets in, and nobody writes, but by a badge that stands on the key of its root. */
export interface ClosedGenesis {
  readonly name: string
  readonly root: PeerId
}

export const isClosed = (genesis: Genesis): genesis is ClosedGenesis => 'root' in genesis

const recordName = 'peer/mesh'
const nameForm = /^[a-z0-9][a-z0-9._-]{0,62}$/
const peerForm = /^[0-9a-f]{64}$/

/** Reads what a user writes: a name, or a name with admins. */
export function genesisOf(
  given: string | { readonly name: string; readonly admins?: readonly string[] },
): OpenGenesis {
  if (typeof given !== 'string' && (typeof given !== 'object' || (given as unknown) === null)) {
    throw invalid(`mesh ${shown(given)} cannot be used: write its name, or { name, admins }`)
  }
  const { name, admins = [] } = typeof given === 'string' ? { name: given } : given
  return { name: checkMeshName(name), admins: [...new Set(adminsOf(admins))].sort() }
}

export const isMeshName = (name: unknown): name is string =>
  typeof name === 'string' && nameForm.test(name)

export function checkMeshName(name: unknown): string {
  // Whoever mistook the option must not find his token in a log.
  if (typeof name === 'string' && name.trimStart().startsWith('gv1.')) {
    throw invalid('the name of the mesh is a token: pass it as `join`')
  }
  if (isMeshName(name)) return name
  throw invalid(`mesh name ${shown(name)} cannot be used: write 1 to 63 of a-z 0-9 . _ -`)
}

function adminsOf(given: unknown): readonly PeerId[] {
  if (!Array.isArray(given)) throw invalid(`admins ${shown(given)} is no list of peer ids`)
  for (const admin of given as readonly unknown[]) {
    if (isPeerId(admin)) continue
    throw invalid(`admin ${shown(admin)} is no peer id: those are 64 hex digits`)
  }
  return given as readonly PeerId[]
}

export const isPeerId = (given: unknown): given is PeerId =>
  typeof given === 'string' && peerForm.test(given)

/** The mesh this store belongs to, held against the one that was asked for. */
export function settleGenesis(records: Records, asked: Genesis | undefined): Genesis {
  const stored = records.get(recordName)
  if (stored === undefined) {
    if (asked !== undefined) return asked
    throw invalid(
      'this data directory belongs to no mesh yet: pass `join`, a token of the mesh, or `mesh`, the name of an open one',
    )
  }
  const held = decodeGenesis(stored)
  if (asked !== undefined && !Buffer.from(encodeGenesis(asked)).equals(stored)) {
    throw new MeshError(
      'MESH_MISMATCH',
      `this data directory belongs to ${inWords(held)}, not to ${inWords(asked)}: use another directory, or leave ${isClosed(asked) ? '`join`' : '`mesh`'} out`,
      { held: held.name, asked: asked.name },
    )
  }
  return held
}

/** Whether a store belongs to some mesh already. */
export const hasGenesis = (records: Records): boolean => records.has(recordName)

export const genesisRecord = (genesis: Genesis): Transaction =>
  new Map([[recordName, encodeGenesis(genesis)]])

const encodeGenesis = (genesis: Genesis): Uint8Array =>
  encode([
    genesis.name,
    isClosed(genesis)
      ? Buffer.from(genesis.root, 'hex')
      : genesis.admins.map((admin) => Buffer.from(admin, 'hex')),
  ])

function decodeGenesis(bytes: Uint8Array): Genesis {
  const [name, keys] = decode<[string, Uint8Array | Uint8Array[]]>(bytes)
  return keys instanceof Uint8Array
    ? { name, root: peerIdOf(keys) }
    : { name, admins: keys.map(peerIdOf) }
}

const peerIdOf = (bytes: Uint8Array): PeerId => Buffer.from(bytes).toString('hex') as PeerId

export const rulesOf = (genesis: Genesis): MeshRules => {
  const id = createHash('sha256')
    .update(fromString(`grapevine/genesis/${isClosed(genesis) ? 2 : 1}\n`))
    .update(encodeGenesis(genesis))
    .digest()
  if (isClosed(genesis)) {
    return { id, admins: new Set([genesis.root]), revocable: true, closed: true }
  }
  return { id, admins: new Set(genesis.admins), revocable: genesis.admins.length > 0 }
}

function inWords(genesis: Genesis): string {
  if (isClosed(genesis))
    return `the closed mesh ${genesis.name} of root ${genesis.root.slice(0, 8)}`
  const { name, admins } = genesis
  const count = admins.length
  return `mesh ${name}${count === 0 ? '' : ` with ${count} admin${count === 1 ? '' : 's'}`}`
}

const invalid = (text: string): MeshError => new MeshError('OPTION_INVALID', text)
