import type { PeerId, Records } from '@grapevine/core'
import { limits } from '@grapevine/core'
import { decode, encode } from '@ipld/dag-cbor'
import type { Book, Contact } from '../network/network.js'
import type { Transaction } from '../store/store.js'

/**
 * Who belongs to the mesh, and where each was reached: whom this peer met, and whom those it met
 * know. Kept on disk, because a quorum counts those who are silent, too.
 */
export interface Members extends Book {
  /** Everybody, self included. */
  ids(): ReadonlySet<PeerId>
  /** Forgets who was not seen for so long that nobody waits for it any more. */
  forgetLongGone(): void
}

interface MembersOptions {
  readonly self: PeerId
  readonly records: Records
  readonly now: () => number
  /** Presences: they say when each was last alive. */
  readonly heard: () => ReadonlyMap<PeerId, { readonly heardAt: number }>
  readonly note: (transaction: Transaction) => void
  /** Somebody came or was forgotten. */
  readonly onChange: (ids: ReadonlySet<PeerId>) => void
}

/** Who was not seen for so long is no member any more. */
const forgetMs = limits.coldAgeMs
/** That somebody was seen is written down only so often. */
const noteMs = 3_600_000
const addressesMax = 8
const membersMax = 10_000

export function createMembers(options: MembersOptions): Members {
  const { self, now, heard, note, onChange } = options
  const contacts = new Map<PeerId, Contact>()
  const noted = new Map<PeerId, number>()
  let ids: ReadonlySet<PeerId> = new Set([self])
  for (const contact of contactsIn(options.records)) {
    contacts.set(contact.peer, contact)
    noted.set(contact.peer, contact.seenAt)
  }
  refresh()

  function refresh(): void {
    ids = new Set([self, ...contacts.keys()])
  }

  function store(contact: Contact): void {
    contacts.set(contact.peer, contact)
    noted.set(contact.peer, contact.seenAt)
    note(new Map([[recordName(contact.peer), encodeContact(contact)]]))
  }

  function seenLately(): readonly Contact[] {
    const presences = heard()
    return [...contacts.values()].map((one) => ({
      ...one,
      seenAt: Math.max(one.seenAt, presences.get(one.peer)?.heardAt ?? 0),
    }))
  }

  return {
    ids: () => ids,
    contacts: seenLately,
    contact: (peer) => contacts.get(peer),
    learn(said, from) {
      // A clock that is ahead must not keep anybody alive.
      const told = { ...said, seenAt: Math.min(said.seenAt, now()) }
      const known = contacts.get(told.peer)
      if (told.peer === self || (known === undefined && !isWelcome(told))) return
      const merged = merge(known, told, told.peer === from)
      if (known === undefined || !isSame(known, merged)) store(merged)
      else {
        contacts.set(told.peer, merged)
        if (merged.seenAt - (noted.get(told.peer) ?? 0) > noteMs) store(merged)
      }
      if (known !== undefined) return
      refresh()
      onChange(ids)
    },
    forgetLongGone() {
      const gone = seenLately().filter(({ seenAt }) => now() - seenAt > forgetMs)
      if (gone.length === 0) return
      for (const { peer } of gone) {
        contacts.delete(peer)
        noted.delete(peer)
      }
      note(new Map(gone.map(({ peer }) => [recordName(peer), null])))
      refresh()
      onChange(ids)
    },
  }

  function isWelcome(told: Contact): boolean {
    return contacts.size < membersMax && now() - told.seenAt <= forgetMs
  }
}

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

const isSame = (a: Contact, b: Contact): boolean =>
  a.name === b.name && a.addresses.join() === b.addresses.join()

const prefix = 'peer/member/'
const recordName = (peer: PeerId): string => prefix + peer

const encodeContact = ({ name, addresses, seenAt }: Contact): Uint8Array =>
  encode([name, addresses, seenAt])

function contactsIn(records: Records): readonly Contact[] {
  return [...records]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, bytes]) => {
      const [shown, addresses, seenAt] = decode<[string, string[], number]>(bytes)
      return { peer: name.slice(prefix.length) as PeerId, name: shown, addresses, seenAt }
    })
}
