import { replaceUnsettled } from './heads.js'
import { forgetRelease } from './history.js'
import {
  type ReplicaId,
  compareText,
  formatDot,
  sortedEntries,
  sortedValues,
  unknownId,
} from './ids.js'
import { reincarnate } from './incarnation.js'
import { recordName, recordTip } from './record.js'
import { decodeEvidence } from './release.js'
import { type Revoked, isRevoked, standingStatements } from './revocation.js'
import { zeroStamp } from './stamp.js'
import { type Mark, type Statement } from './statement.js'
import {
  type Logged,
  type State,
  idAt,
  limitOf,
  raiseStamp,
  refreshFloor,
  requestName,
  seqOf,
  setTip,
  sortedLog,
  warm,
} from './state.js'
import { findStrays } from './strays.js'
import { strike } from './strike.js'
import { type Turn } from './turn.js'
import { bringBackVoided, keepVoided } from './voided.js'
import { meet } from './version-vector.js'

/**
 * limit(r) = max(minimum over admins of their seals, min(cuts, first fork - 1)). A pure function of
 * the statements and fork proofs held; nothing here depends on their order of arrival.
 */
export function recomputeLimits(state: State): void {
  const sealing = [...state.mesh.admins]
    .sort(compareText)
    .map((admin) => sealsOf(state.chains.get(admin) ?? []))
  state.sealed = meet(
    sealing.map((marks) => new Map([...marks].map(([replica, { seq }]) => [replica, seq]))),
  )
  const { statements, revoked } = standingStatements(state)
  state.revoked = revoked
  state.revokedBy.clear()

  const cuts = new Map<ReplicaId, Mark>()
  const lower = (mark: Mark): void => {
    const known = cuts.get(mark.replica)
    if (known === undefined || mark.seq < known.seq) cuts.set(mark.replica, mark)
  }
  const ending = statements.filter(({ kind }) => kind !== 'seal')
  for (const mark of ending.flatMap(({ marks }) => marks)) lower(mark) // order: a minimum per id
  for (const [, { limit }] of sortedEntries(state.forks)) lower(limit)
  for (const [replica, { release }] of sortedEntries(state.strays)) {
    if (isRevoked(state, release)) lower({ replica, seq: release.seq - 1, id: release.prev })
  }
  const limits = new Map<ReplicaId, Mark>()
  // order: each replica id alone
  for (const [replica, cut] of cuts) {
    const sealed = state.sealed.get(replica) ?? 0
    const floor = sealing.map((marks) => marks.get(replica)).find((mark) => mark?.seq === sealed)
    limits.set(replica, floor !== undefined && floor.seq > cut.seq ? floor : cut)
  }
  state.limits = limits
}

export function sealsOf(chain: readonly Statement[]): ReadonlyMap<ReplicaId, Mark> {
  const highest = new Map<ReplicaId, Mark>()
  for (const { kind, marks } of chain) {
    if (kind !== 'seal') continue
    // order: a maximum per id
    for (const mark of marks) {
      if (mark.seq > (highest.get(mark.replica)?.seq ?? 0)) highest.set(mark.replica, mark)
    }
  }
  return highest
}

/** Statements or proofs moved: cap everything at the new limits. */
export function limitsMoved(state: State, turn: Turn): void {
  state.statementsHash = undefined
  const before = limitOf(state)(state.replica)
  const revokedBefore = state.revoked
  recomputeLimits(state)
  if (findStrays(state, turn)) recomputeLimits(state)
  // What was void may have been numbered: the same numbers must not be given out again.
  if (limitOf(state)(state.replica) > before) reincarnate(state, 'a cut of it was lifted', turn)
  for (const [, mark] of sortedEntries(state.limits)) {
    voidBeyond(state, validMark(state, mark), turn)
  }
  strike(state, turn)
  restamp(state)
  renameForked(state)
  for (const [replica] of sortedEntries(state.forks)) recordTip(state, replica, turn)
  bringBackVoided(state, turn)
  turn.moved.add('all')
  tellRevoked(revokedBefore, state, turn)
}

