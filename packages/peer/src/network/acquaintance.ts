import type { PeerId } from '@grapevine/core'
import { isDialable } from './addresses.js'
import type { Book, Contact } from './network.js'
import { isSameBadge } from './vouching.js'
import { decodeBookPage, encodeBookPages } from './wire.js'

/** Tells links whom this peer knows, and takes from them whom they know. */
export interface Acquaintance {
  /** A link was made: its peer is told of the members seen last. */
  greet(this: void, peer: PeerId): void
  /**
   * A page came: what is news goes into the book, and on to others. Answers how many of those it tells
   * of were not believed in.
   */
  hear(this: void, from: PeerId, page: Uint8Array): number
  /** What this peer found out itself. */
  met(this: void, contact: Contact): void
  stop(this: void): void
}

interface AcquaintanceOptions {
  readonly self: PeerId
  readonly book: Book
  /** In a closed mesh nobody is believed in, or told of, without a badge that holds. */
  readonly isVouched: (contact: Contact) => boolean
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
  const { self, book, isVouched, tellMs, linked, isLinked, send, learned } = options
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
      const isTold = contact !== undefined && isVouched(contact)
      return isTold ? [{ contact: asSeen(contact), from }] : []
    })
    news.clear()
    for (const peer of linked()) {
      const others = told.filter(({ contact, from }) => contact.peer !== peer && from !== peer)
      for (const page of encodeBookPages(others.map(({ contact }) => contact))) send(peer, page)
    }
  }

  const learn = (contact: Contact, from: PeerId): void => {
    if (contact.peer === self || !isVouched(contact)) return
    const before = book.contact(contact.peer)
    book.learn(contact, from)
    const after = book.contact(contact.peer)
    const isKnown = before !== undefined && after !== undefined && isCovered(before, after)
    if (isKnown || news.size >= newsMax) return
    news.set(contact.peer, from)
    timer ??= setTimeout(tell, tellMs).unref()
    learned()
  }

  return {
    greet(peer) {
      const newest = book
        .contacts()
        .filter((contact) => contact.peer !== peer && isVouched(contact))
        .map(asSeen)
        .toSorted((a, b) => b.seenAt - a.seenAt)
        .slice(0, greetingContactsMax)
      for (const page of encodeBookPages(newest)) send(peer, page)
    },
    hear(from, page) {
      const contacts = decodeBookPage(page)
      const believed = contacts.filter((contact) => contact.peer === self || isVouched(contact))
      for (const contact of believed) {
        learn({ ...contact, addresses: contact.addresses.filter(isDialable) }, from)
      }
      return contacts.length - believed.length
    },
    met: (contact) => learn(contact, contact.peer),
    stop: () => clearTimeout(timer),
  }
}

/** Whether all of it was known before. */
const isCovered = (before: Contact, after: Contact): boolean =>
  after.addresses.every((address) => before.addresses.includes(address)) &&
  isSameBadge(before.badge ?? [], after.badge ?? [])
