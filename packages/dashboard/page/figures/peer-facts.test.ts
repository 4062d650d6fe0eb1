import type { ReplicaId, Status } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { factsOf } from './peer-facts.js'

const calm: Pick<
  Status,
  | 'waiting'
  | 'early'
  | 'parkedBytes'
  | 'forked'
  | 'store'
  | 'storeError'
  | 'syncedAt'
  | 'badgeUntil'
> = {
  waiting: [],
  early: [],
  parkedBytes: 0,
  forked: [],
  store: 'open',
  storeError: undefined,
  syncedAt: undefined,
  badgeUntil: undefined,
}
const now = 1_000_000
const dayMs = 86_400_000
const factsIn = (status: Partial<Status>) => factsOf({ ...calm, ...status } as Status, now)
const troublesIn = (status: Partial<Status>): readonly string[] =>
  factsIn(status).flatMap(({ name, isTrouble }) => (isTrouble ? [name] : []))

describe('the facts of a peer', () => {
  it('are calm where nothing waits and the disk works', () => {
    expect(troublesIn({})).toEqual([])
    expect(factsIn({}).map(({ name, is }) => [name, is])).toEqual([
      ['Waiting', '0'],
      ['Early', '0'],
      ['Parked', '0 B'],
      ['Forked', '0'],
      ['Store', 'takes writes'],
      ['Synced', 'not yet'],
    ])
  })

  it('name what wants a look', () => {
    expect(troublesIn({ forked: ['a' as ReplicaId] })).toEqual(['Forked'])
    const failed = factsIn({ store: 'failed', storeError: 'no space left' })
    expect(failed.find(({ isTrouble }) => isTrouble)).toMatchObject({
      is: 'failed',
      says: 'no space left',
    })
  })

  it('say how long the badge holds, and in the last week loudly', () => {
    const badgeAt = (badgeUntil: number) => factsIn({ badgeUntil }).at(-1)
    expect(badgeAt(now + 8.5 * dayMs)).toMatchObject({ says: '8 days are left', isTrouble: false })
    expect(badgeAt(now + 1.5 * dayMs)).toMatchObject({ says: '1 day is left', isTrouble: true })
    expect(badgeAt(now + 60_000)).toMatchObject({ says: 'less than a day is left' })
    expect(badgeAt(now)).toMatchObject({
      says: expect.stringContaining('has ended') as string,
      isTrouble: true,
    })
  })
})
