import { Malformed, MeshError, badgeOf, memberFault, readChain, signBadge } from '@grapevine/core'
import type { BadgeChain, BadgeDraft, Mesh } from '@grapevine/core'
import type { Signer } from './signer.js'

/** What somebody is to get; it ends with what its issuer has, at the latest. */
type BadgeWish = Pick<BadgeDraft, 'subject' | 'name' | 'labels' | 'grants'> & {
  readonly notBefore: number
  readonly notAfter: number
  readonly invite?: BadgeDraft['invite'] | undefined
}

/** Whoever gets a badge may have a clock that is a little behind. */
const leadMs = 60_000

export const beginOf = (nowMs: number): number => Math.max(0, nowMs - leadMs)

/** Signs a badge, and holds it against all that every other peer will hold it against. */
export function issueBadge(mesh: Mesh, issuer: Signer, wish: BadgeWish): BadgeChain {
  const { notBefore, notAfter, invite = null, ...named } = wish
  const parents = issuer.links.length === 0 ? undefined : readLinks(mesh, issuer)
  const parent = parents && badgeOf(parents)
  const begins = Math.max(notBefore, parent?.notBefore ?? 0)
  const last = parent?.invite?.untilMs ?? parent?.notAfter ?? Number.MAX_SAFE_INTEGER
  const draft: BadgeDraft = {
    ...named,
    parent: parent?.id ?? null,
    issuer: issuer.key,
    notBefore: begins,
    notAfter: Math.min(notAfter, last),
    invite: invite && { ...invite, untilMs: Math.min(invite.untilMs, last) },
  }
  try {
    const { bytes } = signBadge(mesh, draft, issuer.sign)
    return readChain(mesh, [...issuer.links, bytes])
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new MeshError('NOT_ALLOWED', `no badge was made: ${error.message}`, {
      issuer: issuer.key,
    })
  }
}

/** The badge of a signer as it counts now; undefined: it is the root of this mesh. */
export function chainOfSigner(mesh: Mesh, signer: Signer, nowMs: number): BadgeChain | undefined {
  if (signer.links.length === 0) {
    if (mesh.admins.has(signer.key)) return undefined
    throw unusable(
      signer,
      'it has no badge, and is not the root of this mesh: put its badge beside the key file',
    )
  }
  const chain = readLinks(mesh, signer)
  if (badgeOf(chain).subject !== signer.key) throw unusable(signer, 'its badge is for another key')
  const fault = memberFault(chain, nowMs)
  if (fault !== undefined) throw unusable(signer, `${fault}; get a new one`)
  return chain
}

function readLinks(mesh: Mesh, signer: Signer): BadgeChain {
  try {
    return readChain(mesh, signer.links)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw unusable(signer, error.message)
  }
}

export const unusable = ({ name, key }: Pick<Signer, 'name' | 'key'>, why: string): MeshError =>
  new MeshError('SIGNER_UNUSABLE', `nothing was signed as ${name} (${key.slice(0, 8)}): ${why}`, {
    signer: key,
  })
