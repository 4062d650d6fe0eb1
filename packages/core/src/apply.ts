import { addHeld } from './heads.js'
import { remember } from './history.js'
import { formatDot } from './ids.js'
import { recordName, recordTip } from './record.js'
import { type Evidence } from './release.js'
import { type State, logOf, raiseStamp, rememberRequest, setTip } from './state.js'
import { type Turn } from './turn.js'

/** All changes of a release in one step, and the clock with them. */
export function apply(state: State, evidence: Evidence, turn: Turn): void {
  const { release, changes, bytes } = evidence
  const { replica, seq, id } = release
  logOf(state, replica).set(seq, {
    release,
    bytes,
    whole: true,
    live: changes.length,
    coldSince: undefined,
  })
  turn.record(recordName.release(replica, seq), bytes)
  for (const change of changes) {
    const held = { release, change }
    addHeld(state, held, turn)
    remember(state, held, turn)
  }
  setTip(state, replica, { seq, id })
  turn.moved.add(formatDot(release))
  if (state.tipProofs.delete(replica)) recordTip(state, replica, turn)
  raiseStamp(state, release)
  rememberRequest(state, release)
}
