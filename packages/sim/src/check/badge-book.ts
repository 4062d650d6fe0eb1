import * as dagCbor from '@ipld/dag-cbor'
import { hexOf } from './oracle.js'
import type { Hash } from './oracle.js'

/** One signed word about a key, as its bytes tell it. */
export interface Link {
  readonly id: string
  readonly parent: string | undefined
  readonly issuer: string
  readonly subject: string
  readonly name: string
  readonly grants: readonly Grant[]
  readonly notBefore: number
  readonly notAfter: number
  readonly isSigned: boolean
}

interface Grant {
  readonly prefix: string
  readonly can: 'write' | 'invite' | 'admin'
}

/** What a closed mesh rests on, and how its signatures are checked. */
export interface Foundation {
  readonly meshId: Uint8Array
  readonly hash: Hash
  readonly root: string
  verify(this: void, peer: string, bytes: Uint8Array, signature: Uint8Array): boolean
}

/** All links that any honest peer ever kept or was shown in a statement, by what they say. */
export interface BadgeBook {
  learn(this: void, bytes: Uint8Array): Link
  /** Root first; undefined: a link of it was never seen. */
  chainOf(this: void, id: string): readonly Link[] | undefined
  /** Why a badge gives its holder nothing, whenever and for whatever it is shown. */
  faultOf(this: void, id: string): string | undefined
}

type Body = readonly [
  format: number,
  parent: Uint8Array | null,
  issuer: Uint8Array,
  subject: Uint8Array,
  name: string,
  labels: unknown,
  grants: readonly (readonly [string, number])[],
  notBefore: number,
  notAfter: number,
  invite: unknown,
]

const abilities = ['write', 'invite', 'admin'] as const
const linksMax = 5

export function createBadgeBook({ meshId, hash, root, verify }: Foundation): BadgeBook {
  const domain = Buffer.concat([new TextEncoder().encode('grapevine/badge/1\n'), meshId])
  const links = new Map<string, Link>()
  const chains = new Map<string, readonly Link[]>()
  const faults = new Map<string, string | undefined>()

  function learn(bytes: Uint8Array): Link {
    const [body, signature] = dagCbor.decode<readonly [Uint8Array, Uint8Array]>(bytes)
    const signed = Buffer.concat([domain, body])
    const fields = dagCbor.decode<Body>(body)
    const issuer = hexOf(fields[2])
    const link = {
      id: hexOf(hash(signed)),
      parent: fields[1] === null ? undefined : hexOf(fields[1]),
      issuer,
      subject: hexOf(fields[3]),
      name: fields[4],
      grants: fields[6].map(([prefix, can]) => ({ prefix, can: abilities[can]! })),
      notBefore: fields[7],
      notAfter: fields[8],
      isSigned: verify(issuer, signed, signature),
    }
    if (link.isSigned) links.set(link.id, link)
    return link
  }

  function chainOf(id: string): readonly Link[] | undefined {
    const known = chains.get(id)
    if (known !== undefined) return known
    const link = links.get(id)
    if (link === undefined) return undefined
    const above = link.parent === undefined ? [] : chainOf(link.parent)
    if (above === undefined) return undefined
    const chain = [...above, link]
    chains.set(id, chain)
    return chain
  }

  return {
    learn,
    chainOf,
    faultOf(id) {
      if (faults.has(id)) return faults.get(id)
      const chain = chainOf(id)
      if (chain === undefined) return 'a link of its badge was never kept'
      const fault = chainFault(root, chain)
      faults.set(id, fault)
      return fault
    },
  }
}

/** Each link is given by the one before, and gives no more than that one can give. */
function chainFault(root: string, chain: readonly Link[]): string | undefined {
  if (chain.length > linksMax) return `its badge has ${chain.length} links`
  if (chain[0]!.issuer !== root) return 'its badge does not come from the root'
  for (const [place, link] of chain.entries()) {
    const above = chain[place - 1]
    if (above === undefined) continue
    if (link.issuer !== above.subject) return 'its badge was given by somebody else'
    if (!above.grants.some(({ can }) => can !== 'write')) return `${above.name} lets nobody in`
    const isWide = link.grants.some((grant) => !mayGive(above, grant))
    if (isWide) return `${above.name} gave more than it has`
    const isInTime = link.notBefore >= above.notBefore && link.notAfter <= above.notAfter
    if (!isInTime) return `the badge of ${link.name} is good for longer than that of ${above.name}`
  }
  return undefined
}

/** Who may let others in gives what it has itself; only an admin makes admins. */
function mayGive({ grants }: Link, { prefix, can }: Grant): boolean {
  const has = (...wanted: readonly Grant['can'][]): boolean =>
    grants.some((own) => wanted.includes(own.can) && isUnder(own.prefix, prefix))
  if (has('admin')) return true
  return has('invite') && (can === 'invite' || (can === 'write' && has('write')))
}

const isUnder = (prefix: string, key: string): boolean =>
  prefix === '' || key === prefix || key.startsWith(`${prefix}/`)

/** Whether the last badge lets its holder write a key. */
export const mayWrite = (chain: readonly Link[], key: string): boolean =>
  chain.at(-1)!.grants.some(({ prefix, can }) => can !== 'invite' && isUnder(prefix, key))

export const isGoodAt = (chain: readonly Link[], ms: number): boolean =>
  ms >= chain.at(-1)!.notBefore && ms <= chain.at(-1)!.notAfter

export const isAdminOfAll = (chain: readonly Link[]): boolean =>
  chain.at(-1)!.grants.some(({ prefix, can }) => prefix === '' && can === 'admin')
