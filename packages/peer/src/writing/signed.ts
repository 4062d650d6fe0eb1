import {
  Malformed,
  MeshError,
  asBytes,
  asList,
  decode,
  openMesh,
  readIntent,
  toHex,
} from '@grapevine/core'
import type { Input, Intent, Key, PeerId, Value } from '@grapevine/core'
import type { Inside } from '../api/parts.js'
import type { Draft, Status } from '../peer.js'
import { isMeshName, rulesOf } from '../running/genesis.js'
import { checkOnly } from '../running/identity.js'
import { chainOfSigner, unusable } from '../trust/issue-badge.js'
import type { Signer } from '../trust/signer.js'
import { checkOptionals, invalid, matchesOf, writeOf } from './draft.js'
import { noRights, rootWritesNothing, signed } from './intended.js'

/**
 * A draft that somebody signed with a key of its own, for any peer of the mesh to number within a
 * minute. The signature covers what is written, its message and its request id, and nothing else here.
 */
export interface SignedDraft extends Pick<Draft, 'ifMatch' | 'confirmRemoves' | 'force'> {
  readonly intent: Uint8Array
  /** The author's badge, links root first. */
  readonly badge: readonly Uint8Array[]
}

/** What a signer has to know of the peer that is to publish it: its `status()` says so. */
export type SignedFor = Pick<Status, 'mesh' | 'badgeUntil'>

/**
 * Signs a draft here, so that its key need not be where the peer is. What the peer says of its mesh is
 * held against the signer's own badge: nothing is signed for another mesh.
 */
export function signDraft(
  signer: Signer,
  draft: Draft,
  { mesh: name, badgeUntil }: SignedFor,
  nowMs = Date.now(),
): SignedDraft {
  const wanted = writeOf(draft)
  if (wanted.put.size + wanted.remove.length === 0) {
    throw invalid('draft', draft, 'at least one key to set or to remove')
  }
  if (badgeUntil === undefined) throw noRights(name)
  if (signer.links.length === 0) throw rootWritesNothing(signer)
  if (!isMeshName(name)) throw unusable(signer, 'the peer names no mesh')
  const mesh = openMesh(rulesOf({ name, root: rootOf(signer) }), checkOnly)
  const chain = chainOfSigner(mesh, signer, nowMs)
  if (chain === undefined) throw rootWritesNothing(signer)
  const { ifMatch, confirmRemoves, force } = draft
  const intent = signed({ mesh, signer, chain, atMs: nowMs }, wanted)
  return { intent, badge: signer.links, ifMatch, confirmRemoves, force }
}

/** Whoever signed the first link; whether that holds is looked at with the whole chain. */
function rootOf(signer: Signer): PeerId {
  try {
    const [body] = asList(decode(signer.links[0]!), 'badge', 2)
    const fields = asList(decode(asBytes(body, 'badge body')), 'badge body')
    return toHex<PeerId>(asBytes(fields[2], 'issuer', 32))
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw unusable(signer, error.message)
  }
}

interface OpenedDraft {
  readonly input: Extract<Input, { readonly type: 'write' }>
  readonly put: ReadonlyMap<Key, Value>
  readonly remove: readonly Key[]
}

/**
 * What was signed elsewhere, whoever brings it: the badge is checked from the root down, the signature
 * against its author; whether he may write that is judged where it is numbered.
 */
export async function openSigned(inside: Inside, given: SignedDraft): Promise<OpenedDraft> {
  const { guard, interpreter, mesh } = inside
  if (typeof given !== 'object' || (given as unknown) === null) {
    throw invalid('signed', given, 'what signDraft answered')
  }
  const { intent: bytes, badge, confirmRemoves, force } = given
  if (!isBytes(bytes)) throw invalid('intent', bytes, 'the bytes that signDraft answered')
  if (!Array.isArray(badge) || !badge.every(isBytes)) {
    throw invalid('badge', badge, 'the links that signDraft answered, as bytes')
  }
  checkOptionals({ confirmRemoves, force })
  const ifMatch = matchesOf(given.ifMatch)
  if (guard === undefined) throw noRights(mesh)
  const { changes, requestId } = readSigned(guard.mesh, bytes)
  await interpreter.ask({ type: 'show-badge', links: badge })
  return {
    input: { type: 'write', intent: bytes, ifMatch, confirmRemoves, force, requestId },
    put: new Map(changes.flatMap(({ key, put }) => (put === undefined ? [] : [[key, put.value]]))),
    remove: changes.flatMap(({ key, put }) => (put === undefined ? [key] : [])),
  }
}

function readSigned(mesh: Parameters<typeof readIntent>[0], bytes: Uint8Array): Intent {
  try {
    return readIntent(mesh, bytes)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new MeshError('INTENT_INVALID', `the intent cannot be used: ${error.message}`)
  }
}

const isBytes = (given: unknown): given is Uint8Array => given instanceof Uint8Array
