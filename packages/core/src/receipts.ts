import { type Dot, type Key, type PeerId, compareText } from './ids.js'
import { limits } from './limits.js'
import { type State, clockCoversDot } from './state.js'
import { type Refusal } from './presence.js'
import { coversDot } from './version-vector.js'

/** What presence proves about a release on a peer. */
export type Receipt =
  | { readonly peer: PeerId; readonly receipt: 'reached' }
  | {
      readonly peer: PeerId
      readonly receipt: 'refused'
      readonly key: Key
      readonly reason: string
    }
  /** Heard lately, but does not have it yet. */
  | { readonly peer: PeerId; readonly receipt: 'pending' }
  /** Not heard for a while; `lastSeq`: what it then had of the release's replica id. */
  | {
      readonly peer: PeerId
      readonly receipt: 'silent'
      readonly heardAt: number | undefined
      readonly lastSeq: number
    }

/** One receipt for each member, self included, in the order of their ids. */
export const receiptsOf = (state: State, dot: Dot, now: number): readonly Receipt[] =>
  [...state.members].sort(compareText).map((member) => receiptOf(state, member, dot, now))

function receiptOf(state: State, peer: PeerId, dot: Dot, now: number): Receipt {
  if (peer === state.peer) {
    const refusal = refusalIn([...state.refusals.values()], dot) // order: of one release
    return refusal
      ? refusedBy(peer, refusal)
      : { peer, receipt: clockCoversDot(state, dot) ? 'reached' : 'pending' }
  }
  const presence = state.presences.get(peer)
  const refusal = refusalIn(presence?.refusals ?? [], dot)
  if (refusal !== undefined) return refusedBy(peer, refusal)
  // What it once had it keeps: a receipt does not expire with its sender's silence.
  if (presence !== undefined && coversDot(presence.clock, dot)) return { peer, receipt: 'reached' }
  if (presence !== undefined && now - presence.heardAt <= limits.memberSilentMs) {
    return { peer, receipt: 'pending' }
  }
  return {
    peer,
    receipt: 'silent',
    heardAt: presence?.heardAt,
    lastSeq: presence?.clock.get(dot.replica) ?? 0,
  }
}

const refusedBy = (peer: PeerId, { key, reason }: Refusal): Receipt => ({
  peer,
  receipt: 'refused',
  key,
  reason,
})

const refusalIn = (refusals: readonly Refusal[], dot: Dot): Refusal | undefined =>
  refusals.find(({ replica, seq }) => replica === dot.replica && seq === dot.seq)
