import { MeshError } from '@grapevine/core'
import { shown } from '../api/shown.js'
import { isRecipient, looksLikeRecipient } from './recipient.js'
import { listed, presently } from './roster.js'
import type { Holder, Roster } from './roster.js'
import { recipientsMax, sealedTo } from './sealed-value.js'
import type { Audience, SealedTo } from './sealed-value.js'

/**
 * Names of members, peer ids, or age recipients of whomever you like; or all who are members. Who
 * joins may have chosen his name: a peer id says exactly who.
 */
export type SealTo = 'members' | readonly string[]

/** Whom a user means, as of now. Throws where that cannot be said. */
export function audienceOf(to: SealTo, roster: Roster): Audience {
  if (to === 'members') return allMembers(roster)
  if (!Array.isArray(to) || to.length === 0) {
    throw invalid(`to ${shown(to)} cannot be used: write 'members', or a list of whom to seal to`)
  }
  return named((to as readonly unknown[]).map((one) => recipientMeant(one, roster)))
}

/** Whom to seal to now what was sealed to these: to all members, or to those who still are members. */
export const audienceNow = (sealed: Audience, roster: Roster): Audience =>
  sealed.audience === 'members'
    ? allMembers(roster)
    : named(sealed.recipients.flatMap((one) => presently(one, roster) ?? []))

export const isSameAudience = (a: Audience, b: Audience): boolean => {
  const ages = new Set(a.recipients.map(({ age }) => age))
  return (
    a.audience === b.audience &&
    ages.size === b.recipients.length &&
    b.recipients.every(({ age }) => ages.has(age))
  )
}

function allMembers({ holders }: Roster): Audience {
  // A member with a key that nothing can be sealed to must not keep the others from theirs.
  const byName = holders.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const recipients = byName.flatMap(({ peer, name, recipient }) =>
    recipient !== undefined && isRecipient(recipient) ? [sealedTo(recipient, peer, name)] : [],
  )
  if (holders.length > 1 && recipients.length < 2) {
    throw invalid(
      "to 'members' cannot be used: no other member has a key in a badge; list the age recipients to seal to",
    )
  }
  return checked('members', recipients)
}

const named = (recipients: readonly SealedTo[]): Audience =>
  checked('named', [...new Map(recipients.map((one) => [one.age, one])).values()])

function checked(audience: Audience['audience'], recipients: readonly SealedTo[]): Audience {
  if (recipients.length <= recipientsMax) return { audience, recipients }
  throw invalid(
    `there are ${recipients.length} to seal to, the limit is ${recipientsMax}: seal to fewer`,
  )
}

function recipientMeant(one: unknown, roster: Roster): SealedTo {
  if (typeof one !== 'string') throw invalid(`to ${shown(one)} names nobody`)
  if (looksLikeRecipient(one)) return usable(one, roster.byRecipient.get(one))
  const holder = memberMeant(one, roster)
  if (holder.recipient !== undefined) return usable(holder.recipient, holder)
  throw invalid(
    `${shown(one)} has no key in a badge: ask for its age recipient, \`peer.recipient\`, and seal to that`,
  )
}

function memberMeant(one: string, { holders, byPeer }: Roster): Holder {
  const meant = holders.filter(({ peer, name }) => one === peer || one === name)
  const [holder, another] = meant
  if (another !== undefined) {
    const ids = meant.map(({ peer }) => peer)
    throw invalid(`${shown(one)} is the name of ${meant.length} members: write ${ids.join(' or ')}`)
  }
  if (holder !== undefined) return holder
  const names = listed([...byPeer.values()].map(({ name }) => name))
  throw invalid(
    `there is no member ${shown(one)} to seal to: there are ${names}; age recipients begin with age1`,
  )
}

function usable(recipient: string, holder: Holder | undefined): SealedTo {
  if (isRecipient(recipient)) return sealedTo(recipient, holder?.peer, holder?.name)
  throw invalid(`nothing can be sealed to ${recipient}: it is no X25519 key`)
}

const invalid = (text: string): MeshError => new MeshError('OPTION_INVALID', text, { option: 'to' })
