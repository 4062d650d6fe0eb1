import { asBytes, asCount, asList, decode, encode } from '@grapevine/core'
import type { Badge, BadgeChain, BadgeId, PeerId, Records } from '@grapevine/core'
import type { Transaction } from '../store/store.js'

/**
 * Who came in by an invite, for as long as the badge is good that was made with it. An invite that has
 * ended lets in nobody new: its badges could be dated back, so they must have been seen before. And a
 * single-use invite lets in one, whoever comes first. Where two came first, on two sides of a cut, each
 * side hears of the other's from its members, and everybody keeps to the lesser badge.
 */
export interface Guests {
  /**
   * Why this badge lets nobody in; undefined: it does. `isVouched`: a member has told of it, and so let
   * him in: only that can stand against somebody who has used the invite already.
   */
  fault(chain: BadgeChain, isVouched: boolean): string | undefined
  /** It let somebody in. */
  remember(chain: BadgeChain): void
  forgetEnded(): void
}

interface GuestsOptions {
  readonly records: Records
  readonly now: () => number
  readonly note: (transaction: Transaction) => void
  /** Whether this peer has met that badge in some other way: its own, or that of a release it holds. */
  readonly isKnown: (id: BadgeId) => boolean
  /** A single-use invite was used by two keys; told once, and only the first of them is in. */
  readonly usedTwice: (invite: Badge, kept: PeerId, lost: PeerId) => void
}

interface Guest {
  readonly badge: BadgeId
  readonly subject: PeerId
  /** Of a single-use invite. */
  readonly single: BadgeId | undefined
  readonly untilMs: number
}

const prefix = 'peer/guest/'
/** Clocks differ by so much. */
export const leniencyMs = 60_000
/** More than there can be members at once. */
const guestsMax = 20_000
const toldMax = 1_000

export function createGuests({ records, now, note, isKnown, usedTwice }: GuestsOptions): Guests {
  const guests = new Map<BadgeId, Guest>()
  const users = new Map<BadgeId, Guest>()
  const told = new Set<BadgeId>()
  for (const guest of guestsIn(records)) keep(guest)

  function keep(guest: Guest): void {
    guests.set(guest.badge, guest)
    if (guest.single !== undefined) users.set(guest.single, guest)
  }

  function forget(gone: readonly Guest[]): void {
    for (const { badge, single } of gone) {
      guests.delete(badge)
      if (single !== undefined && users.get(single)?.badge === badge) users.delete(single)
    }
    if (gone.length > 0) note(new Map(gone.map(({ badge }) => [prefix + badge, null])))
  }

  /** Who else came by that single-use invite. */
  function rivalOf(invite: Badge, badge: Badge): Guest | undefined {
    const user = invite.invite?.uses === 'one' ? users.get(invite.id) : undefined
    return user?.subject === badge.subject ? undefined : user
  }

  function tell(invite: Badge, kept: PeerId, lost: Pick<Guest, 'badge' | 'subject'>): void {
    if (!told.has(lost.badge)) usedTwice(invite, kept, lost.subject)
    if (told.size >= toldMax) told.clear()
    told.add(lost.badge)
  }

  return {
    fault(chain, isVouched) {
      for (const [invite, badge] of madeByInvite(chain)) {
        const rival = rivalOf(invite, badge)
        if (rival !== undefined && (!isVouched || rival.badge < badge.id)) {
          tell(invite, rival.subject, { badge: badge.id, subject: badge.subject })
          return `the invite ${invite.name} is for one, and was used by somebody else`
        }
        const isEnded = now() > invite.notAfter + leniencyMs
        if (isEnded && !isVouched && !guests.has(badge.id) && !isKnown(badge.id)) {
          return `its invite ${invite.name} has ended, and this peer had not met it before`
        }
      }
      return undefined
    },
    remember(chain) {
      for (const [invite, badge] of madeByInvite(chain)) {
        if (guests.has(badge.id)) continue
        const rival = rivalOf(invite, badge)
        if (rival !== undefined) {
          forget([rival])
          tell(invite, badge.subject, rival)
        }
        if (guests.size >= guestsMax) forget([soonestOf(guests.values())])
        const guest = {
          badge: badge.id,
          subject: badge.subject,
          single: invite.invite?.uses === 'one' ? invite.id : undefined,
          untilMs: badge.notAfter,
        }
        keep(guest)
        note(new Map([[prefix + guest.badge, encodeGuest(guest)]]))
      }
    },
    forgetEnded() {
      forget([...guests.values()].filter(({ untilMs }) => now() > untilMs + leniencyMs))
    },
  }
}

/** Each badge of a chain that was made with an invite, and that invite. */
function madeByInvite(chain: BadgeChain): readonly (readonly [invite: Badge, badge: Badge])[] {
  return chain.flatMap((invite, at) => {
    const badge = chain[at + 1]
    return invite.invite === null || badge === undefined ? [] : [[invite, badge] as const]
  })
}

const soonestOf = (guests: Iterable<Guest>): Guest =>
  [...guests].reduce((soonest, guest) => (guest.untilMs < soonest.untilMs ? guest : soonest))

const encodeGuest = ({ subject, single, untilMs }: Guest): Uint8Array =>
  encode([
    Buffer.from(subject, 'hex'),
    single === undefined ? null : Buffer.from(single, 'hex'),
    untilMs,
  ])

function guestsIn(records: Records): readonly Guest[] {
  return [...records]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, bytes]) => {
      const [subject, single, untilMs] = asList(decode(bytes), 'guest', 3)
      return {
        badge: name.slice(prefix.length) as BadgeId,
        subject: hexOf<PeerId>(subject),
        single: single === null ? undefined : hexOf<BadgeId>(single),
        untilMs: asCount(untilMs, 'until'),
      }
    })
}

const hexOf = <Id extends string>(value: unknown): Id =>
  Buffer.from(asBytes(value, 'id', 32)).toString('hex') as Id
