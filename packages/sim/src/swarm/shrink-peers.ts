import type { Plan, PlannedEvent } from '../plan.js'
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
    default:
      return [{ ...event, who }]
  }
}

/** It does not matter much to whom it is said to happen. */
const isOfEverybody = (event: PlannedEvent): boolean =>
  event.do === 'skip' || event.do === 'announce' || event.do === 'weather'
