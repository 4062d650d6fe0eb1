import { openMesh } from '@grapevine/core'
import type { BadgeChain, BadgeDraft, Grant, Mesh, PeerId } from '@grapevine/core'
import { signBadge } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { rulesOf } from '../running/genesis.js'
import { cryptoOf } from '../running/identity.js'
import { createAdmission } from './admission.js'
import { linksOf } from './badge-text.js'
import { createGuests } from './guests.js'
import { issueBadge } from './issue-badge.js'
import { newIdentity, signerOf } from './signer.js'
import type { Signer } from './signer.js'

const hour = 3_600_000
const start = 10_000 * hour
const root = newIdentity().identity
const rootSigner = signerOf(root, 'root')
const meshOf = (name: string): Mesh => openMesh(rulesOf({ name, root: root.peer }), cryptoOf(root))
const mesh = meshOf('shop')
const everything: readonly Grant[] = [{ prefix: '', can: 'admin' }]

interface Made {
  readonly signer: Signer
  readonly chain: BadgeChain
  readonly peer: PeerId
  readonly links: readonly Uint8Array[]
}

/** A new key with a badge by somebody. */
function made(issuer: Signer, wish: Partial<Parameters<typeof issueBadge>[2]> = {}): Made {
  const { identity } = newIdentity()
  const chain = issueBadge(mesh, issuer, {
    subject: identity.peer,
    name: 'bob',
    labels: new Map(),
    grants: [],
    notBefore: start - hour,
    notAfter: start + 100 * hour,
    ...wish,
  })
  const signer = signerOf(identity, wish.name ?? 'bob', chain)
  return { signer, chain, peer: identity.peer, links: linksOf(chain) }
}

const admin = made(rootSigner, { name: 'admin', grants: everything })
const inviteWith = (uses: 'one' | 'many', notAfter = start + hour): Made =>
  made(admin.signer, {
    name: `invite for ${uses}`,
    notAfter,
    invite: { uses, badgeMs: 50 * hour, untilMs: start + 90 * hour },
  })
/** Whoever has the key of an invite signs for himself. */
const joined = ({ signer }: Made): Made =>
  made(signer, { notBefore: start - hour, notAfter: start + 49 * hour })

/** A door, at a time that a test moves. */
function door(disk = new Map<string, Uint8Array>()) {
  const world = { now: start, revoked: new Set<PeerId>() }
  const book = new Map<PeerId, readonly Uint8Array[]>()
  const told: { kept: PeerId; lost: PeerId }[] = []
  const guests = createGuests({
    records: new Map(disk),
    now: () => world.now,
    note(transaction) {
      for (const [name, bytes] of transaction) {
        if (bytes === null) disk.delete(name)
        else disk.set(name, bytes)
      }
    },
    isKnown: () => false,
    usedTwice: (_invite, kept, lost) => told.push({ kept, lost }),
  })
  const admission = createAdmission({
    mesh,
    now: () => world.now,
    guests,
    revocationFault: (chain) =>
      chain.some(({ subject }) => world.revoked.has(subject)) ? 'bob was revoked' : undefined,
    inBook: (peer) => book.get(peer),
    seen() {},
  })
  const knock = (
    { peer, links }: Pick<Made, 'peer' | 'links'>,
    how: 'introduced' | 'hearsay' = 'introduced',
  ) => {
    const answer = admission.admit(peer, links, how)
    return answer.is === 'member' ? 'member' : answer.why
  }
  return { world, book, disk, told, guests, admission, knock }
}

