import { Malformed, MeshError, asBytes, asCount, asList, asText, limits } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import { isMeshName } from '../running/genesis.js'
import type { ClosedGenesis } from '../running/genesis.js'
import { sealText, unsealText } from './sealed-text.js'

/**
 * All that a newcomer needs to come in, as one text: whoever has it can. So it goes from hand to hand
 * like a key, and no error, log or notice ever shows it.
 */
export interface Token {
  readonly genesis: ClosedGenesis
  /** The badge of the invite, root first. */
  readonly links: readonly Uint8Array[]
  /** What the key of the invite grows from: with it a newcomer signs a badge for itself. */
  readonly seed: Uint8Array
  /** What opens the first door, as it stood when the token was made. */
  readonly networkKey: { readonly number: number; readonly secret: Uint8Array }
  /** Where members were then. */
  readonly addresses: readonly string[]
}

const mark = 'gv1'
const formatVersion = 1
export const tokenAddressesMax = 8
const addressBytesMax = 256

export const formatToken = ({ genesis, links, seed, networkKey, addresses }: Token): string =>
  sealText(mark, [
    formatVersion,
    genesis.name,
    Buffer.from(genesis.root, 'hex'),
    links,
    seed,
    [networkKey.number, networkKey.secret],
    addresses.slice(0, tokenAddressesMax),
  ])

/** Form only; whether its badge holds is judged by whoever uses it. */
export function parseToken(given: unknown): Token {
  try {
    if (typeof given !== 'string') throw new Malformed('it is not a text')
    const fields = asList(unsealText(mark, given), 'token')
    if (fields[0] !== formatVersion) throw new Malformed('a newer version made it: update')
    const [, name, root, links, seed, networkKey, addresses] = asList(fields, 'token', 7)
    const genesis = genesisFromWire(name, root)
    const [number, secret] = asList(networkKey, 'network key', 2)
    return {
      genesis,
      links: linksFromWire(links),
      seed: asBytes(seed, 'seed', 32),
      networkKey: { number: asCount(number, 'number'), secret: asBytes(secret, 'secret', 32) },
      addresses: asList(addresses, 'addresses')
        .slice(0, tokenAddressesMax)
        .map((address) => asText(address, 'address', addressBytesMax)),
    }
  } catch (error) {
    throw tokenInvalid(error)
  }
}

export function genesisFromWire(name: unknown, root: unknown): ClosedGenesis {
  if (!isMeshName(name)) throw new Malformed('it names no mesh')
  return { name, root: Buffer.from(asBytes(root, 'root', 32)).toString('hex') as PeerId }
}

export function linksFromWire(value: unknown): readonly Uint8Array[] {
  const links = asList(value, 'links').map((link) => asBytes(link, 'link'))
  if (links.length <= limits.badgeLinksMax) return links
  throw new Malformed(`a badge has at most ${limits.badgeLinksMax} links`)
}

/** Says why, and nothing of what it says. */
export function tokenInvalid(error: unknown): MeshError {
  if (!(error instanceof Malformed)) throw error
  return new MeshError('TOKEN_INVALID', `the token cannot be used: ${error.message}`)
}
