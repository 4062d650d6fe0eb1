import type { PeerId, Records } from '@grapevine/core'
import { limits } from '@grapevine/core'
import { decode, encode } from '@ipld/dag-cbor'
import { equals } from 'uint8arrays/equals'
import type { Book, Contact } from '../network/network.js'
import type { Transaction } from '../store/store.js'

/**
 * Who belongs to the mesh, and where each was reached: whom this peer met, and whom those it met
 * know; in a closed mesh, as far as each has a badge. Kept on disk, because a quorum counts those who
 * are silent, too.
 */
export interface Members extends Book {
  /** Everybody, self included. */
  ids(): ReadonlySet<PeerId>
  /** Forgets who was not seen for so long that nobody waits for it any more. */
  forgetLongGone(): void
  /** Forgets whose badge has ended; with `all`, whose badge does not hold any more. True: somebody. */
  forgetStrangers(all: boolean): boolean
}

interface MembersOptions {
  readonly self: PeerId
  readonly records: Records
  readonly now: () => number
  /** Presences: they say when each was last alive. */
  readonly heard: () => ReadonlyMap<PeerId, { readonly heardAt: number }>
  readonly note: (transaction: Transaction) => void
  readonly memberBy?: MemberBy | undefined
  /** Somebody came or was forgotten. */
  readonly onChange: (ids: ReadonlySet<PeerId>) => void
}

/**
 * In a closed mesh: as what somebody is a member by a badge that was told, or one that was known and
 * goes before it; undefined: he is none. `isByItself`: he showed it himself.
 */
export type MemberBy = (
  peer: PeerId,
  told: readonly Uint8Array[],
  known: readonly Uint8Array[] | undefined,
  isByItself: boolean,
) => Membership | undefined

export interface Membership {
  readonly untilMs: number
  /** As it was verified: the bytes that came may say the same under a signature that does not hold. */
  readonly badge: readonly Uint8Array[]
  /** As on the badge: whoever may call himself anything could call himself somebody else. */
  readonly name: string
}

/** Who was not seen for so long is no member any more. */
const forgetMs = limits.coldAgeMs
/** That somebody was seen is written down only so often. */
const noteMs = 3_600_000
const addressesMax = 8
const membersMax = 10_000

/** A member as it is kept: until when it is one, and when it was last written down as seen. */
interface Row {
  readonly contact: Contact
  readonly untilMs: number
  readonly notedAt: number
}

export function createMembers(options: MembersOptions): Members {
  const { self, now, heard, note, onChange } = options
  const rows = rowsIn(options)
  const idsNow = (): ReadonlySet<PeerId> => new Set([self, ...rows.keys()])
  let ids = idsNow()

  function moved(): void {
    ids = idsNow()
    onChange(ids)
  }

  function keep(contact: Contact, untilMs: number): void {
    const before = rows.get(contact.peer)
    const isDue =
      before === undefined ||
      !isSame(before.contact, contact) ||
      contact.seenAt - before.notedAt > noteMs
    rows.set(contact.peer, { contact, untilMs, notedAt: isDue ? contact.seenAt : before.notedAt })
    if (isDue) note(new Map([[recordName(contact.peer), encodeContact(contact)]]))
  }

  function forget(gone: readonly Contact[]): boolean {
    if (gone.length === 0) return false
    for (const { peer } of gone) rows.delete(peer)
    note(new Map(gone.map(({ peer }) => [recordName(peer), null])))
    moved()
    return true
  }

  function seenLately(): readonly Contact[] {
    const presences = heard()
    return [...rows.values()].map(({ contact }) => ({
      ...contact,
      seenAt: Math.max(contact.seenAt, presences.get(contact.peer)?.heardAt ?? 0),
    }))
  }

  const isWelcome = (told: Contact): boolean =>
    rows.size < membersMax && now() - told.seenAt <= forgetMs

  return {
    ids: () => ids,
    contacts: seenLately,
    contact: (peer) => rows.get(peer)?.contact,
    learn(said, from) {
      // A clock that is ahead must not keep anybody alive.
      const told = { ...said, seenAt: Math.min(said.seenAt, now()) }
      const known = rows.get(told.peer)?.contact
      if (told.peer === self || (known === undefined && !isWelcome(told))) return
      const shown = { ...told, badge: told.badge ?? known?.badge }
      const member = membershipOf(options, shown, known?.badge, told.peer === from)
      if (member === undefined) return
      keep({ ...merge(known, told, told.peer === from), ...saidBy(member) }, member.untilMs)
      if (known === undefined) moved()
    },
    forgetLongGone() {
      forget(seenLately().filter(({ seenAt }) => now() - seenAt > forgetMs))
    },
    forgetStrangers(all) {
      const gone = [...rows.values()].filter(({ contact, untilMs }) =>
        all ? membershipOf(options, contact) === undefined : now() > untilMs,
      )
      return forget(gone.map(({ contact }) => contact))
    },
  }
}

function rowsIn(options: MembersOptions): Map<PeerId, Row> {
  const rows = new Map<PeerId, Row>()
  for (const contact of contactsIn(options.records)) {
    const member = membershipOf(options, contact)
    if (member === undefined) continue
    rows.set(contact.peer, { contact, untilMs: member.untilMs, notedAt: contact.seenAt })
  }
  return rows
}

/** In an open mesh nobody has a badge, and nobody's time ends. */
function membershipOf(
  { memberBy }: MembersOptions,
  { peer, badge }: Contact,
  known?: readonly Uint8Array[],
  isByItself = false,
): Membership | typeof forEver | undefined {
  if (memberBy === undefined) return forEver
  return badge && memberBy(peer, badge, known, isByItself)
}

const forEver = { untilMs: Infinity } as const

/** What a peer says of itself counts; what others say of it only adds. */
function merge(known: Contact | undefined, told: Contact, isItself: boolean): Contact {
  if (known === undefined) return { ...told, addresses: told.addresses.slice(0, addressesMax) }
  const [first, second] = isItself
    ? [told.addresses, known.addresses]
    : [known.addresses, told.addresses]
  return {
    peer: told.peer,
    name: isItself ? told.name : known.name,
    addresses: [...new Set([...first, ...second])].slice(0, addressesMax),
    seenAt: Math.max(known.seenAt, told.seenAt),
  }
}

/** Whoever told of a badge has held it against the one that was known. */
const saidBy = (member: Membership | typeof forEver): Partial<Contact> =>
  'badge' in member ? { badge: member.badge, name: member.name } : {}

const isSame = (a: Contact, b: Contact): boolean =>
  a.name === b.name && a.addresses.join() === b.addresses.join() && isSameBadge(a, b)

const isSameBadge = ({ badge: a = [] }: Contact, { badge: b = [] }: Contact): boolean =>
  a.length === b.length && a.every((link, at) => equals(link, b[at]!))

const prefix = 'peer/member/'
const recordName = (peer: PeerId): string => prefix + peer

const encodeContact = ({ name, addresses, seenAt, badge }: Contact): Uint8Array =>
  encode([name, addresses, seenAt, ...(badge === undefined ? [] : [badge])])

function contactsIn(records: Records): readonly Contact[] {
  return [...records]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, bytes]) => {
      const [shown, addresses, seenAt, badge] =
        decode<[string, string[], number, Uint8Array[] | undefined]>(bytes)
      const peer = name.slice(prefix.length) as PeerId
      return { peer, name: shown, addresses, seenAt, ...(badge && { badge }) }
    })
}
