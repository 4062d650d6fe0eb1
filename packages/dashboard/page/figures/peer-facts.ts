import type { Status } from '@grapevine/peer'
import { bytesInWords, countOf } from '../in-words.js'

/** One line about a peer: what is counted, how it stands, and what that means. */
export interface Fact {
  readonly name: string
  readonly says: string
  /** A time is told as an age by whoever shows it. */
  readonly is: string | { readonly at: number }
  readonly isTrouble: boolean
}

/** What is worth an operator's look. */
export function factsOf(status: Status, now: number): readonly Fact[] {
  const { waiting, early, parkedBytes, forked, store, storeError, syncedAt, badgeUntil } = status
  return [
    {
      name: 'Waiting',
      says: 'releases that need others which are not here yet',
      is: `${waiting.length}`,
      isTrouble: waiting.length > 0,
    },
    {
      name: 'Early',
      says: 'releases from the future: a clock is wrong',
      is: `${early.length}`,
      isTrouble: early.length > 0,
    },
    {
      name: 'Parked',
      says: 'memory that both of them take',
      is: bytesInWords(parkedBytes),
      isTrouble: false,
    },
    {
      name: 'Forked',
      says: 'replicas that said two things under one number: a copied disk',
      is: `${forked.length}`,
      isTrouble: forked.length > 0,
    },
    {
      name: 'Store',
      says: storeError ?? 'whether writes are taken',
      is: store === 'open' ? 'takes writes' : 'failed',
      isTrouble: store === 'failed',
    },
    {
      name: 'Synced',
      says: 'when it last was equal with another member',
      is: syncedAt === undefined ? 'not yet' : { at: syncedAt },
      isTrouble: false,
    },
    ...(badgeUntil === undefined ? [] : [badgeFact(badgeUntil, now)]),
  ]
}

const dayMs = 86_400_000

function badgeFact(until: number, now: number): Fact {
  const days = Math.floor((until - now) / dayMs)
  const date = new Date(until).toLocaleDateString()
  const left =
    days === 0
      ? 'less than a day is left'
      : `${countOf(days, 'day')} ${days === 1 ? 'is' : 'are'} left`
  return {
    name: 'Badge',
    says: until <= now ? 'it has ended, and others let this peer in no more' : left,
    is: `until ${date}`,
    isTrouble: days < 7,
  }
}
