import { MeshError, badgeOf, formatDot, limits, signIntent } from '@grapevine/core'
import type { BadgeChain, Input, Mesh } from '@grapevine/core'
import type { Inside } from '../api/parts.js'
import { actingAs } from '../trust/acting.js'
import { unusable } from '../trust/issue-badge.js'
import type { Signer } from '../trust/signer.js'

type Write = Extract<Input, { readonly type: 'write' }>
type Rollback = Extract<Input, { readonly type: 'rollback' }>

/**
 * Numbered at once, by this peer, under a stamp that is a minute ahead at most. Until then any member
 * that saw it could number it again.
 */
const intentMs = limits.stampAheadMsMax + 10_000

/** What a person wants written, signed with his own key: this peer only numbers it. */
export function intended(inside: Inside, asked: Write | Rollback, as: Signer): Write | Rollback {
  const { guard, interpreter, clock, mesh } = inside
  if (guard === undefined) throw noRights(mesh)
  const { signer, chain } = actingAs(inside, guard, as)
  if (chain === undefined) throw rootWritesNothing(signer)
  const wanted = asked.type === 'write' ? asked : undoing(inside, asked)
  // Where nothing is left to undo there is nothing to sign for.
  if ((wanted.put?.size ?? 0) + (wanted.remove?.length ?? 0) === 0) return asked
  interpreter.handle({ type: 'show-badge', links: signer.links })
  const { ifMatch, confirmRemoves, force } = wanted
  const intent = signed({ mesh: guard.mesh, signer, chain, atMs: clock.now() }, wanted)
  return { type: 'write', intent, ifMatch, confirmRemoves, force }
}

interface Signing {
  readonly mesh: Mesh
  readonly signer: Signer
  /** That of the signer. */
  readonly chain: BadgeChain
  readonly atMs: number
}

/** The bytes of an intent. */
export const signed = (
  { mesh, signer, chain, atMs }: Signing,
  { put, remove, message, requestId }: Pick<Write, 'put' | 'remove' | 'message' | 'requestId'>,
): Uint8Array =>
  signIntent(
    mesh,
    {
      author: signer.key,
      badge: badgeOf(chain).id,
      atMs,
      untilMs: atMs + intentMs,
      put,
      remove,
      message,
      requestId,
    },
    signer.sign,
  )

export const noRights = (mesh: string): MeshError =>
  new MeshError(
    'NOT_ALLOWED',
    `mesh ${mesh} is open: nobody has rights of his own in it; leave \`as\` out, or make a closed mesh with foundMesh`,
  )

export const rootWritesNothing = (signer: Signer): MeshError =>
  unusable(
    signer,
    'the root makes badges, and writes no values: join as a signer with a token, and write as that',
  )

/** A rollback is what its plan says, once somebody has signed for it. */
function undoing({ interpreter }: Inside, { dot, message, requestId }: Rollback): Write {
  const { put, remove } = interpreter.replica.planRollback(dot)
  return {
    type: 'write',
    put,
    remove,
    confirmRemoves: remove.length,
    message: message ?? `undoes ${formatDot(dot)}`,
    requestId,
  }
}
