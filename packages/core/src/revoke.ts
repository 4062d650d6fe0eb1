import { badgeAt } from './badges.js'
import { MeshError } from './errors.js'
import { type BadgeId, type PeerId, type ReplicaId, sortedEntries } from './ids.js'
import { limits } from './limits.js'
import { type Release } from './release.js'
import { isTouched } from './revocation.js'
import { type Mark, type Revocation } from './statement.js'
import { type State, idAt, sortedLog } from './state.js'

export interface RevocationRequest {
  readonly kind: 'revoke'
  /** The key of a peer, a person or an invite. */
  readonly subject: PeerId
  /** Badges below it that stay good. */
  readonly kept?: readonly BadgeId[] | undefined
}

/** What a revocation has to name, so that all that is held by now goes on to count, and nothing else. */
export function planRevocation(
  state: State,
  { subject, kept = [] }: RevocationRequest,
  now: number,
): { readonly marks: readonly Mark[]; readonly revocation: Revocation } {
  const asked = { subject, kept: new Set(kept) }
  const goesThrough = (id: BadgeId | undefined, holder: PeerId): boolean =>
    isTouched(asked, (id && badgeAt(state, id)) ?? [], holder)
  const marks: Mark[] = []
  const authored = new Map<ReplicaId, number>()
  for (const [replica, tip] of sortedEntries(state.clock)) {
    const last = lastHeld(state, replica)
    const isEnded = last !== undefined && goesThrough(last.badge, last.peer)
    if (isEnded) marks.push({ replica, seq: tip.seq, id: idAt(state, replica, tip.seq) ?? tip.id })
    for (const { release } of sortedLog(state, replica)) {
      const { badge, peer, authorship } = release
      const isAuthored =
        authorship !== undefined && goesThrough(authorship.badge, authorship.author)
      // Who has another badge by now goes on; what it wrote under this one counts.
      const isNumbered = !isEnded && goesThrough(badge, peer)
      if (isAuthored || isNumbered) authored.set(replica, release.seq)
    }
  }
  const chains = new Map<PeerId, number>()
  for (const [issuer, chain] of sortedEntries(state.chains)) {
    if (chain.some(({ badge }) => isTouched(asked, badge ?? [], issuer)))
      chains.set(issuer, chain.length)
  }
  const tooMany = Math.max(marks.length, authored.size, asked.kept.size, chains.size)
  if (tooMany > limits.statementEntriesMax) {
    throw new MeshError(
      'STATEMENT_INVALID',
      `the revocation would name ${tooMany} replica ids or badges, the limit is ${limits.statementEntriesMax}: revoke the keys below it first`,
      { count: tooMany },
    )
  }
  return { marks, revocation: { ...asked, atMs: now, authored, chains } }
}

const lastHeld = (state: State, replica: ReplicaId): Release | undefined =>
  sortedLog(state, replica).at(-1)?.release ?? state.tipProofs.get(replica)?.release
