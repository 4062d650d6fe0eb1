import type { ClosedMesh, Holder, Plan, PlannedBadge, PlannedEvent } from '../plan.js'
import type { Search } from './shrink.js'

/** Leaves out one peer after the other, with all that happens to it; the others move up. */
export function fewerPeers({ best, attempt, isOver }: Search): void {
  for (let index = best().peers - 1; index >= 0 && !isOver(); index--) {
    const fewer = withoutPeer(best(), index)
    if (fewer !== undefined) attempt(fewer)
  }
}

const peersMin = 2

function withoutPeer(plan: Plan, index: number): Plan | undefined {
  if (plan.peers <= peersMin) return undefined
  const isAdmin = index < plan.admins
  const isHostile = index >= plan.peers - plan.hostile
  const peers = plan.peers - 1
  return {
    ...plan,
    ...(plan.closed && { closed: withoutBadge(plan.closed, index) }),
    peers,
    admins: plan.admins - (isAdmin ? 1 : 0),
    hostile: plan.hostile - (isHostile ? 1 : 0),
    overlay: {
      ...plan.overlay,
      links: Math.min(plan.overlay.links, peers - 1),
    },
    events: plan.events.flatMap((event) => movedUp(event, index)),
  }
}

/** Copies of stores are numbered after the peers, so that they move up as well. */
function movedUp(event: PlannedEvent, gone: number): readonly PlannedEvent[] {
  const moved = (index: number): number => (index > gone ? index - 1 : index)
  const who = moved(event.who)
  if (event.who === gone) return isOfEverybody(event) ? [{ ...event, who: 0 }] : []
  switch (event.do) {
    case 'link':
      return event.to === gone ? [] : [{ ...event, who, to: moved(event.to) }]
    case 'session':
      return event.with === gone ? [] : [{ ...event, who, with: moved(event.with) }]
    case 'cut':
      return event.whom === gone ? [] : [{ ...event, who, whom: moved(event.whom) }]
    case 'intent': {
      const { again, ...once } = event
      if (again === undefined || again.to === gone) return [{ ...once, who }]
      return [{ ...event, who, again: { ...again, to: moved(again.to) } }]
    }
    case 'badge':
      return [{ ...event, who, by: holderWithout(event.by, gone) ?? 'root' }]
    case 'revoke': {
      const whom = holderWithout(event.whom, gone)
      const { as: signer, ...own } = event
      const as = signer && holderWithout(signer, gone)
      return whom === undefined ? [] : [{ ...own, who, whom, ...(as && { as }) }]
    }
    default:
      return [{ ...event, who }]
  }
}

/** Undefined: it is the one that is gone. */
function holderWithout(holder: Holder, gone: number): Holder | undefined {
  if (holder === 'root' || 'person' in holder || holder.peer < gone) return holder
  return holder.peer === gone ? undefined : { peer: holder.peer - 1 }
}

/** Whom it had let in, the root lets in. */
function withoutBadge({ badges, persons }: ClosedMesh, gone: number): ClosedMesh {
  const move = (badge: PlannedBadge): PlannedBadge => ({
    ...badge,
    by: holderWithout(badge.by, gone) ?? 'root',
  })
  return { badges: badges.toSpliced(gone, 1).map(move), persons: persons.map(move) }
}

/** It does not matter much to whom it is said to happen. */
const isOfEverybody = (event: PlannedEvent): boolean =>
  event.do === 'skip' || event.do === 'announce' || event.do === 'weather'
