import type { PeerId } from '@grapevine/core'
import { isDialable } from './addresses.js'
import type { Book, Contact } from './network.js'
import { contactsPerPageMax, decodeBookPage, encodeBookPage } from './wire.js'

/** Tells links whom this peer knows, and takes from them whom they know. */
export interface Acquaintance {
  /** A link was made: its peer is told of the members seen last. */
  greet(this: void, peer: PeerId): void
  /** A page came: what is news goes into the book, and on to others. */
  hear(this: void, from: PeerId, page: Uint8Array): void
  /** What this peer found out itself. */
  met(this: void, contact: Contact): void
  stop(this: void): void
}

interface AcquaintanceOptions {
  readonly self: PeerId
  readonly book: Book
  readonly tellMs: number
  readonly linked: () => readonly PeerId[]
  readonly isLinked: (peer: PeerId) => boolean
  readonly send: (to: PeerId, page: Uint8Array) => void
  /** The book has somebody, or some address, that it did not have. */
  readonly learned: () => void
}

/** So many members are told to whoever is new. With them it finds the others. */
const greetingContactsMax = 512
/** Beyond so many that are news at once, whoever missed some hears of them elsewhere. */
const newsMax = 2048

export function createAcquaintance(options: AcquaintanceOptions): Acquaintance {
  const { self, book, tellMs, linked, isLinked, send, learned } = options
  /** Who is news, and from whom: that one need not be told. */
  const news = new Map<PeerId, PeerId>()
  let timer: NodeJS.Timeout | undefined

  /** Whoever is linked is seen all the time. */
  const asSeen = (contact: Contact): Contact =>
    isLinked(contact.peer) ? { ...contact, seenAt: Date.now() } : contact

  const tell = (): void => {
    timer = undefined
    const told = [...news].flatMap(([peer, from]) => {
      const contact = book.contact(peer)
      return contact === undefined ? [] : [{ contact: asSeen(contact), from }]
    })
    news.clear()
    for (const peer of linked()) {
      const others = told.filter(({ contact, from }) => contact.peer !== peer && from !== peer)
      for (const page of pagesOf(others.map(({ contact }) => contact))) send(peer, page)
    }
  }

  const learn = (contact: Contact, from: PeerId): void => {
    if (contact.peer === self) return
    const before = book.contact(contact.peer)?.addresses
    book.learn(contact, from)
    const after = book.contact(contact.peer)?.addresses ?? []
    const isKnown = before !== undefined && after.every((address) => before.includes(address))
    if (isKnown || news.size >= newsMax) return
    news.set(contact.peer, from)
    timer ??= setTimeout(tell, tellMs).unref()
    learned()
  }

  return {
    greet(peer) {
      const newest = book
        .contacts()
        .filter((contact) => contact.peer !== peer)
        .map(asSeen)
        .toSorted((a, b) => b.seenAt - a.seenAt)
        .slice(0, greetingContactsMax)
      for (const page of pagesOf(newest)) send(peer, page)
    },
    hear(from, page) {
      for (const contact of decodeBookPage(page)) {
        learn({ ...contact, addresses: contact.addresses.filter(isDialable) }, from)
      }
    },
    met: (contact) => learn(contact, contact.peer),
    stop: () => clearTimeout(timer),
  }
}

const pagesOf = (contacts: readonly Contact[]): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(contacts.length / contactsPerPageMax) }, (_, page) =>
    encodeBookPage(contacts.slice(page * contactsPerPageMax, (page + 1) * contactsPerPageMax)),
  )
