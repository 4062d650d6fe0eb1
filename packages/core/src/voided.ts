import { type Dot, formatDot, sortedEntries } from './ids.js'
import { limits } from './limits.js'
import { park } from './parking.js'
import { recordName } from './record.js'
import { decodeEvidence } from './release.js'
import { type Logged, type State, limitOf } from './state.js'
import { type Turn } from './turn.js'

/*
 * What voids a release can itself turn out void: its issuer was revoked before, or signed two statements
 * with one number. By then everybody has dropped the release, its writer too, and others may have written
 * over it. So its bytes are kept aside, the newest so many of them, and judged anew if the limit rises.
 */

export interface Voided {
  readonly dot: Dot
  readonly bytes: Uint8Array
}

/** A release leaves the log because it is void. */
export function keepVoided(state: State, { release, bytes, whole }: Logged, turn: Turn): void {
  if (!whole) return
  const { replica, seq } = release
  state.voided.set(formatDot(release), { dot: { replica, seq }, bytes })
  turn.record(recordName.voided(replica, seq), bytes)
  state.voidedBytes += bytes.length
  // order: as voided, so the oldest go
  for (const [, oldest] of state.voided) {
    if (state.voidedBytes <= limits.voidedBytesMax) return
    forgetVoided(state, oldest.dot, turn)
  }
}

/** It is held again, or nobody can bring it back any more. */
export function forgetVoided(state: State, dot: Dot, turn: Turn): void {
  const name = formatDot(dot)
  const voided = state.voided.get(name)
  if (voided === undefined) return
  state.voided.delete(name)
  state.voidedBytes -= voided.bytes.length
  turn.record(recordName.voided(dot.replica, dot.seq), null)
}

/** What lies within the limits again is judged like anything that waits. */
export function bringBackVoided(state: State, turn: Turn): void {
  const limit = limitOf(state)
  for (const [, { dot, bytes }] of sortedEntries(state.voided)) {
    if (dot.seq > limit(dot.replica)) continue
    park(state, decodeEvidence(state.mesh, bytes), undefined, undefined, turn)
    turn.moved.add('all')
  }
}
