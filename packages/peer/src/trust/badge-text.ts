import { Malformed, MeshError, asList, badgeOf, openMesh, readChain } from '@grapevine/core'
import type { BadgeChain } from '@grapevine/core'
import { rulesOf } from '../running/genesis.js'
import type { ClosedGenesis } from '../running/genesis.js'
import { checkOnly } from '../running/identity.js'
import { sealText, unsealText } from './sealed-text.js'
import { genesisFromWire, linksFromWire } from './token.js'

/** A badge as a text, to be handed over or kept in a file. It is no secret: it is good with its key only. */
export interface CarriedBadge {
  readonly genesis: ClosedGenesis
  readonly chain: BadgeChain
}

const mark = 'gvb1'
const formatVersion = 1

export const formatBadge = ({ genesis, chain }: CarriedBadge): string =>
  sealText(mark, [
    formatVersion,
    genesis.name,
    Buffer.from(genesis.root, 'hex'),
    chain.map(({ bytes }) => bytes),
  ])

/** Read and checked from the root of the mesh that it names. */
export function parseBadge(what: string, given: unknown): CarriedBadge {
  try {
    if (typeof given !== 'string') throw new Malformed('it is not a text')
    const fields = asList(unsealText(mark, given), 'badge')
    if (fields[0] !== formatVersion) throw new Malformed('a newer version made it: update')
    const [, name, root, links] = asList(fields, 'badge', 4)
    const genesis = genesisFromWire(name, root)
    const chain = readChain(openMesh(rulesOf(genesis), checkOnly), linksFromWire(links))
    return { genesis, chain }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new MeshError('BADGE_INVALID', `${what} cannot be used: ${error.message}`)
  }
}

export const linksOf = (chain: BadgeChain): readonly Uint8Array[] => chain.map(({ bytes }) => bytes)

/** A badge that is good for this key only, or an error that says whose it is. */
export function checkSubject(what: string, { chain }: CarriedBadge, key: string): void {
  const { name, subject } = badgeOf(chain)
  if (subject === key) return
  throw new MeshError(
    'BADGE_INVALID',
    `${what} cannot be used: it is that of ${name} (${subject.slice(0, 8)}), and the key here is ${key.slice(0, 8)}`,
  )
}
