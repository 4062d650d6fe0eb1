import type { Holder, PlannedBadge, PlannedDeed } from '../plan.js'
import { listed, span } from './spell.js'

type Name = (index: number) => string

/** What happens to badges, and what goes by them. */
export function describeTrust(
  event: PlannedDeed<'intent' | 'badge' | 'revoke'>,
  name: Name,
): string {
  const who = name(event.who)
  switch (event.do) {
    case 'intent': {
      const { put, remove, again } = event
      const wishes = [
        ...(put.length > 0 ? [`put ${listed(put)}`] : []),
        ...(remove.length > 0 ? [`remove ${listed(remove)}`] : []),
      ]
      const twice = again && `, and through ${name(again.to)} after ${span(again.afterMs)}`
      return `person ${event.person} wants ${who} to ${wishes.join(' and ')}${twice ?? ''}`
    }
    case 'badge': {
      const whom = event.person === undefined ? who : `person ${event.person}`
      return `${whom} gets ${badgeInWords(event, name)}`
    }
    case 'revoke': {
      const as = event.as === undefined ? '' : `, as ${holderInWords(event.as, name)},`
      const kept = event.isKept === true ? ', and keeps whom it let in' : ''
      return `${who}${as} revokes ${holderInWords(event.whom, name)}${kept}`
    }
  }
}

const holderInWords = (holder: Holder, name: Name): string =>
  holder === 'root' ? 'the root' : 'peer' in holder ? name(holder.peer) : `person ${holder.person}`

function badgeInWords({ by, grants, endsMs }: PlannedBadge, name: Name): string {
  const rights = grants.map(({ prefix, can }) => `${can} ${prefix === '' ? '**' : `${prefix}/**`}`)
  const until = endsMs === undefined ? '' : ` until ${span(endsMs)} have passed`
  const what = rights.length === 0 ? 'read only' : rights.join(', ')
  return `a badge from ${holderInWords(by, name)}${until}: ${what}`
}
