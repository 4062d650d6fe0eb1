import { badgeOf, openMesh } from '@grapevine/core'
import type { BadgeChain, Grant } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { rulesOf } from '../running/genesis.js'
import { cryptoOf } from '../running/identity.js'
import { issueBadge } from './issue-badge.js'
import { ageLabel, badgeRecord, createOwnBadge, storedBadge } from './own-badge.js'
import { newIdentity, signerOf } from './signer.js'
import type { Signer } from './signer.js'

const hour = 3_600_000
const start = 10_000 * hour
const [root, self] = [newIdentity().identity, newIdentity().identity]
const mesh = openMesh(rulesOf({ name: 'shop', root: root.peer }), cryptoOf(self))
const rootSigner = signerOf(root, 'root')
const write: Grant = { prefix: 'shop', can: 'write' }
const ageKey = 'age1own'

const badge = (
  fromHours: number,
  hours: number,
  grants: readonly Grant[] = [write],
  issuer: Signer = rootSigner,
): BadgeChain =>
  issueBadge(mesh, issuer, {
    subject: self.peer,
    name: 'bob',
    labels: new Map([[ageLabel, ageKey]]),
    grants,
    notBefore: start + fromHours * hour,
    notAfter: start + (fromHours + hours) * hour,
  })

function owning(chain: BadgeChain, renew?: () => BadgeChain, recipient = ageKey) {
  const world = { now: start, revoked: undefined as string | undefined }
  const told: string[] = []
  const disk = new Map(badgeRecord(chain)) as Map<string, Uint8Array>
  const changes: BadgeChain[] = []
  const own = createOwnBadge({
    mesh,
    chain,
    now: () => world.now,
    note(transaction) {
      for (const [name, bytes] of transaction) if (bytes !== null) disk.set(name, bytes)
    },
    notice: (text) => told.push(text),
    revocationFault: (one) => (badgeOf(one).id === world.revoked ? 'bob was revoked' : undefined),
    recipient,
    renew,
    onChange: (next) => changes.push(next),
  })
  return { own, world, told, disk, changes }
}

/** Somebody who may let others in, and is no admin of everything. */
function inviter(): Signer {
  const { identity } = newIdentity()
  const chain = issueBadge(mesh, rootSigner, {
    subject: identity.peer,
    name: 'inviter',
    labels: new Map(),
    grants: [{ prefix: 'shop', can: 'admin' }],
    notBefore: 0,
    notAfter: start + 1000 * hour,
  })
  return signerOf(identity, 'inviter', chain)
}

describe("a peer's own badge", () => {
  it('is replaced by a newer one, on disk as well', () => {
    const { own, disk, changes } = owning(badge(0, 10))
    const next = badge(1, 10)
    expect(own.take(next)).toBe(true)
    expect([own.chain(), changes]).toEqual([next, [next]])
    expect(storedBadge(mesh, disk)).toEqual(next)
    expect(own.take(badge(0, 20))).toBe(false)
    expect(own.take(next)).toBe(false)
  })

  it('is cut short by the root or an admin of everything, and by nobody else', () => {
    const { own } = owning(badge(0, 10, [write]))
    expect(own.take(badge(1, 10, [], inviter()))).toBe(false)
    expect(own.take(badge(2, 10, [{ ...write, prefix: 'shop/a' }], inviter()))).toBe(false)
    // It would give nothing, and fall with whoever made it.
    expect(own.take(badge(3, 10, [write], inviter()))).toBe(false)
    const more: readonly Grant[] = [write, { prefix: 'shop', can: 'invite' }]
    expect(own.take(badge(3, 5, more, inviter()))).toBe(false)
    expect(own.take(badge(3, 10, more, inviter()))).toBe(true)
    expect(own.take(badge(4, 10, []))).toBe(true)
  })

  it('that does not hold any more is replaced by whatever holds', () => {
    const { own, world } = owning(badge(0, 10))
    world.now += 11 * hour
    expect(own.take(badge(5, 5))).toBe(false)
    expect(own.take(badge(10, 10, [], inviter()))).toBe(true)
  })

  it('is renewed in time where it was made with a token that is still good', () => {
    let made = 0
    const { own, world, told } = owning(badge(0, 9), () => badge((made += 1) * 6, 9))
    for (let hours = 0; hours < 24; hours++) {
      own.look()
      world.now += hour
    }
    expect(made).toBe(3)
    expect(told).toEqual([])
    expect(badgeOf(own.chain()).notAfter).toBeGreaterThan(world.now)
  })

  it('says once that it ends, that it has ended, and that it was revoked', () => {
    const { own, world, told } = owning(badge(0, 10), () => {
      throw new Error('the invite has ended')
    })
    const look = (hours: number): void => {
      world.now = start + hours * hour
      for (let times = 0; times < 3; times++) own.look()
    }
    look(8)
    expect(told).toEqual([])
    look(9.5)
    expect(told.splice(0)).toEqual([expect.stringContaining('the badge of this peer ends')])
    look(10.5)
    expect(told.splice(0)).toEqual([expect.stringContaining('the badge of bob had ended by then')])
    own.take(badge(10, 10))
    look(11)
    expect(told).toEqual([])
    world.revoked = badgeOf(own.chain()).id
    look(11)
    expect(told).toEqual([expect.stringContaining('no member any more (bob was revoked)')])
  })

  it('says so where others seal secrets to a key that this peer does not have', () => {
    const { own, told } = owning(badge(0, 10), undefined, 'age1another')
    own.look()
    expect(told).toEqual([expect.stringContaining('sealed to a key that it has lost')])
  })
})
