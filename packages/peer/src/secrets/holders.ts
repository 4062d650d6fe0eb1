import { badgeOf } from '@grapevine/core'
import type { HeardPresence, PeerId } from '@grapevine/core'
import type { Inside } from '../api/parts.js'
import type { Members } from '../running/members.js'
import type { Guard } from '../trust/guard.js'
import { ageLabel } from '../trust/own-badge.js'
import type { Holder } from './roster.js'

interface Known extends Pick<Inside, 'id' | 'age' | 'names'> {
  readonly guard: Pick<Guard, 'chains'> | undefined
  readonly members: Pick<Members, 'ids'>
  readonly presences: () => ReadonlyMap<PeerId, Pick<HeardPresence, 'labels'>>
}

/**
 * Who is a member now. In an open mesh nobody vouches for any key but one's own. In a closed one a badge
 * does; but whoever may let others in could make one for somebody else, with a key of his own in it. So
 * where the member itself was heard to say another, nothing is sealed to it.
 */
export function holdersOf(known: Known): readonly Holder[] {
  const { id, age, guard, members, names } = known
  const ownOr = (peer: string, recipient: string | undefined): string | undefined =>
    peer === id ? age.recipient : recipient
  if (guard !== undefined) {
    const presences = known.presences()
    return guard.chains().map((chain) => {
      const { subject, name, labels } = badgeOf(chain)
      const vouched = labels.get(ageLabel)
      const said = presences.get(subject)?.labels.get(ageLabel) ?? vouched
      return {
        peer: subject,
        name,
        recipient: ownOr(subject, said === vouched ? vouched : undefined),
      }
    })
  }
  const nameOf = names()
  return [...members.ids()].map((peer) => ({
    peer,
    name: nameOf(peer),
    recipient: ownOr(peer, undefined),
  }))
}
