import { MeshError } from './errors.js'
import { headsOf, isPut, winnerOf } from './heads.js'
import { type Dot, type Key, formatDot } from './ids.js'
import { limits } from './limits.js'
import { recordName } from './record.js'
import { decodeEvidence, showOnly } from './release.js'
import { compareStamps } from './stamp.js'
import { type Held, type Logged, type State, loggedAt } from './state.js'
import { type Turn } from './turn.js'
import { type Value } from './value.js'
import { coversDot } from './version-vector.js'

/**
 * Old versions, for people: a store of its own. It never decides what is read, and trimming it
 * never touches what is unsettled.
 */
export function remember(state: State, version: Held, turn: Turn): void {
  const { key } = version.change
  const versions = state.history.get(key)
  if (versions === undefined) return void state.history.set(key, [version])
  if (versions.some(({ release }) => release.id === version.release.id)) return
  const after = versions.findIndex((other) => compareStamps(other.release, version.release) > 0)
  if (after < 0) versions.push(version)
  else versions.splice(after, 0, version)
  if (versions.length > limits.historyVersionsMax) forget(state, versions.shift()!, turn)
}

function forget(state: State, { release, change }: Held, turn: Turn): void {
  const name = recordName.history(release.replica, release.seq, change.key)
  if (state.archived.delete(name)) turn.record(name, null)
}

/** What lies beyond a limit never counted: it is not a version to return to. */
export function forgetRelease(state: State, dot: Dot, key: Key, turn: Turn): void {
  const versions = state.history.get(key) ?? []
  const kept = versions.filter(
    ({ release }) => release.replica !== dot.replica || release.seq !== dot.seq,
  )
  for (const version of versions) if (!kept.includes(version)) forget(state, version, turn)
  if (kept.length > 0) state.history.set(key, kept)
  else state.history.delete(key)
}

/** Drops versions that were replaced longer ago than the history's age. */
export function trimHistory(state: State, now: number, turn: Turn): void {
  // order: each key alone
  for (const [key, versions] of state.history) {
    const isYoung = ({ release }: Held): boolean => release.stamp.ms > now - limits.historyAgeMs
    const kept = versions.filter((version, index) => {
      const replaced = versions[index + 1] ?? (isPut(version) ? undefined : version)
      return replaced === undefined || isYoung(replaced)
    })
    if (kept.length === versions.length) continue
    for (const version of versions) if (!kept.includes(version)) forget(state, version, turn)
    if (kept.length > 0) state.history.set(key, kept)
    else state.history.delete(key)
  }
}

/** A release leaves the log: what history still shows of it moves to records of its own. */
export function archive(state: State, logged: Logged, turn: Turn): void {
  const { replica, seq, id } = logged.release
  for (const { key } of decodeEvidence(state.mesh, logged.bytes).changes) {
    if (!state.history.get(key)?.some(({ release }) => release.id === id)) continue
    const name = recordName.history(replica, seq, key)
    state.archived.add(name)
    const shown = showOnly(state.mesh, logged.bytes, (other) => other === key)
    turn.record(name, shown)
  }
}

export interface Rollback {
  readonly put: ReadonlyMap<Key, Value>
  readonly remove: readonly Key[]
  /** Changed since by somebody else: left alone. */
  readonly changedSince: readonly Key[]
  /** What was there before is no longer known: left alone. */
  readonly unknown: readonly Key[]
}

/** What undoes a release: each key that still shows it returns to what its writer had seen. */
export function planRollback(state: State, dot: Dot): Rollback {
  const logged = loggedAt(state, dot.replica, dot.seq)
  if (logged === undefined || !logged.whole) {
    throw new MeshError(
      'RELEASE_UNKNOWN',
      `release ${formatDot(dot)} is not held here, so it cannot be undone`,
      { ...dot },
    )
  }
  const put = new Map<Key, Value>()
  const remove: Key[] = []
  const changedSince: Key[] = []
  const unknown: Key[] = []
  for (const change of decodeEvidence(state.mesh, logged.bytes).changes) {
    const held = state.keys.get(change.key)
    const isShown = held?.heads.some(({ release }) => release.id === logged.release.id) ?? false
    if (!isShown || held!.heads.length > 1) {
      changedSince.push(change.key)
      continue
    }
    const versions = state.history.get(change.key) ?? []
    const known = versions.filter(({ release }) => coversDot(change.seen, release))
    const before = winnerOf(headsOf(known))
    if (before?.change.put) put.set(change.key, before.change.put.value)
    else if (known.length > 0 || change.seen.size === 0) remove.push(change.key)
    else unknown.push(change.key)
  }
  return { put, remove, changedSince, unknown }
}
