import { apply } from './apply.js'
import { badgeOf } from './badge.js'
import { badgeAt, badgesOf, tellBadges } from './badges.js'
import { budgetWaitMs, isOverBudget, lastOf, spentAfter } from './budget.js'
import { MeshError } from './errors.js'
import { compareText } from './ids.js'
import { type Authorship } from './intent.js'
import { limits } from './limits.js'
import { encodeMessage } from './message.js'
import { type Change, type Release, decodeEvidence, leafOf, signRelease } from './release.js'
import { revokedIn } from './revocation.js'
import { rightFault } from './rights.js'
import { type Stamp, nextStamp } from './stamp.js'
import { type State } from './state.js'
import { type Turn } from './turn.js'

/** What is to be written, before it has a number. */
export interface Draft {
  readonly changes: readonly Change[]
  readonly message: string | undefined
  readonly requestId: string | undefined
  /** Whose will it is, where it is not this peer's own. */
  readonly authorship: Authorship | undefined
}

/** Numbers, stamps, signs, stores and tells one release of this replica. */
export function commit(state: State, draft: Draft, turn: Turn): Release {
  const tip = state.clock.get(state.replica)
  const seq = (tip?.seq ?? 0) + 1
  const stamp = nextStamp(state.stamp, turn.now)
  if (draft.changes.length > limits.releaseChangesMax) {
    throw tooLarge(`has ${draft.changes.length} changes`, `${limits.releaseChangesMax}`)
  }
  const { ownBadge } = state
  const bytes = signRelease(state.mesh, {
    ...draft,
    changes: [...draft.changes].sort((a, b) => compareText(a.key, b.key)),
    peer: state.peer,
    incarnation: state.incarnation,
    seq,
    prev: tip?.id ?? null,
    stamp,
    badge: ownBadge && badgeOf(ownBadge).id,
    spentBytes: spendFor(state, draft.changes, stamp),
  })
  if (bytes.length > limits.releaseBytesMax) {
    throw tooLarge(`takes ${bytes.length} bytes`, `${limits.releaseBytesMax}`)
  }
  // Reading back what was just written keeps one path from bytes to meaning.
  const evidence = decodeEvidence(state.mesh, bytes)
  const { release } = evidence
  tellBadges(state, badgesOf(release), turn)
  apply(state, evidence, turn)
  const message =
    bytes.length > limits.announceBytesMin
      ? encodeMessage({ type: 'announce', mark: { replica: release.replica, seq, id: release.id } })
      : encodeMessage({ type: 'release', bytes })
  turn.tell({ type: 'gossip', bytes: message })
  return release
}

/** Where the budget of this replica id stands after it; in an open mesh nobody counts. */
function spendFor(state: State, changes: readonly Change[], { ms }: Stamp): number {
  if (state.mesh.closed !== true) return 0
  const bytes = changes.reduce((sum, change) => sum + leafOf(change).length, 0)
  const spentBytes = spentAfter(lastOf(state, state), ms, bytes)
  if (!isOverBudget(spentBytes)) return spentBytes
  const retryMs = budgetWaitMs(spentBytes)
  throw new MeshError(
    'BUDGET_EXCEEDED',
    `this peer wrote more than ${limits.budgetBytesMax} bytes at once: write again in ${Math.ceil(retryMs / 1000)} s`,
    { retryMs },
  )
}

/** Why no peer would take it under this stamp, or undefined. */
export function draftFault(state: State, draft: Draft, stamp: Stamp): string | undefined {
  const { ownBadge, peer, mesh } = state
  if (mesh.closed === true && ownBadge === undefined) return 'this peer has no badge of this mesh'
  if (ownBadge !== undefined && revokedIn(state, ownBadge).length > 0)
    return 'this peer was revoked'
  const { authorship } = draft
  const will = {
    peer,
    stamp,
    authorship,
    author: authorship?.author ?? peer,
    badge: ownBadge && badgeOf(ownBadge).id,
  }
  const found = rightFault(state, will, draft.changes, (id) => badgeAt(state, id))
  if (found !== undefined)
    return 'fault' in found ? found.fault : 'the badge of its author is not known here'
  const authors = authorship && badgeAt(state, authorship.badge)
  return authors !== undefined && revokedIn(state, authors).length > 0
    ? `${badgeOf(authors).name} was revoked`
    : undefined
}

const tooLarge = (what: string, limit: string): MeshError =>
  new MeshError(
    'RELEASE_TOO_LARGE',
    `the release ${what}, the limit is ${limit}: publish it in parts`,
  )
