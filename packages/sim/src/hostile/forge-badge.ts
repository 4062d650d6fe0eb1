import { type Tools, growTree, rootOf, signedBytes } from './forge.js'
import { type Wire, bytesOf, decode, encode, join } from './wire.js'

/** A badge before it is signed, as its bytes have it. */
export interface BadgeFields {
  readonly parent: Uint8Array | null
  readonly issuer: string
  readonly subject: string
  readonly name: string
  readonly grants: readonly { readonly prefix: string; readonly can: string }[]
  readonly notBefore: number
  readonly notAfter: number
}

/** A time that no run comes to. */
export const foreverMs = 8_000_000_000_000

const abilities = ['write', 'invite', 'admin']

/** One link. */
export function forgeBadge(tools: Tools, fields: BadgeFields, signature?: Uint8Array): Uint8Array {
  const body = encode([
    1,
    fields.parent,
    bytesOf(fields.issuer),
    bytesOf(fields.subject),
    fields.name,
    [],
    fields.grants.map(({ prefix, can }) => [prefix, abilities.indexOf(can)]),
    fields.notBefore,
    fields.notAfter,
    null,
  ])
  return encode([body, signature ?? tools.sign(signedBytes(tools, 'badge', {}, body))])
}

export function linkIdOf(tools: Pick<Tools, 'meshId' | 'hash'>, link: Uint8Array): Uint8Array {
  const [body] = decode(link) as readonly [Uint8Array]
  return tools.hash(join(new TextEncoder().encode('grapevine/badge/1\n'), tools.meshId, body))
}

interface IntentFields {
  readonly author: string
  readonly badge: Uint8Array
  readonly atMs: number
  readonly untilMs: number
  readonly message: string | null
  readonly requestId: string | null
}

/** What an author wants of one key; without `put`: that it is removed. */
interface WishFields {
  readonly key: string
  readonly put?: Wire | undefined
}

/** What an author signs: the keys and values, and not what had been seen by then. */
export function forgeIntent(
  tools: Tools,
  fields: IntentFields,
  wishes: readonly WishFields[],
): Uint8Array {
  const leaves = [...wishes]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, put }) => encode(put === undefined ? [key] : [key, put]))
  const body = intentBody(fields, rootOf(tools, growTree(leaves)))
  return encode([body, tools.sign(signedBytes(tools, 'intent', {}, body)), leaves])
}

const intentBody = (fields: IntentFields, root: Uint8Array): Uint8Array =>
  encode([
    1,
    bytesOf(fields.author),
    fields.badge,
    fields.atMs,
    fields.untilMs,
    fields.message,
    fields.requestId,
    root,
  ])
