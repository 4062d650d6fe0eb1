import { asCount, asList, decode, encode } from './codec.js'
import { limits } from './limits.js'
import { recordName } from './record.js'
import { vectorFromWire, vectorToWire } from './release.js'
import { type State, clockVector } from './state.js'
import { type Turn } from './turn.js'
import { type VersionVector } from './version-vector.js'

/** What was held at a time that this peer remembers by itself, whatever stamps say. */
export interface DayNote {
  readonly atMs: number
  readonly clock: VersionVector
}

/**
 * Remembers, once a day, what is held. How long ago something was written its author says, and a stolen
 * key can lie; how long ago it was here this peer knows.
 */
export function noteDay(state: State, turn: Turn): void {
  const { mesh, days } = state
  if (!mesh.revocable || state.clock.size === 0) return
  const day = Math.floor(turn.now / limits.dayMs)
  if (days.has(day)) return
  const note = { atMs: turn.now, clock: clockVector(state) }
  days.set(day, note)
  turn.record(recordName.day(day), encode([note.atMs, vectorToWire(note.clock)]))
  const kept = oldEnough(state, turn.now)
  // order: each alone
  for (const [number, { atMs }] of days) {
    const isAhead = atMs > turn.now
    if (!isAhead && (kept === undefined || atMs >= kept.atMs)) continue
    days.delete(number)
    turn.record(recordName.day(number), null)
  }
}

/** The newest note that is older than the sealing age. */
export function oldEnough({ days }: State, now: number): DayNote | undefined {
  let newest: DayNote | undefined
  // order: a maximum
  for (const note of days.values()) {
    const isOld = note.atMs <= now - limits.sealAgeMs
    if (isOld && note.atMs >= (newest?.atMs ?? 0)) newest = note
  }
  return newest
}

export function readDay(bytes: Uint8Array): DayNote {
  const [atMs, clock] = asList(decode(bytes), 'day', 2)
  return { atMs: asCount(atMs, 'time of a day'), clock: vectorFromWire(clock) }
}
