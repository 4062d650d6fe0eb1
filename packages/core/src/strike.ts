import { type Key, sortedValues } from './ids.js'
import { replaceUnsettled } from './heads.js'
import { forgetRelease, remember } from './history.js'
import { recordSettled } from './record.js'
import { type Change, decodeEvidence } from './release.js'
import { compareStamps } from './stamp.js'
import { type Held, type Logged, type State, warm } from './state.js'
import { isStruck } from './revocation.js'
import { type Turn } from './turn.js'
import { coversDot } from './version-vector.js'

/**
 * Whose author was revoked before it keeps its place in the chain of the peer that numbered it, so that
 * nobody else's releases are lost with it; but its changes go, and what they had replaced is back. Where
 * the revocation itself turns out void, they return.
 */
export function strike(state: State, turn: Turn): void {
  const moved = [...state.intended]
    .filter((logged) => logged.isStruck !== isStruck(state, logged.release))
    .sort((a, b) => compareStamps(a.release, b.release))
  for (const logged of moved) {
    logged.isStruck = !logged.isStruck
    const { changes } = decodeEvidence(state.mesh, logged.bytes)
    if (logged.isStruck) takeOut(state, logged, changes, turn)
    else putBack(state, logged, changes, turn)
    recordSettled(state, logged, turn)
  }
  if (moved.length === 0) return
  const authors = sortedValues(new Set(moved.map(({ release }) => release.author)))
  const text = `the changes of ${moved.length} releases by ${authors.map((author) => author.slice(0, 8)).join(', ')} ${moved[0]!.isStruck ? 'count no more' : 'count again'}: whose will they were was revoked`
  turn.tell({ type: 'notice', notice: 'void', text })
}

function takeOut(state: State, logged: Logged, changes: readonly Change[], turn: Turn): void {
  const { release } = logged
  for (const { key } of changes) {
    forgetRelease(state, release, key, turn)
    const unsettled = unsettledOn(state, key)
    const kept = unsettled.filter((held) => held.release.id !== release.id)
    if (kept.length < unsettled.length) replaceUnsettled(state, key, kept, turn)
  }
  logged.live = 0
  warm(state, logged)
}

/** A change that was let go of meanwhile, below a remove that has left, does not come back. */
function putBack(state: State, logged: Logged, changes: readonly Change[], turn: Turn): void {
  const { release } = logged
  logged.live = 0
  for (const change of changes) {
    const held: Held = { release, change }
    const context = state.keys.get(change.key)?.context
    if (context !== undefined && coversDot(context, release)) continue
    remember(state, held, turn)
    replaceUnsettled(state, change.key, [...unsettledOn(state, change.key), held], turn)
    logged.live += 1
  }
  if (logged.live === 0) state.bare.add(logged)
}

const unsettledOn = (state: State, key: Key): readonly Held[] =>
  state.keys.get(key)?.unsettled ?? []

/** What was struck on a key and is still held. */
export const struckOn = (state: State, key: string): readonly Held[] =>
  struckReleases(state).flatMap(({ release, bytes }) =>
    decodeEvidence(state.mesh, bytes)
      .changes.filter((change) => change.key === key)
      .map((change) => ({ release, change })),
  )

/** By their stamps, oldest first. */
export const struckReleases = (state: State): readonly Logged[] =>
  [...state.intended]
    .filter((logged) => logged.isStruck)
    .sort((a, b) => compareStamps(a.release, b.release))
