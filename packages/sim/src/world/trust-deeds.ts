import { freshValue, give } from './stage.js'
import type { Stage } from './stage.js'
import type { Holder, PlannedBadge, PlannedDeed } from '../plan.js'
import type { Peer } from './peer.js'

/** What happens to badges, and what goes by them; in an open mesh nothing of it does anything. */
export function trustDeed(
  stage: Stage,
  peer: Peer,
  event: PlannedDeed<'intent' | 'badge' | 'revoke'>,
): void {
  if (stage.world.plan.closed === undefined) return
  switch (event.do) {
    case 'intent':
      return peer.whenAwake(() => intend(stage, peer, event))
    case 'badge': {
      const whom: Holder =
        event.person === undefined ? { peer: peer.index } : { person: event.person }
      return renew(stage, whom, event)
    }
    case 'revoke':
      return peer.whenAwake(() => revoke(stage, peer, event))
  }
}

/** Signed once, by the clock of whom it is handed to, and numbered by one peer or by two. */
function intend(stage: Stage, peer: Peer, event: PlannedDeed<'intent'>): void {
  const { trust, queue, peers } = stage.world
  const { person, again } = event
  const author = trust.keyOf({ person })
  if (author === undefined || !peer.isUp) return
  const atMs = peer.wall()
  const intent = trust.intent(person, {
    atMs,
    untilMs: atMs + event.goodMs,
    requestId: again === undefined ? null : `wish ${event.at} of ${person}`,
    put: new Map(event.put.map((key) => [key, freshValue(stage, 0)])),
    remove: event.remove,
  })
  if (intent === undefined) return
  const links = trust.badgeOf(author)
  const hand = (to: Peer): void => {
    to.handle({ type: 'show-badge', links })
    give(stage, to, { type: 'write', intent, confirmRemoves: event.remove.length })
  }
  hand(peer)
  const other = again === undefined ? undefined : peers[again.to]
  if (other !== undefined) queue.after(again!.afterMs, () => other.whenAwake(() => hand(other)))
}

/** All copies of a store have the badge of their peer. */
function renew({ world }: Stage, whom: Holder, badge: PlannedBadge): void {
  const { trust, peers } = world
  trust.give(whom, badge)
  const key = trust.keyOf(whom)
  const links = key === undefined ? [] : trust.badgeOf(key)
  if (links.length === 0) return
  for (const peer of peers) if (peer.peer === key) peer.handle({ type: 'badge', links })
}

function revoke({ world }: Stage, peer: Peer, event: PlannedDeed<'revoke'>): void {
  const { trust } = world
  const subject = trust.keyOf(event.whom)
  if (subject === undefined) return
  peer.handle({
    type: 'issue',
    statement: {
      kind: 'revoke',
      subject,
      kept: event.isKept === true ? trust.signedBy(subject) : [],
    },
    by: event.as === undefined ? undefined : trust.signer(event.as),
  })
}
