import { randomBytes } from 'node:crypto'
import { Malformed, openMesh } from '@grapevine/core'
import type { BadgeChain, Grant, Mesh, Records } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { rulesOf } from '../running/genesis.js'
import { cryptoOf } from '../running/identity.js'
import { issueBadge } from './issue-badge.js'
import { firstRing, openNetworkKeys, signRotation } from './network-keys.js'
import type { NetworkKeys } from './network-keys.js'
import { newIdentity, signerOf } from './signer.js'
import type { Signer } from './signer.js'

const hour = 3_600_000
const start = 1_000 * hour
const root = newIdentity().identity
const secretOf = (letter: string): Uint8Array => new Uint8Array(32).fill(letter.charCodeAt(0))

const meshOf = (name = 'shop'): Mesh => openMesh(rulesOf({ name, root: root.peer }), cryptoOf(root))
const mesh = meshOf()
const rootSigner = signerOf(root, 'root')

function signerWith(grants: readonly Grant[], notAfter = start + 100 * hour): Signer {
  const { identity } = newIdentity()
  const wish = { subject: identity.peer, name: 'ann', labels: new Map(), grants }
  const chain = issueBadge(mesh, rootSigner, { ...wish, notBefore: 0, notAfter })
  return signerOf(identity, 'ann', chain)
}
const admin = signerWith([{ prefix: '', can: 'admin' }])

/** The next key, by somebody. */
const rotation = (number: number, letter: string, signer = rootSigner, keepOldMs = hour) =>
  signRotation(mesh, signer, { number, secret: secretOf(letter), atMs: start, keepOldMs })

/** A peer that begins with key a, number 1, at a time that a test moves. */
function keysOf(disk: Records = firstRing(1, secretOf('a'), undefined) as Records) {
  const stored = new Map(disk)
  const world = { now: start, revoked: '' }
  const open = (): NetworkKeys =>
    openNetworkKeys({
      mesh,
      records: stored,
      now: () => world.now,
      note(transaction) {
        for (const [name, bytes] of transaction) if (bytes !== null) stored.set(name, bytes)
      },
      revocationFault: (chain: BadgeChain) =>
        chain.some(({ subject }) => subject === world.revoked) ? 'revoked' : undefined,
    })
  const keys = open()
  const live = (of: NetworkKeys = keys): string =>
    of
      .live()
      .map((secret) => String.fromCharCode(secret[0]!))
      .join('')
  return { keys, world, live, reopen: open }
}

describe('network keys', () => {
  it('open with the old one, too, until its time is over', () => {
    const { keys, world, live } = keysOf()
    expect(keys.hear(rotation(2, 'b'))).toBe(true)
    expect([live(), keys.newest().number]).toEqual(['ba', 2])
    world.now += hour
    expect(live()).toBe('ba')
    world.now += 1
    expect(live()).toBe('b')
  })

  it('keep the old one for a minute, however little its issuer wanted, and wherever his clock was', () => {
    const { keys, world, live } = keysOf()
    world.now += 500 * hour
    keys.hear(rotation(2, 'b', rootSigner, 0))
    world.now += 60_000
    expect(live()).toBe('ba')
    world.now += 1
    expect(live()).toBe('b')
    const far = { number: 3, secret: secretOf('c'), atMs: world.now * 1000, keepOldMs: hour }
    keys.hear(signRotation(mesh, rootSigner, far))
    world.now += hour + 1
    expect(live()).toBe('c')
  })

  it('never go back, also after a restart', () => {
    const { keys, live, reopen } = keysOf()
    keys.hear(rotation(5, 'e'))
    expect(keys.hear(rotation(4, 'd'))).toBe(false)
    const again = reopen()
    expect(again.hear(rotation(4, 'd'))).toBe(false)
    expect([live(), live(again), again.newest().number]).toEqual(['ea', 'ea', 5])
    expect(again.frame()).toEqual(keys.frame())
  })

  it('are never more than four', () => {
    const { keys, live } = keysOf()
    for (const [at, letter] of 'bcdefg'.split('').entries()) keys.hear(rotation(at + 2, letter))
    expect(live()).toBe('gfed')
  })

  it('come to one where two admins changed them at once, and open to the other meanwhile', () => {
    const frames = [rotation(2, 'b'), rotation(2, 'c', admin)]
    const [one, other] = [keysOf(), keysOf()]
    for (const frame of frames) one.keys.hear(frame)
    for (const frame of frames.toReversed()) other.keys.hear(frame)
    expect(one.live()[0]).toBe(other.live()[0])
    expect(one.live().split('').sort()).toEqual(other.live().split('').sort())
    expect(one.keys.frame()).toEqual(other.keys.frame())
  })

  it('from a token are the same once a member has spoken', () => {
    const { keys, live } = keysOf()
    expect(keys.frame()).toBe(undefined)
    expect(keys.hear(rotation(1, 'a'))).toBe(false)
    expect([keys.frame(), live()]).toEqual([rotation(1, 'a'), 'a'])
  })

  it('are changed by nobody but the root and admins of everything, while they are', () => {
    const { keys, world, live } = keysOf()
    const writer = signerWith([{ prefix: '', can: 'write' }])
    const ofPart = signerWith([{ prefix: 'shop', can: 'admin' }])
    const before = signerWith([{ prefix: '', can: 'admin' }], start - 1)
    const nobody = signerOf(newIdentity().identity, 'nobody')
    const stolen = { ...admin, key: writer.key, sign: writer.sign }
    for (const signer of [writer, ofPart, before, nobody, stolen]) {
      expect(() => keys.hear(rotation(2, 'x', signer))).toThrow(Malformed)
    }
    const forged = { ...admin, sign: writer.sign }
    expect(() => keys.hear(rotation(2, 'x', forged))).toThrow('signature')
    const foreign = { number: 2, secret: secretOf('x'), atMs: start, keepOldMs: 0 }
    expect(() => keys.hear(signRotation(meshOf('stock'), rootSigner, foreign))).toThrow('signature')
    for (const noise of [new Uint8Array(), new Uint8Array(randomBytes(200))]) {
      expect(() => keys.hear(noise)).toThrow(Malformed)
    }
    world.revoked = admin.key
    expect(keys.hear(rotation(2, 'x', admin))).toBe(false)
    expect(live()).toBe('a')
    world.revoked = ''
    expect(keys.hear(rotation(2, 'b', admin))).toBe(true)
  })
})
