import { describe, expect, it } from 'vitest'
import { ed25519Crypto } from '../test/ed25519.js'
import { sha256 } from '../test/stub-crypto.js'
import {
  type Badge,
  type BadgeChain,
  type BadgeDraft,
  type Grant,
  covers,
  isAdminOfAll,
  memberFault,
  readChain,
  signBadge,
  writeFaultOf,
} from './badge.js'
import { Malformed } from './errors.js'
import { type BadgeId } from './ids.js'
import { openMesh } from './mesh.js'

const [root, alice, bob] = ['root', 'alice', 'bob'].map((name) => ed25519Crypto(name)) as [
  Key,
  Key,
  Key,
]
type Key = ReturnType<typeof ed25519Crypto>

const rules = { id: sha256(new Uint8Array()), admins: new Set([root.peer]), revocable: true }
const mesh = openMesh({ ...rules, closed: true }, root.crypto)

const grant = (can: Grant['can'], prefix: string): Grant => ({ prefix, can })

const draft: BadgeDraft = {
  parent: null,
  issuer: root.peer,
  subject: alice.peer,
  name: 'alice',
  labels: new Map([['age', 'age1x']]),
  grants: [grant('admin', 'shop')],
  notBefore: 1000,
  notAfter: 2000,
  invite: null,
}
const first = signBadge(mesh, draft, root.crypto.sign)

/** bob's badge on that of alice, or on another one. */
const below = (parts: Partial<BadgeDraft>, parent: Badge = first): Badge =>
  signBadge(
    mesh,
    {
      ...draft,
      parent: parent.id,
      issuer: alice.peer,
      subject: bob.peer,
      name: 'bob',
      grants: [],
      ...parts,
    },
    alice.crypto.sign,
  )

const read = (...links: readonly Badge[]): BadgeChain =>
  readChain(
    mesh,
    links.map(({ bytes }) => bytes),
  )

