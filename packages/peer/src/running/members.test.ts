import type { PeerId } from '@grapevine/core'
import { limits } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { createMembers } from './members.js'
import type { Members, Membership } from './members.js'
import type { Contact } from '../network/network.js'

const id = (letter: string): PeerId => letter.repeat(64) as PeerId
const [self, bob, carol] = [id('a'), id('b'), id('c')]

/** A list of members over a disk of its own, at a time that a test moves. */
function listed(
  disk = new Map<string, Uint8Array>(),
  memberBy?: (peer: PeerId, badge: readonly Uint8Array[]) => Membership | undefined,
) {
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
    memberBy,
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

describe('members of a closed mesh', () => {
  const badgeOf = (text: string): readonly Uint8Array[] => [new TextEncoder().encode(text)]
  /** A badge that says `holds`, in whatever case, holds until a time; any other does not. */
  function closed(disk?: Map<string, Uint8Array>) {
    const doors = { untilMs: 2_000_000, isOpen: true }
    const list = listed(disk, (_peer, [badge]) => {
      const text = new TextDecoder().decode(badge).toLowerCase()
      if (!doors.isOpen || text !== 'holds') return undefined
      return { untilMs: doors.untilMs, badge: badgeOf('holds'), name: 'as on its badge' }
    })
    return { ...list, doors }
  }

  it('are who has a badge that holds, under the name that is on it', () => {
    const { members } = closed()
    members.learn({ ...contact(bob), name: 'root', badge: badgeOf('HOLDS') }, bob)
    members.learn({ ...contact(carol), badge: badgeOf('self-made') }, carol)
    members.learn(contact(carol), carol)
    expect(members.ids()).toEqual(new Set([self, bob]))
    expect(members.contact(bob)).toMatchObject({ name: 'as on its badge', badge: badgeOf('holds') })
  })

  it('are known again after a restart, as far as their badges still hold', () => {
    const { members, disk } = closed()
    members.learn({ ...contact(bob), badge: badgeOf('holds') }, bob)
    expect(closed(disk).members.contacts()).toEqual(members.contacts())
    disk.set(`peer/member/${carol}`, disk.get(`peer/member/${bob}`)!)
    expect(listed(disk, () => undefined).members.ids()).toEqual(new Set([self]))
  })

  it('stay known by their badge when somebody tells of them without it', () => {
    const { members } = closed()
    members.learn({ ...contact(bob), badge: badgeOf('holds') }, bob)
    members.learn(contact(bob, ['/ip4/2']), carol)
    expect(members.contact(bob)).toMatchObject({ badge: badgeOf('holds') })
    expect(members.contact(bob)?.addresses).toEqual(['/ip4/1', '/ip4/2'])
  })

  it('leave when their badge ends, and when it holds no more, without a trace', () => {
    const { members, world, disk, changes, doors } = closed()
    members.learn({ ...contact(bob), badge: badgeOf('holds') }, bob)
    doors.untilMs = 3_000_000
    members.learn({ ...contact(carol), badge: badgeOf('holds') }, carol)
    expect([members.forgetStrangers(false), members.forgetStrangers(true)]).toEqual([false, false])
    world.now = 2_000_001
    expect(members.forgetStrangers(false)).toBe(true)
    expect(changes.at(-1)).toEqual(new Set([self, carol]))
    doors.isOpen = false
    expect(members.forgetStrangers(false)).toBe(false)
    expect(members.forgetStrangers(true)).toBe(true)
    expect([members.ids(), disk.size]).toEqual([new Set([self]), 0])
  })
})
