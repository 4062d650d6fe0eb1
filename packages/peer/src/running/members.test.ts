import type { PeerId } from '@grapevine/core'
import { limits } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { createMembers } from './members.js'
import type { Members } from './members.js'
import type { Contact } from '../network/network.js'

const id = (letter: string): PeerId => letter.repeat(64) as PeerId
const [self, bob, carol] = [id('a'), id('b'), id('c')]

/** A list of members over a disk of its own, at a time that a test moves. */
function listed(disk = new Map<string, Uint8Array>()) {
  const world = { now: 1_000_000, heard: new Map<PeerId, { heardAt: number }>() }
  const changes: ReadonlySet<PeerId>[] = []
  let notes = 0
  const members: Members = createMembers({
    self,
    records: new Map(disk),
    now: () => world.now,
    heard: () => world.heard,
    note(transaction) {
      notes += 1
      for (const [name, bytes] of transaction) {
        if (bytes === null) disk.delete(name)
        else disk.set(name, bytes)
      }
    },
    onChange: (ids) => changes.push(ids),
  })
  return { members, world, disk, changes, notes: () => notes }
}

const contact = (
  peer: PeerId,
  addresses: readonly string[] = ['/ip4/1'],
  seenAt = 1_000_000,
): Contact => ({
  peer,
  name: peer.slice(0, 3),
  addresses,
  seenAt,
})

describe('members', () => {
  it('are who was met, whom those know, and this peer itself', () => {
    const { members, changes } = listed()
    members.learn(contact(bob), bob)
    members.learn(contact(carol), bob)
    members.learn(contact(self), bob)
    expect(members.ids()).toEqual(new Set([self, bob, carol]))
    expect(changes).toHaveLength(2)
  })

  it('are still known after a restart', () => {
    const { members, disk } = listed()
    members.learn(contact(bob, ['/ip4/1', '/ip4/2']), bob)
    const again = listed(disk).members
    expect(again.contacts()).toEqual(members.contacts())
    expect(again.ids()).toEqual(members.ids())
  })

  it('are reached where they say themselves before where others say', () => {
    const { members } = listed()
    members.learn(contact(bob, ['/ip4/old']), carol)
    members.learn(contact(bob, ['/ip4/said']), carol)
    members.learn(contact(bob, ['/ip4/own']), bob)
    expect(members.contact(bob)?.addresses).toEqual(['/ip4/own', '/ip4/old', '/ip4/said'])
    members.learn({ ...contact(bob), name: 'liar' }, carol)
    expect(members.contact(bob)?.name).toBe('bbb')
  })

  it('are not written down each time they are seen', () => {
    const { members, world, notes } = listed()
    for (let minute = 0; minute < 60; minute++) {
      world.now += 60_000
      members.learn(contact(bob, ['/ip4/1'], world.now), bob)
    }
    expect(notes()).toBeLessThanOrEqual(2)
  })

  it('are forgotten once nobody has seen them for thirty days', () => {
    const { members, world, disk, changes } = listed()
    members.learn(contact(bob), bob)
    members.learn(contact(carol), bob)
    world.now += limits.coldAgeMs + 1
    world.heard.set(carol, { heardAt: world.now })
    members.forgetLongGone()
    expect(members.ids()).toEqual(new Set([self, carol]))
    expect([...disk.keys()]).toEqual([`peer/member/${carol}`])
    expect(changes.at(-1)).toEqual(new Set([self, carol]))
  })

  it('do not come back by the word of somebody who forgets later', () => {
    const { members, world } = listed()
    world.now += limits.coldAgeMs + 1
    members.learn(contact(bob), carol)
    expect(members.ids()).toEqual(new Set([self]))
  })

  it('are kept alive by no clock that is ahead', () => {
    const { members, world } = listed()
    members.learn(contact(bob, ['/ip4/1'], world.now * 1000), carol)
    expect(members.contact(bob)?.seenAt).toBe(world.now)
  })
})
