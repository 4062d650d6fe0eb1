import type { PeerId } from '@grapevine/core'
import { shortRecipient } from './recipient.js'
import { sealedTo } from './sealed-value.js'
import type { Audience, SealedTo } from './sealed-value.js'

/** A member as it is now, and what can be sealed to it. */
export interface Holder {
  readonly peer: PeerId
  /** As its badge says: whoever may choose a name for himself could choose that of another. */
  readonly name: string
  /** undefined: nobody vouches for a key of its. */
  readonly recipient: string | undefined
}

/** Everybody who is a member now, self included. */
export interface Roster {
  readonly holders: readonly Holder[]
  readonly byPeer: ReadonlyMap<PeerId, Holder>
  readonly byRecipient: ReadonlyMap<string, Holder>
}

export function rosterOf(holders: readonly Holder[]): Roster {
  const byRecipient = new Map<string, Holder>()
  const claimedTwice = new Set<string>()
  for (const holder of holders) {
    const { recipient } = holder
    if (recipient === undefined) continue
    if (byRecipient.has(recipient)) claimedTwice.add(recipient)
    byRecipient.set(recipient, holder)
  }
  // Who calls the key of another his own is not believed, and cannot open anything with it either.
  for (const recipient of claimedTwice) byRecipient.delete(recipient)
  return { holders, byPeer: new Map(holders.map((holder) => [holder.peer, holder])), byRecipient }
}

/** A peer's key can have been replaced since; whoever is no member any more is gone. */
export function presently(one: SealedTo, { byPeer }: Roster): SealedTo | undefined {
  if (one.peer === undefined) return one
  const holder = byPeer.get(one.peer)
  return holder && sealedTo(holder.recipient ?? one.age, holder.peer, holder.name)
}

/** Whether it was revoked, left, or has another key since. */
export const isStale = (one: SealedTo, roster: Roster): boolean =>
  presently(one, roster)?.age !== one.age

/** Members that a value for all of them is not sealed to. */
export function missingFrom({ audience, recipients }: Audience, { holders }: Roster): Holder[] {
  if (audience === 'named') return []
  const sealed = new Set(recipients.map(({ age }) => age))
  return holders.filter(({ recipient }) => recipient === undefined || !sealed.has(recipient))
}

/** What people call a recipient. What its writer called it is believed only where nothing better is known. */
export function nameOf({ age, peer, name }: SealedTo, { byPeer }: Roster): string {
  if (peer === undefined) return shortRecipient(age)
  const holder = byPeer.get(peer)
  const called = holder?.name ?? name ?? peer.slice(0, shortIdLength)
  const isItsKey = holder !== undefined && (holder.recipient ?? age) === age
  return isItsKey ? called : `${called} (${shortRecipient(age)})`
}

const shortIdLength = 8
const namedMax = 8

export const listed = (names: readonly string[]): string =>
  names.length <= namedMax
    ? names.join(', ')
    : `${names.slice(0, namedMax).join(', ')} and ${names.length - namedMax} more`
