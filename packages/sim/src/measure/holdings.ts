import type { JoinLog } from './joins.js'
import type { LackingBook } from './lacking.js'
import { isHeldBy, isLive, mark } from './update.js'
import type { Update } from './update.js'

/** What took an update from a peer: then it is void for everybody, or gone with the only disk. */
export type Taker = 'limit' | 'disk'

/** Who holds which update, and everybody told who has to know. */
export interface Holdings {
  hold(this: void, update: Update, peer: number, at: number): void
  drop(this: void, update: Update, peer: number, at: number, taker?: Taker): void
  /** It does not count any more, wherever it is. */
  annul(this: void, update: Update, at: number): void
  /** First receptions. */
  deliveries(this: void): { readonly received: number; readonly gossipShare: number | null }
}

export function createHoldings(lacking: LackingBook, joins: JoinLog): Holdings {
  const received = { gossip: 0, session: 0 }

  /** Whether an update counts may change with this; then everybody lacks one more, or one less. */
  function change(update: Update, at: number, act: () => void): void {
    const was = isLive(update)
    act()
    const is = isLive(update)
    if (was === is) return
    lacking.lives(is ? 1 : -1, at)
    for (let peer = 0; peer < update.marks.length; peer++) {
      if (isHeldBy(update, peer)) lacking.holds(peer, is ? 1 : -1, at)
    }
    if (!is) joins.settled(update, at)
  }

  function arriveFirst(update: Update, peer: number, at: number): void {
    update.heldAfterMs[peer] = at - update.at
    if (peer === update.writer) return
    if ((update.marks[peer]! & mark.heard) !== 0) {
      received.gossip += 1
    } else {
      received.session += 1
      update.copies += 1
    }
  }

  const annul = (update: Update, at: number): void =>
    change(update, at, () => (update.isVoid = true))

  return {
    hold(update, peer, at) {
      if (isHeldBy(update, peer)) return
      if (update.holders === 0) change(update, at, () => (update.holders = 1))
      else update.holders += 1
      update.marks[peer]! |= mark.held
      if (isLive(update)) lacking.holds(peer, 1, at)
      joins.settled(update, at, peer)
      if (Number.isNaN(update.heldAfterMs[peer]!)) arriveFirst(update, peer, at)
    },
    drop(update, peer, at, taker) {
      if (!isHeldBy(update, peer)) return
      if (isLive(update)) lacking.holds(peer, -1, at)
      update.marks[peer]! &= ~mark.held
      if (update.holders === 1) change(update, at, () => (update.holders = 0))
      else update.holders -= 1
      if (taker === 'disk') update.isGone = true
      if (taker === 'limit') annul(update, at)
    },
    annul,
    deliveries() {
      const all = received.gossip + received.session
      return { received: all, gossipShare: all === 0 ? null : received.gossip / all }
    },
  }
}
