import { asBytes, asCount, asList, asText, checkFormat, decode, encode } from './codec.js'
import { Malformed } from './errors.js'
import { type BadgeId, type PeerId, fromHex, sortedEntries, toHex } from './ids.js'
import { keyFault } from './key.js'
import { limits } from './limits.js'
import { type Mesh } from './mesh.js'

/**
 * What a key may do under a prefix (of whole segments; the empty one covers every key).
 *
 * - write: put and remove keys.
 * - invite: let others in, with no more than it has itself.
 * - admin: both, and make other admins. An admin of everything may revoke.
 */
export interface Grant {
  readonly prefix: string
  readonly can: (typeof abilities)[number]
}
const abilities = ['write', 'invite', 'admin'] as const

/** What whoever holds the key of an invite may make of it. */
export interface InviteTerms {
  /** A single-use invite lets in whoever comes first. */
  readonly uses: 'one' | 'many'
  /** How long a badge made with it is good. */
  readonly badgeMs: number
  /** And not after this. */
  readonly untilMs: number
}

/**
 * A signed word about a key: who it is, and which prefixes it may write. It stands on the badge of
 * its issuer, and that on another, up to one that the mesh's root signed; each link narrows.
 */
export interface Badge {
  readonly id: BadgeId
  /** The badge of its issuer; null: the root itself signed it. */
  readonly parent: BadgeId | null
  readonly issuer: PeerId
  readonly subject: PeerId
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly grants: readonly Grant[]
  readonly notBefore: number
  readonly notAfter: number
  /** An invite: whoever has its key may sign a badge for a key of its own. No member's badge. */
  readonly invite: InviteTerms | null
  readonly bytes: Uint8Array
}

/** From the root down to the badge that it is about. */
export type BadgeChain = readonly [Badge, ...Badge[]]

export const badgeOf = (chain: BadgeChain): Badge => chain.at(-1)!

export type BadgeDraft = Omit<Badge, 'id' | 'bytes'>

const formatVersion = 1

export function signBadge(
  mesh: Mesh,
  draft: BadgeDraft,
  sign: (bytes: Uint8Array) => Uint8Array,
): Badge {
  const { parent, issuer, subject, invite } = draft
  const body = encode([
    formatVersion,
    parent === null ? null : fromHex(parent),
    fromHex(issuer),
    fromHex(subject),
    draft.name,
    sortedEntries(draft.labels),
    draft.grants.map(({ prefix, can }) => [prefix, abilities.indexOf(can)]),
    draft.notBefore,
    draft.notAfter,
    invite === null ? null : [invite.uses === 'one' ? 1 : 0, invite.badgeMs, invite.untilMs],
  ])
  return readLink(mesh, encode([body, sign(mesh.signedBytes('badge', body))]))
}

/** One link alone, and only its form: that it was checked in its chain before, its reader must know. */
export const readBadge = (mesh: Mesh, bytes: Uint8Array): Badge => readLink(mesh, bytes)

function readLink(mesh: Mesh, bytes: Uint8Array): Badge & { readonly signature: Uint8Array } {
  const [bodyValue, signature] = asList(decode(bytes, limits.badgeBytesMax), 'badge', 2)
  const body = asBytes(bodyValue, 'badge body')
  const fields = asList(decode(body), 'badge body', 10)
  checkFormat(fields[0], formatVersion)
  const grants = asList(fields[6], 'grants').map(grantFromWire)
  if (grants.length > limits.badgeGrantsMax) {
    throw new Malformed(`a badge has at most ${limits.badgeGrantsMax} grants`)
  }
  const labels = asList(fields[5], 'labels').map((label) => {
    const [name, value] = asList(label, 'label', 2)
    return [asLabel(name), asLabel(value)] as const
  })
  if (labels.length > limits.presenceLabelsMax) throw new Malformed('a badge has too many labels')
  return {
    id: toHex<BadgeId>(mesh.hash(mesh.signedBytes('badge', body))),
    parent: fields[1] === null ? null : toHex<BadgeId>(asBytes(fields[1], 'parent', 32)),
    issuer: toHex<PeerId>(asBytes(fields[2], 'issuer', 32)),
    subject: toHex<PeerId>(asBytes(fields[3], 'subject', 32)),
    name: asLabel(fields[4]),
    labels: new Map(labels),
    grants,
    notBefore: asCount(fields[7], 'not before'),
    notAfter: asCount(fields[8], 'not after'),
    invite: fields[9] === null ? null : inviteFromWire(fields[9]),
    bytes,
    signature: asBytes(signature, 'signature', 64),
  }
}

const asLabel = (value: unknown): string => asText(value, 'label', limits.labelBytesMax)

function grantFromWire(value: unknown): Grant {
  const [prefix, can] = asList(value, 'grant', 2)
  const text = asText(prefix, 'prefix', limits.keyBytesMax)
  const fault = text === '' ? undefined : keyFault(text)
  if (fault !== undefined) throw new Malformed(`a prefix cannot be used: ${fault}`)
  return { prefix: text, can: abilities[asCount(can, 'ability', abilities.length - 1)]! }
}

function inviteFromWire(value: unknown): InviteTerms {
  const [single, badgeMs, untilMs] = asList(value, 'invite', 3)
  return {
    uses: asCount(single, 'uses', 1) === 1 ? 'one' : 'many',
    badgeMs: asCount(badgeMs, 'badge time'),
    untilMs: asCount(untilMs, 'until'),
  }
}

