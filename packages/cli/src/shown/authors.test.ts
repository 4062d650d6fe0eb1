import type { Member, PeerId, ReleaseInfo } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { authors } from './authors.js'

const [alice, laptop, carol] = ['a', 'b', 'c'].map((digit) => digit.repeat(64) as PeerId)
const members = [
  { peer: alice, name: 'alice' },
  { peer: laptop, name: 'laptop-b' },
] as Member[]
const by = (author?: PeerId, relay?: PeerId, authorName?: string): ReleaseInfo =>
  ({ author, relay, authorName }) as ReleaseInfo

describe('an author', () => {
  it('is called as its badge says, and asks nobody', async () => {
    const releases = [by(alice, alice, 'alice')]
    const authorOf = await authors(
      {
        peers: async () => {
          throw new Error('nobody is asked')
        },
      },
      releases,
    )
    expect(releases.map(authorOf)).toEqual(['alice'])
  })

  it('is called as the members know it, with the peer that it wrote through', async () => {
    const releases = [by(alice, alice), by(carol, laptop, 'carol'), by(carol, carol)]
    const authorOf = await authors({ peers: async () => members }, releases)
    expect(releases.map(authorOf)).toEqual(['alice', 'carol (laptop-b)', 'cccccccc'])
  })
})