describe('the door', () => {
  it('opens to a badge that stands on the root, for its holder', () => {
    const { knock } = door()
    const deep = made(made(admin.signer, { grants: everything }).signer)
    expect([knock(admin), knock(made(rootSigner)), knock(deep)]).toEqual(Array(3).fill('member'))
    expect(knock({ peer: deep.peer, links: admin.links })).toBe('shows the badge of somebody else')
  })

  it('stays closed to badges that are self-made, forged, of another mesh, too deep, or not by the root', () => {
    const { knock } = door()
    const draft = (over: Partial<BadgeDraft>): BadgeDraft => ({
      parent: null,
      issuer: root.peer,
      subject: admin.peer,
      name: 'mallory',
      labels: new Map(),
      grants: everything,
      notBefore: start - hour,
      notAfter: start + hour,
      invite: null,
      ...over,
    })
    const { identity: mallory } = newIdentity()
    const one = (badge: BadgeDraft, sign: Signer['sign'], of = mesh): readonly Uint8Array[] => [
      signBadge(of, badge, sign).bytes,
    ]
    let deep = admin
    for (let links = 2; links <= 5; links++) deep = made(deep.signer, { grants: everything })
    const reader = made(rootSigner)
    const below = draft({ parent: reader.chain[0].id, issuer: reader.peer, subject: mallory.peer })
    const sixth = draft({ parent: deep.chain.at(-1)!.id, issuer: deep.peer, subject: mallory.peer })
    const cases: [readonly Uint8Array[], RegExp][] = [
      [
        one(draft({ issuer: mallory.peer, subject: mallory.peer }), mallory.sign),
        /not signed by the root/,
      ],
      [one(draft({ subject: mallory.peer }), mallory.sign), /signature does not hold/],
      [
        one(draft({ subject: mallory.peer }), root.sign, meshOf('stock')),
        /signature does not hold/,
      ],
      [[...reader.links, ...one(below, reader.signer.sign)], /bob may let nobody in/],
      [[...deep.links, ...one(sixth, deep.signer.sign)], /1 to 5 links, not 6/],
      [deep.links.slice(1), /does not begin at the root/],
      [[], /1 to 5 links, not 0/],
      [[new Uint8Array([1, 2, 3])], /does not hold/],
    ]
    for (const [links, why] of cases) expect(knock({ peer: mallory.peer, links })).toMatch(why)
  })

  it('takes no wider right than its issuer had', () => {
    const { identity } = newIdentity()
    const inviter = made(admin.signer, { grants: [{ prefix: 'shop', can: 'invite' }] })
    const wish = {
      subject: identity.peer,
      name: 'x',
      labels: new Map(),
      notBefore: start,
      notAfter: start + 1,
    }
    for (const grants of [everything, [{ prefix: 'shop', can: 'write' as const }]]) {
      expect(() => issueBadge(mesh, inviter.signer, { ...wish, grants })).toThrow('cannot give')
    }
  })

  it('goes by its own clock, a minute more or less', () => {
    const { knock, world } = door()
    const short = made(admin.signer, { notBefore: start, notAfter: start + hour })
    world.now = start - 60_000
    expect(knock(short)).toBe('member')
    world.now -= 1
    expect(knock(short)).toContain('had not begun')
    world.now = start + hour + 60_000
    expect(knock(short)).toBe('member')
    world.now += 1
    expect(knock(short)).toContain('had ended')
  })

  it('lets nobody in by an invite itself', () => {
    expect(door().knock(inviteWith('many'))).toContain('is an invite, and no badge of a member')
  })

  it('stays closed to whoever was revoked', () => {
    const { knock, world } = door()
    const bob = made(admin.signer)
    expect(knock(bob)).toBe('member')
    world.revoked.add(bob.peer)
    expect(knock(bob)).toBe('is no member: bob was revoked')
  })

  it('goes by the newer badge that the book has, where an older one is shown', () => {
    const { admission, book, world } = door()
    const bob = made(admin.signer, { notAfter: start + hour })
    const again = issueBadge(mesh, admin.signer, {
      subject: bob.peer,
      name: 'bob',
      labels: new Map(),
      grants: [],
      notBefore: start,
      notAfter: start + 9 * hour,
    })
    book.set(bob.peer, linksOf(again))
    world.now += 5 * hour
    expect(admission.admit(bob.peer, bob.links, 'introduced')).toMatchObject({
      is: 'member',
      badge: again,
    })
  })

  it('goes by no badge that somebody made for another, unless that one shows it himself', () => {
    const { admission, book } = door()
    const bob = made(admin.signer)
    const inviter = made(admin.signer, { grants: [{ prefix: 'x', can: 'invite' }] })
    const newer = { name: 'bob', grants: [], notBefore: start, notAfter: start + 9 * hour }
    const byAnybody = issueBadge(mesh, inviter.signer, {
      ...newer,
      subject: bob.peer,
      labels: new Map([['age', 'of the inviter']]),
    })
    const byAdmin = issueBadge(mesh, admin.signer, {
      ...newer,
      subject: bob.peer,
      labels: new Map([['age', 'another']]),
    })
    const answer = (
      known: readonly Uint8Array[],
      shown: readonly Uint8Array[],
      how: 'introduced' | 'hearsay',
    ): unknown => {
      book.set(bob.peer, known)
      return admission.admit(bob.peer, shown, how)
    }
    const [forged, moved] = [linksOf(byAnybody), linksOf(byAdmin)]
    expect(answer(bob.links, forged, 'hearsay')).toMatchObject({ badge: bob.chain })
    expect(answer(bob.links, forged, 'introduced')).toMatchObject({ badge: byAnybody })
    expect(answer(forged, bob.links, 'introduced')).toMatchObject({ badge: bob.chain })
    expect(answer(bob.links, moved, 'hearsay')).toMatchObject({ badge: byAdmin })
    expect(answer(moved, bob.links, 'introduced')).toMatchObject({ badge: byAdmin })
  })

  it('takes the very bytes that were verified, and no other signature under the same words', () => {
    const { admission, knock } = door()
    const bob = made(admin.signer)
    knock(bob)
    const forged = bob.links.map((link) => link.with(link.length - 1, link.at(-1)! ^ 1))
    const answer = admission.admit(bob.peer, forged, 'introduced')
    expect(answer.is === 'member' && linksOf(answer.badge)).toEqual(bob.links)
  })
})

