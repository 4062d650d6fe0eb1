import { createHash } from 'node:crypto'
import { MeshError } from '@grapevine/core'
import type { MeshRules, PeerId, Records } from '@grapevine/core'
import { decode, encode } from '@ipld/dag-cbor'
import { fromString } from 'uint8arrays/from-string'
import { shown } from '../api/shown.js'
import type { Transaction } from '../store/store.js'

/** What all members of a mesh agree on from its first day; its hash is inside every signature. */
export interface Genesis {
  readonly name: string
  /** Who may cut and seal. A mesh without admins gives up revocation, and needs no seals. */
  readonly admins: readonly PeerId[]
}

const recordName = 'peer/mesh'
const nameForm = /^[a-z0-9][a-z0-9._-]{0,62}$/
const peerForm = /^[0-9a-f]{64}$/

/** Reads what a user writes: a name, or a name with admins. */
export function genesisOf(
  given: string | { readonly name: string; readonly admins?: readonly string[] },
): Genesis {
  if (typeof given !== 'string' && (typeof given !== 'object' || (given as unknown) === null)) {
    throw invalid(`mesh ${shown(given)} cannot be used: write its name, or { name, admins }`)
  }
  const { name, admins = [] } = typeof given === 'string' ? { name: given } : given
  if (typeof name !== 'string' || !nameForm.test(name)) {
    throw invalid(`mesh name ${shown(name)} cannot be used: write 1 to 63 of a-z 0-9 . _ -`)
  }
  return { name, admins: [...new Set(adminsOf(admins))].sort() }
}

function adminsOf(given: unknown): readonly PeerId[] {
  if (!Array.isArray(given)) throw invalid(`admins ${shown(given)} is no list of peer ids`)
  for (const admin of given as readonly unknown[]) {
    if (typeof admin === 'string' && peerForm.test(admin)) continue
    throw invalid(`admin ${shown(admin)} is no peer id: those are 64 hex digits`)
  }
  return given as readonly PeerId[]
}

/** The mesh this store belongs to, held against the one that was asked for. */
export function settleGenesis(records: Records, asked: Genesis | undefined): Genesis {
  const stored = records.get(recordName)
  if (stored === undefined) {
    if (asked !== undefined) return asked
    throw invalid('this data directory belongs to no mesh yet: pass `mesh`, the name of one')
  }
  const [name, admins] = decode<[string, Uint8Array[]]>(stored)
  const held = { name, admins: admins.map((admin) => Buffer.from(admin).toString('hex') as PeerId) }
  if (asked !== undefined && !Buffer.from(encodeGenesis(asked)).equals(stored)) {
    throw new MeshError(
      'MESH_MISMATCH',
      `this data directory belongs to ${inWords(held)}, not to ${inWords(asked)}: use another directory, or leave \`mesh\` out`,
      { held: held.name, asked: asked.name },
    )
  }
  return held
}

export const genesisRecord = (genesis: Genesis): Transaction =>
  new Map([[recordName, encodeGenesis(genesis)]])

const encodeGenesis = ({ name, admins }: Genesis): Uint8Array =>
  encode([name, admins.map((admin) => Buffer.from(admin, 'hex'))])

export const rulesOf = (genesis: Genesis): MeshRules => ({
  id: createHash('sha256')
    .update(fromString('grapevine/genesis/1\n'))
    .update(encodeGenesis(genesis))
    .digest(),
  admins: new Set(genesis.admins),
  revocable: genesis.admins.length > 0,
})

const inWords = ({ name, admins }: Genesis): string =>
  `mesh ${name}${admins.length === 0 ? '' : ` with ${admins.length} admin${admins.length === 1 ? '' : 's'}`}`

const invalid = (text: string): MeshError => new MeshError('OPTION_INVALID', text)
