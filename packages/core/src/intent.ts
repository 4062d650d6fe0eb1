import { equals } from 'uint8arrays/equals'
import {
  asBytes,
  asCount,
  asList,
  asOptionalText,
  asText,
  checkFormat,
  decode,
  encode,
} from './codec.js'
import { Malformed } from './errors.js'
import {
  type BadgeId,
  type Key,
  type PeerId,
  compareText,
  fromHex,
  sortedEntries,
  toHex,
} from './ids.js'
import { checkKey, keyFault } from './key.js'
import { limits } from './limits.js'
import { type Mesh } from './mesh.js'
import { growTree, rootOf } from './tree.js'
import { type Value, checkValue, checkValueSize, copyValue, deepFreeze } from './value.js'

/**
 * What a person or a CI job wants written, signed with a key of its own: any peer of the mesh may
 * number it, and signs around it. So a service's peer needs no right of its own, and history names
 * whose will it was.
 */
export interface Intent extends Authorship {
  readonly message: string | undefined
  readonly requestId: string | undefined
  /** Ascending; without `put`: to be removed. */
  readonly changes: readonly Wish[]
}

export interface Wish {
  readonly key: Key
  readonly put?: { readonly value: Value }
}

/** Who wants it, by which badge, and between which stamps it may be numbered. */
export interface Authorship {
  readonly author: PeerId
  readonly badge: BadgeId
  readonly atMs: number
  readonly untilMs: number
  readonly signature: Uint8Array
}

export interface IntentDraft extends Omit<Authorship, 'signature'> {
  readonly put?: ReadonlyMap<string, unknown> | undefined
  readonly remove?: readonly string[] | undefined
  readonly message?: string | undefined
  readonly requestId?: string | undefined
}

const formatVersion = 1

/** Throws a MeshError for what no peer would take. The bytes are what `readIntent` reads. */
export function signIntent(
  mesh: Mesh,
  draft: IntentDraft,
  sign: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const wishes: Wish[] = [
    ...sortedEntries(draft.put ?? new Map<string, unknown>()).map(([name, value]): Wish => {
      const key = checkKey(name)
      return { key, put: { value: copyValue(key, value) } }
    }),
    ...(draft.remove ?? []).map((name): Wish => ({ key: checkKey(name) })),
  ].sort((a, b) => compareText(a.key, b.key))
  const leaves = wishes.map(intentLeaf)
  const body = bodyOf(draft, draft, rootOf(growTree(leaves), mesh.hash))
  return encode([body, sign(mesh.signedBytes('intent', body)), leaves])
}

/** Form and signature; whether its author may write that is judged where it is numbered. */
export function readIntent(mesh: Mesh, bytes: Uint8Array): Intent {
  const [bodyValue, signatureValue, leavesValue] = asList(
    decode(bytes, limits.releaseBytesMax),
    'intent',
    3,
  )
  const body = asBytes(bodyValue, 'intent body')
  const fields = asList(decode(body), 'intent body', 8)
  checkFormat(fields[0], formatVersion)
  const leaves = asList(leavesValue, 'wishes').map((leaf) => asBytes(leaf, 'wish'))
  const changes = leaves.map(wishFromWire)
  if (changes.length === 0 || changes.length > limits.releaseChangesMax) {
    throw new Malformed(`an intent has 1 to ${limits.releaseChangesMax} changes`)
  }
  if (changes.some(({ key }, index) => index > 0 && changes[index - 1]!.key >= key)) {
    throw new Malformed('its keys are not in ascending order, each once')
  }
  const intent = {
    author: toHex<PeerId>(asBytes(fields[1], 'author', 32)),
    badge: toHex<BadgeId>(asBytes(fields[2], 'badge', 32)),
    atMs: asCount(fields[3], 'intent time'),
    untilMs: asCount(fields[4], 'intent end'),
    message: asOptionalText(fields[5], 'message', limits.releaseMessageBytesMax),
    requestId: asOptionalText(fields[6], 'request id', limits.requestIdBytesMax),
    signature: asBytes(signatureValue, 'signature', 64),
    changes,
  }
  const root = rootOf(growTree(leaves), mesh.hash)
  const isNamed = equals(asBytes(fields[7], 'root', 32), root)
  if (!isNamed || !isIntended(mesh, intent, intent, root)) {
    throw new Malformed('the signature of the intent does not hold')
  }
  return intent
}

/** What an author signs of a change: all but what had been seen by then, which is the relay's to say. */
export const intentLeaf = ({ key, put }: Wish): Uint8Array =>
  encode(put === undefined ? [key] : [key, put.value])

/** Whether the author signed for exactly this. */
export const isIntended = (
  mesh: Mesh,
  authorship: Authorship,
  named: Pick<IntentDraft, 'message' | 'requestId'>,
  root: Uint8Array,
): boolean =>
  mesh.verify(
    authorship.author,
    mesh.signedBytes('intent', bodyOf(authorship, named, root)),
    authorship.signature,
  )

const bodyOf = (
  { author, badge, atMs, untilMs }: Omit<Authorship, 'signature'>,
  { message, requestId }: Pick<IntentDraft, 'message' | 'requestId'>,
  root: Uint8Array,
): Uint8Array =>
  encode([
    formatVersion,
    fromHex(author),
    fromHex(badge),
    atMs,
    untilMs,
    message ?? null,
    requestId ?? null,
    root,
  ])

function wishFromWire(leaf: Uint8Array): Wish {
  const parts = asList(decode(leaf), 'wish')
  if (parts.length < 1 || parts.length > 2) throw new Malformed('a wish has 1 or 2 parts')
  const key = asText(parts[0], 'key', limits.keyBytesMax)
  const fault = keyFault(key)
  if (fault !== undefined) throw new Malformed(`a key cannot be used: ${fault}`)
  if (parts.length === 1) return { key: key as Key }
  const value = parts[1]
  checkValue(value)
  if (leaf.length > limits.valueBytesMax) checkValueSize(encode(value).length)
  return { key: key as Key, put: { value: deepFreeze(value) } }
}

export const authorshipToWire = ({
  author,
  badge,
  atMs,
  untilMs,
  signature,
}: Authorship): unknown[] => [fromHex(author), fromHex(badge), atMs, untilMs, signature]

export function authorshipFromWire(value: unknown): Authorship {
  const [author, badge, atMs, untilMs, signature] = asList(value, 'author', 5)
  return {
    author: toHex<PeerId>(asBytes(author, 'author', 32)),
    badge: toHex<BadgeId>(asBytes(badge, 'badge', 32)),
    atMs: asCount(atMs, 'intent time'),
    untilMs: asCount(untilMs, 'intent end'),
    signature: asBytes(signature, 'signature', 64),
  }
}