describe('an invite', () => {
  it('for many lets in as many as come', () => {
    const { knock } = door()
    const invite = inviteWith('many')
    expect([joined(invite), joined(invite), joined(invite)].map((one) => knock(one))).toEqual(
      Array(3).fill('member'),
    )
  })

  it('for one lets in one, who may come again with another badge', () => {
    const { knock, told } = door()
    const invite = inviteWith('one')
    const bob = joined(invite)
    expect(knock(bob)).toBe('member')
    const again = issueBadge(mesh, invite.signer, {
      subject: bob.peer,
      name: 'bob',
      labels: new Map(),
      grants: [],
      notBefore: start,
      notAfter: start + hour,
    })
    expect(knock({ peer: bob.peer, links: linksOf(again) })).toBe('member')
    expect(told).toEqual([])
  })

  const rivals = (): readonly [lesser: Made, greater: Made] => {
    const invite = inviteWith('one')
    const both = [joined(invite), joined(invite)] as const
    return both[0].chain.at(-1)!.id < both[1].chain.at(-1)!.id ? both : [both[1], both[0]]
  }
  const isUsed = 'is no member: the invite invite for one is for one, and was used by somebody else'

  it('for one lets in whoever comes first, and nobody by what his badge is called', () => {
    const [lesser, greater] = rivals()
    for (const [first, second] of [
      [lesser, greater],
      [greater, lesser],
    ] as const) {
      const { knock, told } = door()
      expect([first, second, first].map((one) => knock(one))).toEqual(['member', isUsed, 'member'])
      expect(told).toEqual([{ kept: first.peer, lost: second.peer }])
    }
  })

  it('for one that let in two on two sides of a cut keeps the same one everywhere', () => {
    const [lesser, greater] = rivals()
    for (const [here, there] of [
      [lesser, greater],
      [greater, lesser],
    ] as const) {
      const { knock, told } = door()
      knock(here)
      knock(there, 'hearsay')
      expect([lesser, greater].map((one) => knock(one, 'hearsay'))).toEqual(['member', isUsed])
      expect(told).toEqual([{ kept: lesser.peer, lost: greater.peer }])
    }
  })

  it('that has ended lets in nobody new, whatever time his badge says', () => {
    const { knock, world, disk } = door()
    const invite = inviteWith('many')
    const [bob, late] = [joined(invite), joined(invite)]
    expect(knock(bob)).toBe('member')
    world.now += 2 * hour
    expect(knock(late)).toContain('has ended, and this peer had not met it before')
    expect(knock(bob)).toBe('member')
    const restarted = door(disk)
    restarted.world.now = world.now
    expect(restarted.knock(bob)).toBe('member')
  })

  it('that has ended leaves in whom a member still knows', () => {
    const { knock, world } = door()
    const bob = joined(inviteWith('many'))
    world.now += 2 * hour
    expect([knock(bob, 'hearsay'), knock(bob)]).toEqual(['member', 'member'])
  })

  it('leaves nothing behind when what was made with it has ended', () => {
    const { knock, world, disk, guests } = door()
    const invite = inviteWith('many')
    for (let pods = 0; pods < 20; pods++) knock(joined(invite))
    expect(disk.size).toBe(20)
    world.now += 50 * hour
    guests.forgetEnded()
    expect(disk.size).toBe(0)
  })
})
