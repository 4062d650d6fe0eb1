import { holdBadges } from './badges.js'
import { addHeld } from './heads.js'
import { remember } from './history.js'
import { formatDot } from './ids.js'
import { recordName, recordSettled, recordTip } from './record.js'
import { type Evidence } from './release.js'
import { isStruck } from './revocation.js'
import { type State, logIn, raiseStamp, rememberRequest, setTip } from './state.js'
import { type Turn } from './turn.js'
import { forgetVoided } from './voided.js'

/** All changes of a release in one step, and the clock with them. */
export function apply(state: State, evidence: Evidence, turn: Turn): void {
  const { release, changes, bytes } = evidence
  const { replica, seq, id } = release
  const struck = isStruck(state, release)
  const live = struck ? 0 : changes.length
  const logged = { release, bytes, whole: true, live, coldSince: undefined, isStruck: struck }
  logIn(state, logged)
  turn.record(recordName.release(replica, seq), bytes)
  holdBadges(state, release, turn)
  forgetVoided(state, release, turn)
  if (struck) recordSettled(state, logged, turn)
  for (const change of struck ? [] : changes) {
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