describe('badge', () => {
  it('reads back as what was signed', () => {
    const { id, bytes, ...said } = first
    expect(said).toMatchObject(draft)
    expect(read(first)).toEqual([expect.objectContaining({ id, bytes, ...draft })])
  })

  it('does not hold once any bit of it is another', () => {
    for (let index = 0; index < first.bytes.length; index++) {
      const bent = new Uint8Array(first.bytes)
      bent[index]! ^= 1
      expect(() => readChain(mesh, [bent]), `byte ${index}`).toThrow(Malformed)
    }
  })

  it('does not hold in another mesh', () => {
    const elsewhere = openMesh({ ...rules, id: new Uint8Array(32), closed: true }, root.crypto)
    expect(() => readChain(elsewhere, [first.bytes])).toThrow(/its signature does not hold/)
  })

  it('is read in the place of the one that is known, and not as it came this time', () => {
    const known = (id: BadgeId): Badge | undefined => (id === first.id ? first : undefined)
    const chain = readChain(mesh, [first.bytes, below({}).bytes], known)
    expect(chain[0]).toBe(first)
  })

  it('stands on the very badge that it names', () => {
    const other = signBadge(mesh, { ...draft, name: 'another' }, root.crypto.sign)
    expect(() => read(other, below({}))).toThrow(/does not stand on the badge before it/)
    expect(() => read(below({}))).toThrow(/does not begin at the root/)
    expect(() => read()).toThrow(/1 to 5 links, not 0/)
  })

  const given = (has: Grant, gives: Grant): BadgeChain => {
    const parent = signBadge(mesh, { ...draft, grants: [has] }, root.crypto.sign)
    return read(parent, below({ grants: [gives] }, parent))
  }

  it.each<[string, Grant, Grant]>([
    ['admin gives what it has', grant('admin', 'shop'), grant('write', 'shop')],
    ['admin makes admins', grant('admin', 'shop'), grant('admin', 'shop/a')],
    ['invite passes on invite', grant('invite', 'shop'), grant('invite', 'shop/a')],
  ])('narrows: %s', (_rule, has, gives) => {
    expect(given(has, gives)).toHaveLength(2)
  })

  it.each<[string, Grant, Grant]>([
    ['no wider than itself', grant('admin', 'shop'), grant('write', '')],
    ['not beside itself', grant('admin', 'shop'), grant('write', 'shopping')],
    ['invite cannot give write alone', grant('invite', 'shop'), grant('write', 'shop')],
    ['invite makes no admin', grant('invite', 'shop'), grant('admin', 'shop')],
  ])('narrows: %s', (_rule, has, gives) => {
    expect(() => given(has, gives)).toThrow(/alice cannot give/)
  })

  it('gives write with write and invite together, and with write alone nothing', () => {
    const both = [grant('write', 'shop'), grant('invite', 'shop')]
    const parent = signBadge(mesh, { ...draft, grants: both }, root.crypto.sign)
    expect(read(parent, below({ grants: [grant('write', 'shop/a')] }, parent))).toHaveLength(2)
    const writer = signBadge(mesh, { ...draft, grants: both.slice(0, 1) }, root.crypto.sign)
    expect(() => read(writer, below({}, writer))).toThrow(/alice may let nobody in/)
  })

  it('lies within the time of the one before', () => {
    expect(() => read(first, below({ notBefore: 999 }))).toThrow(/begins outside the time of alice/)
    expect(() => read(first, below({ notBefore: 2001, notAfter: 2001 }))).toThrow(
      /outside the time/,
    )
    expect(() => read(first, below({ notAfter: 2001 }))).toThrow(/outlasts what alice can give/)
    expect(() => read(first, below({ notBefore: 1500, notAfter: 1499 }))).toThrow(
      /ends before it begins/,
    )
  })

  it('comes of an invite as the invite says', () => {
    const terms = { uses: 'one', badgeMs: 500, untilMs: 5000 } as const
    const token = signBadge(
      mesh,
      { ...draft, grants: [grant('write', 'shop')], invite: terms },
      root.crypto.sign,
    )
    const make = (parts: Partial<BadgeDraft>): BadgeChain =>
      read(token, below({ grants: [grant('write', 'shop')], ...parts }, token))
    expect(make({ notBefore: 1900, notAfter: 2400 })).toHaveLength(2)
    expect(() => make({ notBefore: 1900, notAfter: 2401 })).toThrow(/longer than its invite says/)
    expect(() => make({ notBefore: 2001, notAfter: 2002 })).toThrow(/outside the time/)
    expect(() => make({ notAfter: 1200, invite: terms })).toThrow(/an invite makes no invites/)
    expect(() => make({ notAfter: 1200, grants: [grant('invite', 'shop')] })).toThrow(/cannot give/)
  })

  it('lets its holder write below its prefixes, at its time', () => {
    const chain = read(first)
    expect(writeFaultOf(chain, 'shop/a', 1000)).toBeUndefined()
    expect(writeFaultOf(chain, 'shop', 2000)).toBeUndefined()
    expect(writeFaultOf(chain, 'shop/a', 999)).toMatch(/had not begun by then/)
    expect(writeFaultOf(chain, 'shop/a', 2001)).toMatch(/had ended by then/)
    expect(writeFaultOf(chain, 'shopping', 1500)).toBe(
      'alice may not write shopping: its badge says admin shop/**',
    )
    expect(writeFaultOf(read(first, below({})), 'shop/a', 1500)).toMatch(/read only/)
  })

  it('of an invite makes no member', () => {
    const invite = { uses: 'many', badgeMs: 1, untilMs: 2000 } as const
    const chain = read(signBadge(mesh, { ...draft, invite }, root.crypto.sign))
    expect(memberFault(chain, 1500)).toMatch(/is an invite/)
    expect(writeFaultOf(chain, 'shop/a', 1500)).toMatch(/is an invite/)
  })

  it('speaks for the whole mesh only as admin of everything', () => {
    const of = (...grants: Grant[]): BadgeChain =>
      read(signBadge(mesh, { ...draft, grants }, root.crypto.sign))
    expect(isAdminOfAll(of(grant('admin', '')))).toBe(true)
    expect(isAdminOfAll(of(grant('admin', 'shop'), grant('write', '')))).toBe(false)
  })

  it('may be signed by the root of its mesh only', () => {
    const selfMade = signBadge(mesh, { ...draft, issuer: alice.peer }, alice.crypto.sign)
    expect(() => read(selfMade)).toThrow(/not signed by the root of this mesh/)
    const forged = signBadge(mesh, draft, alice.crypto.sign)
    expect(() => read(forged)).toThrow(/its signature does not hold/)
  })
})

describe('prefix', () => {
  it('covers whole segments', () => {
    expect(covers('', 'anything/at/all')).toBe(true)
    expect(covers('shop', 'shop')).toBe(true)
    expect(covers('shop', 'shop/a')).toBe(true)
    expect(covers('shop', 'shopping')).toBe(false)
    expect(covers('shop/a', 'shop')).toBe(false)
  })
})
