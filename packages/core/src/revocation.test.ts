import { describe, expect, it } from 'vitest'
import { ed25519Crypto } from '../test/ed25519.js'
import { sha256 } from '../test/stub-crypto.js'
import { type BadgeChain, type Grant, readChain, signBadge } from './badge.js'
import { Malformed } from './errors.js'
import { type BadgeId, type PeerId, type ReleaseId, type ReplicaId } from './ids.js'
import { openMesh } from './mesh.js'
import { isTouched } from './revocation.js'
import {
  type Revocation,
  type StatementDraft,
  decodeStatement,
  signStatement,
  statementFault,
} from './statement.js'

const root = ed25519Crypto('root')
const alice = ed25519Crypto('alice')
const bob = ed25519Crypto('bob')
const rules = { id: sha256(new Uint8Array()), admins: new Set([root.peer]), revocable: true }
const mesh = openMesh({ ...rules, closed: true }, alice.crypto)
const everything: Grant = { prefix: '', can: 'admin' }

function badgeFor(grants: readonly Grant[], name = 'alice'): BadgeChain {
  const badge = signBadge(
    mesh,
    {
      parent: null,
      issuer: root.peer,
      subject: alice.peer,
      name,
      labels: new Map(),
      grants,
      notBefore: 1000,
      notAfter: 2000,
      invite: null,
    },
    root.crypto.sign,
  )
  return readChain(mesh, [badge.bytes])
}

const replica = (byte: string): ReplicaId => byte.repeat(16) as ReplicaId
const revocation: Revocation = {
  subject: bob.peer,
  atMs: 1500,
  kept: new Set(['ab'.repeat(32) as BadgeId]),
  authored: new Map([
    [replica('bb'), 2],
    [replica('aa'), 1],
  ]),
  chains: new Map([[bob.peer, 3]]),
}
const draft: StatementDraft = {
  kind: 'revoke',
  issuer: alice.peer,
  number: 1,
  prev: null,
  marks: [{ replica: replica('cc'), seq: 7, id: 'ee'.repeat(32) as ReleaseId }],
  incarnation: null,
  badge: badgeFor([everything]),
  revocation,
}
const fault = (parts: Partial<StatementDraft>, said: Partial<Revocation> = {}) =>
  statementFault(
    mesh,
    signStatement(mesh, { ...draft, ...parts, revocation: { ...revocation, ...said } }),
  )

describe('revocation', () => {
  it('reads back as what was signed, with the badge of its issuer', () => {
    const statement = signStatement(mesh, draft)
    expect(decodeStatement(mesh, statement.bytes)).toEqual(statement)
    expect(statement).toMatchObject({ ...draft, badge: [{ name: 'alice' }] })
  })

  it('does not hold once any bit of it is another, or of the badge that travels beside', () => {
    const { bytes } = signStatement(mesh, draft)
    for (let index = 0; index < bytes.length; index++) {
      const bent = new Uint8Array(bytes)
      bent[index]! ^= 1
      expect(() => decodeStatement(mesh, bent), `byte ${index}`).toThrow(Malformed)
    }
  })

  it('is an admin of everything to say, at the time of its badge, or the root', () => {
    expect(fault({})).toBeUndefined()
    expect(fault({}, { atMs: 999 })).toMatch(/had not begun by then/)
    expect(fault({}, { atMs: 2001 })).toMatch(/had ended by then/)
    expect(fault({ badge: undefined })).toMatch(/shows no badge of its own/)
    expect(fault({ badge: badgeFor([{ prefix: 'shop', can: 'admin' }]) })).toMatch(
      /is no admin of everything/,
    )
    expect(fault({ badge: badgeFor([{ prefix: '', can: 'write' }]) })).toMatch(/is no admin/)
    const byRoot = { ...draft, issuer: root.peer, badge: undefined }
    const statement = signStatement(mesh, byRoot, root.crypto.sign)
    expect(statementFault(mesh, statement)).toBeUndefined()
  })

  it('does not touch the root', () => {
    expect(fault({}, { subject: root.peer })).toBe('the root of a mesh cannot be revoked')
  })
})

describe('a badge', () => {
  /** Who holds each link. */
  const chainOf = (...subjects: readonly string[]): BadgeChain =>
    subjects.map((subject) => ({ id: `badge of ${subject}`, subject })) as unknown as BadgeChain
  const touches = (subject: string, chain: BadgeChain, ...kept: readonly string[]): boolean =>
    isTouched(
      {
        subject: subject as PeerId,
        kept: new Set(kept.map((name) => `badge of ${name}` as BadgeId)),
      },
      chain,
    )

  it('is touched by the revocation of whoever holds it or stands above it', () => {
    expect(touches('c', chainOf('a', 'b', 'c'))).toBe(true)
    expect(touches('a', chainOf('a', 'b', 'c'))).toBe(true)
    expect(touches('d', chainOf('a', 'b', 'c'))).toBe(false)
    expect(touches('c', chainOf('a', 'b'))).toBe(false)
  })

  it('is not, where one between was kept; its own holder cannot be', () => {
    expect(touches('a', chainOf('a', 'b', 'c'), 'b')).toBe(false)
    expect(touches('a', chainOf('a', 'b', 'c'), 'c')).toBe(false)
    expect(touches('b', chainOf('a', 'b', 'c'), 'a')).toBe(true)
    expect(touches('c', chainOf('a', 'b', 'c'), 'c')).toBe(true)
  })
})