/** Doors and members depend on it. */
function tellRevoked(before: readonly Revoked[], { revoked }: State, turn: Turn): void {
  const idsOf = (list: readonly Revoked[]): string => list.map(({ id }) => id).join()
  if (idsOf(before) === idsOf(revoked)) return
  const subjects = sortedValues(new Set(revoked.map(({ subject }) => subject)))
  turn.tell({ type: 'revoked', subjects })
}

/** The greatest stamp held is that of what still counts, as it would be after a restart. */
function restamp(state: State): void {
  state.stamp = zeroStamp
  for (const [replica] of sortedEntries(state.clock)) {
    for (const { release } of sortedLog(state, replica)) raiseStamp(state, release)
    const proof = state.tipProofs.get(replica)
    if (proof !== undefined) raiseStamp(state, proof.release)
  }
  for (const [, versions] of sortedEntries(state.history)) {
    for (const { release } of versions) raiseStamp(state, release)
  }
}

/** Whether a tip stands at the limit of a fork, and so has no id, follows from the limits. */
export function renameForked(state: State): void {
  for (const [replica] of sortedEntries(state.forks)) {
    const seq = seqOf(state, replica)
    setTip(state, replica, { seq, id: idAt(state, replica, seq) ?? unknownId })
  }
}

/**
 * A seal above a fork makes one branch valid up to its mark. Who stands on another branch below the
 * mark cannot know it before the branches meet: then it goes back to where they part.
 */
export function leaveBranch(state: State, replica: ReplicaId, turn: Turn): void {
  const fork = state.forks.get(replica)?.limit
  const mark = state.limits.get(replica)
  const tip = state.clock.get(replica)
  if (fork === undefined || mark === undefined || tip === undefined) return
  if (fork.seq < tip.seq && tip.seq < mark.seq) voidBeyond(state, fork, turn)
}

/** The mark, or where a fork parts from it if this replica stands on the other branch. */
function validMark(state: State, mark: Mark): Mark {
  const fork = state.forks.get(mark.replica)?.limit
  const own =
    seqOf(state, mark.replica) < mark.seq ? undefined : idAt(state, mark.replica, mark.seq)
  const isOther = own !== undefined && mark.id !== null && own !== mark.id
  return isOther && fork !== undefined && fork.seq < mark.seq ? fork : mark
}

/** What lies beyond the mark is void: out of the keys, the log and the clock; heads come back. */
function voidBeyond(state: State, mark: Mark, turn: Turn): void {
  const tip = state.clock.get(mark.replica)
  if (tip === undefined || tip.seq <= mark.seq) return
  const id = idAt(state, mark.replica, mark.seq) ?? mark.id ?? unknownId
  for (const logged of sortedLog(state, mark.replica)) {
    if (logged.release.seq > mark.seq) voidRelease(state, logged, turn)
  }
  setTip(state, mark.replica, { seq: mark.seq, id })
  state.asked.delete(mark.replica)
  state.tipProofs.delete(mark.replica)
  refreshFloor(state, mark.replica)
  recordTip(state, mark.replica, turn)
  const text = `${tip.seq - mark.seq} releases of ${mark.replica} after ${formatDot(mark)} are void`
  turn.tell({ type: 'notice', notice: 'void', text })
}

function voidRelease(state: State, logged: Logged, turn: Turn): void {
  const { release, bytes } = logged
  keepVoided(state, logged, turn)
  for (const { key } of decodeEvidence(state.mesh, bytes).changes) {
    forgetRelease(state, release, key, turn)
    const unsettled = state.keys.get(key)?.unsettled ?? []
    const kept = unsettled.filter((held) => held.release.id !== release.id)
    if (kept.length < unsettled.length) replaceUnsettled(state, key, kept, turn)
  }
  const request = release.requestId && requestName(release.author, release.requestId)
  if (request !== undefined && state.requests.get(request)?.id === release.id) {
    state.requests.delete(request)
  }
  dropLogged(state, logged, turn)
}

export function dropLogged(state: State, logged: Logged, turn: Turn): void {
  const { replica, seq } = logged.release
  state.log.get(replica)?.delete(seq)
  state.intended.delete(logged)
  warm(state, logged)
  turn.record(recordName.release(replica, seq), null)
  turn.record(recordName.settled(replica, seq), null)
}