/**
 * Reads a chain, root first, and checks each link: who signed it, and that it gives no more than was
 * given. `known` are links that were checked before: they are taken instead, because an id covers what
 * a link says, and not the signature that came with it this time.
 */
export function readChain(
  mesh: Mesh,
  links: readonly Uint8Array[],
  known: (id: BadgeId) => Badge | undefined = () => undefined,
): BadgeChain {
  if (links.length === 0 || links.length > limits.badgeLinksMax) {
    throw new Malformed(`a badge has 1 to ${limits.badgeLinksMax} links, not ${links.length}`)
  }
  const chain: Badge[] = []
  for (const bytes of links) {
    const { signature, ...read } = readLink(mesh, bytes)
    const held = known(read.id)
    const badge = held ?? read
    const fault = linkFault(mesh, chain.at(-1), badge)
    if (fault !== undefined) throw new Malformed(`the badge of ${badge.name}: ${fault}`)
    if (held === undefined) {
      const [body] = asList(decode(bytes), 'badge', 2)
      const signed = mesh.signedBytes('badge', asBytes(body, 'badge body'))
      if (!mesh.verify(badge.issuer, signed, signature)) {
        throw new Malformed(`the badge of ${badge.name}: its signature does not hold`)
      }
    }
    chain.push(badge)
  }
  return chain as unknown as BadgeChain
}

/** Why one link does not hold on to the one before, or undefined. */
function linkFault(mesh: Mesh, parent: Badge | undefined, badge: Badge): string | undefined {
  if (badge.notAfter < badge.notBefore) return 'it ends before it begins'
  if (parent === undefined) {
    if (badge.parent !== null) return 'it does not begin at the root'
    return mesh.admins.has(badge.issuer) ? undefined : 'it is not signed by the root of this mesh'
  }
  if (badge.parent !== parent.id || badge.issuer !== parent.subject) {
    return 'it does not stand on the badge before it'
  }
  if (!parent.grants.some(({ can }) => can !== 'write') && parent.invite === null) {
    return `${parent.name} may let nobody in`
  }
  const wide = badge.grants.find((grant) => !isGiven(parent, grant))
  if (wide !== undefined) return `${parent.name} cannot give ${grantInWords(wide)}`
  return timeFault(parent, badge)
}

function timeFault(parent: Badge, badge: Badge): string | undefined {
  if (badge.notBefore < parent.notBefore || badge.notBefore > parent.notAfter) {
    return `it begins outside the time of ${parent.name}`
  }
  const { invite } = parent
  if (invite !== null && badge.invite !== null) return 'an invite makes no invites'
  const untilMs = invite?.untilMs ?? parent.notAfter
  const endMs = badge.invite?.untilMs ?? badge.notAfter
  if (badge.notAfter > untilMs || endMs > untilMs) return `it outlasts what ${parent.name} can give`
  if (invite !== null && badge.notAfter - badge.notBefore > invite.badgeMs) {
    return 'it is good for longer than its invite says'
  }
  return undefined
}

function isGiven({ grants, invite }: Badge, { prefix, can }: Grant): boolean {
  const has = (...abilitiesWanted: readonly Grant['can'][]): boolean =>
    grants.some((grant) => abilitiesWanted.includes(grant.can) && covers(grant.prefix, prefix))
  // The key of an invite is nobody's: what it can give was decided by whoever made it.
  if (invite !== null) return has(can, 'admin')
  if (can === 'write') return has('write', 'admin') && has('invite', 'admin')
  return can === 'invite' ? has('invite', 'admin') : has('admin')
}

/** Prefixes are of whole segments: `shop` covers `shop` and `shop/a`, and not `shopping`. */
export const covers = (prefix: string, key: string): boolean =>
  prefix === '' || key === prefix || key.startsWith(`${prefix}/`)

export const grantInWords = ({ prefix, can }: Grant): string =>
  `${can} ${prefix === '' ? '**' : `${prefix}/**`}`

/** Why its holder is no member at that time, or undefined. */
export function memberFault(chain: BadgeChain, ms: number): string | undefined {
  const badge = badgeOf(chain)
  if (badge.invite !== null) return `${badge.name} is an invite, and no badge of a member`
  if (ms < badge.notBefore) return `the badge of ${badge.name} had not begun by then`
  return ms > badge.notAfter ? `the badge of ${badge.name} had ended by then` : undefined
}

/** Why its holder may not write a key at that time, or undefined: the same on every peer. */
export function writeFaultOf(chain: BadgeChain, key: string, ms: number): string | undefined {
  const fault = memberFault(chain, ms)
  if (fault !== undefined) return fault
  const { name, grants } = badgeOf(chain)
  const mayWrite = grants.some(({ prefix, can }) => can !== 'invite' && covers(prefix, key))
  if (mayWrite) return undefined
  const writable = grants.filter(({ can }) => can !== 'invite').map(grantInWords)
  return `${name} may not write ${key}: its badge says ${writable.length === 0 ? 'read only' : writable.join(', ')}`
}

/** Whether its holder speaks for the whole mesh. */
export const isAdminOfAll = (chain: BadgeChain): boolean =>
  badgeOf(chain).grants.some(({ prefix, can }) => can === 'admin' && prefix === '')
