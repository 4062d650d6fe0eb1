import { MeshError, badgeOf } from '@grapevine/core'
import type { Effect, PeerId, ReleaseId } from '@grapevine/core'
import type { Inside } from '../api/parts.js'
import type { Exposure } from '../secrets/exposure.js'
import { actingAs } from './acting.js'
import type { Guard } from './guard.js'
import { unusable } from './issue-badge.js'
import type { RevokeOptions, Revoked } from './rights.js'
import type { Signer } from './signer.js'
import { letInBy, subjectMeant } from './subjects.js'

interface Revoking extends RevokeOptions {
  readonly exposedTo: (who: string) => Promise<readonly Exposure[]>
}

/** Says it, as an admin of everything or as the root, and answers what it took away. */
export async function revoke(
  inside: Inside,
  guard: Guard,
  who: string,
  { as, keepInvited, exposedTo }: Revoking,
): Promise<Revoked> {
  const { signer } = actingAs(inside, guard, as)
  const { key, name, badges } = subjectMeant(inside, guard, who)
  if (guard.mesh.admins.has(key)) {
    throw new MeshError('NOT_ALLOWED', 'the root cannot be revoked: all badges stand on it', {
      who,
    })
  }
  const isInvite = badges.some((chain) => badgeOf(chain).invite !== null)
  const kept = (keepInvited ?? isInvite) ? letInBy(inside, guard, key) : []
  // By whom it is looked up now: afterwards it is no member any more.
  const exposing = exposedTo(key)
  exposing.catch(() => {})
  const effects = await inside.interpreter.ask({
    type: 'issue',
    statement: { kind: 'revoke', subject: key, kept },
    by: signer,
  })
  return { key, name, kept: kept.length, voided: voidedIn(effects, key), exposed: await exposing }
}

/** Which keys show something else now, and how many releases that they showed count no more. */
function voidedIn(effects: readonly Effect[], subject: PeerId): Revoked['voided'] {
  const changes = effects.flatMap((effect) => (effect.type === 'changed' ? effect.changes : []))
  const releases = new Set<ReleaseId>()
  for (const { before } of changes) {
    if (before === undefined) continue
    const { id, peer, author } = before.release
    if (peer === subject || author === subject) releases.add(id)
  }
  return { releases: releases.size, keys: changes.map(({ key }) => key).sort() }
}

/** Only the root seals: a seal of anybody else could protect what he did himself. */
export async function seal(
  inside: Inside,
  guard: Guard,
  { as }: { readonly as: Signer },
): Promise<void> {
  const { signer, chain } = actingAs(inside, guard, as)
  if (chain !== undefined) throw unusable(signer, 'only the root seals: pass its signer as `as`')
  await inside.interpreter.ask({ type: 'issue', statement: { kind: 'seal' }, by: signer })
}
