import type { PeerId } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { newIdentity } from '../../test/secret-mesh.js'
import { audienceNow, audienceOf, isSameAudience } from './audience.js'
import type { SealTo } from './audience.js'
import { recipientOf } from './recipient.js'
import { nameOf, rosterOf } from './roster.js'
import type { Holder } from './roster.js'

/** A point with which every key agrees on zero. */
const lowOrder = recipientOf(new Uint8Array(32))

const holder = (name: string, digits: string, recipient?: string): Holder => ({
  peer: digits.repeat(32) as PeerId,
  name,
  recipient: recipient ?? newIdentity().recipient,
})
const alice = holder('alice', 'a1')
const bob = holder('bob', 'b0')
const otherBob = holder('bob', 'b1')
const nobodys = { ...holder('carol', 'c0'), recipient: undefined }

const names = (to: SealTo, holders: readonly Holder[]): string => {
  const roster = rosterOf(holders)
  return audienceOf(to, roster)
    .recipients.map((one) => nameOf(one, roster))
    .join()
}

describe('whom to seal to', () => {
  it('is said by name, peer id or recipient, each of them once', () => {
    const to = ['bob', alice.peer, bob.recipient!, bob.peer]
    expect(names(to, [alice, bob])).toBe('bob,alice')
    expect(names('members', [bob, alice, nobodys])).toBe('alice,bob')
  })

  it('is refused where it could be somebody else, or nobody', () => {
    const refused: [SealTo, string][] = [
      [['bob'], `'bob' is the name of 2 members: write ${bob.peer} or ${otherBob.peer}`],
      [['dora'], "there is no member 'dora' to seal to: there are alice, bob, bob, carol"],
      [['carol'], "'carol' has no key in a badge"],
      [[lowOrder], `nothing can be sealed to ${lowOrder}`],
      [['alice', 7 as never], 'to 7 names nobody'],
      [[], 'to [] cannot be used'],
      ['everybody' as never, "to 'everybody' cannot be used"],
    ]
    for (const [to, text] of refused) {
      expect(() => names(to, [alice, bob, otherBob, nobodys])).toThrow(text)
    }
    expect(() => names('members', [alice, nobodys])).toThrow('no other member has a key in a badge')
  })

  it('is all members but those with a key that is none, whatever they are up to', () => {
    const mallory = holder('mallory', 'ee', lowOrder)
    expect(names('members', [alice, mallory, bob])).toBe('alice,bob')
    expect(() => names(['mallory'], [alice, mallory])).toThrow('it is no X25519 key')
  })

  it('does not go by the name of whoever calls the key of another his own', () => {
    const mallory = holder('mallory', 'ee', alice.recipient)
    const roster = rosterOf([alice, mallory])
    const [recipient] = audienceOf([alice.recipient!], roster).recipients
    expect(recipient).toEqual({ age: alice.recipient })
  })

  it('has a limit', () => {
    const to = Array.from({ length: 1025 }, () => newIdentity().recipient)
    expect(() => names(to, [alice])).toThrow('there are 1025 to seal to, the limit is 1024')
  })

  it('changes with who is a member, but for keys that are no peers', () => {
    const person = newIdentity().recipient
    const sealed = audienceOf(['alice', 'bob', person], rosterOf([alice, bob]))
    expect(isSameAudience(sealed, audienceNow(sealed, rosterOf([alice, bob])))).toBe(true)
    const now = audienceNow(sealed, rosterOf([alice]))
    expect(now.recipients.map(({ age }) => age)).toEqual([alice.recipient, person])
    expect(isSameAudience(sealed, now)).toBe(false)
  })
})
