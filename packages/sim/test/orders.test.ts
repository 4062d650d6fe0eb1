import * as core from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { kindOf } from '../src/frames.js'
import type { ClosedMesh, Holder, PlannedGrant } from '../src/plan.js'
import { epochMs } from '../src/world/clock.js'
import { cryptoOf, signaturesOf } from '../src/world/crypto.js'
import { createTrust } from '../src/world/trust.js'
import { calmPlan } from './calm-plan.js'

const signatures = signaturesOf('stub')
const meshId = signatures.hash(new TextEncoder().encode('orders'))
const names = ['alice', 'bob', 'carol', 'dave'] as const
type Name = (typeof names)[number]
const ids = names.map(signatures.peerOf)

const everything = (can: PlannedGrant['can']): PlannedGrant => ({ prefix: '', can })

/** Two admins, one of whom the other let in; carol came in by bob, dave by the root. */
const closed: ClosedMesh = {
  badges: [
    { by: 'root', grants: [everything('admin')] },
    { by: 'root', grants: [everything('admin')] },
    { by: { peer: 1 }, grants: [everything('write')] },
    { by: 'root', grants: [everything('write')] },
  ],
  persons: [{ by: { peer: 0 }, grants: [everything('write')] }],
}

const trust = createTrust({ ...calmPlan, closed }, { signatures, meshId, ids })
const mesh = { id: meshId, admins: new Set([trust.root]), revocable: true, closed: true }

function open(peer: core.PeerId, process = 0): core.Replica {
  const crypto = cryptoOf(signatures, peer, 1, process)
  const { replica } = core.openReplica({ mesh, crypto, peer })
  const links = trust.badgeOf(peer)
  if (links.length > 0) replica.handle({ type: 'badge', links }, epochMs)
  return replica
}

/** Writes a story down as frames; whoever is named has heard everything that was told to it before. */
function tell(act: (hands: Hands) => void): readonly Uint8Array[] {
  const peers = new Map(names.map((name, index) => [name, open(ids[index]!)]))
  const frames: Uint8Array[] = []
  let now = epochMs
  const handle = (name: Name, input: core.Input): void => {
    for (const effect of peers.get(name)!.handle(input, (now += 10))) {
      if (effect.type === 'gossip') frames.push(effect.bytes)
    }
  }
  act({
    put: (name, key, value) => handle(name, { type: 'write', put: new Map([[key, value]]) }),
    want(name, key, value) {
      const put = new Map([[key, value]])
      const wish = { atMs: now, untilMs: now + 60_000, requestId: null, put, remove: [] }
      const links = trust.badgeOf(trust.keyOf({ person: 0 })!)
      peers.get(name)!.handle({ type: 'show-badge', links }, now)
      handle(name, { type: 'write', intent: trust.intent(0, wish)! })
    },
    revoke(name, whom, as) {
      const statement = { kind: 'revoke' as const, subject: trust.keyOf(whom)! }
      handle(name, { type: 'issue', statement, by: as && trust.signer(as) })
    },
    renew: (name) => handle(name, { type: 'reincarnate', why: 'it was asked to' }),
    meet(...some) {
      for (const bytes of frames) {
        for (const name of some) peers.get(name)!.handle(received(bytes), now)
      }
    },
  })
  return frames
}

interface Hands {
  put(this: void, name: Name, key: string, value: number): void
  want(this: void, name: Name, key: string, value: number): void
  revoke(this: void, name: Name, whom: Holder, as?: Holder): void
  renew(this: void, name: Name): void
  meet(this: void, ...some: readonly Name[]): void
}

const received = (bytes: Uint8Array): core.Input => ({ type: 'received', from: ids[3]!, bytes })

function* ordersOf<T>(all: readonly T[]): Generator<readonly T[]> {
  if (all.length < 2) yield all
  for (const [place, first] of all.entries()) {
    for (const rest of ordersOf(all.toSpliced(place, 1))) yield [first, ...rest]
  }
}

/** Hears them in one order, and then again, as sessions bring what came too soon, until nothing moves. */
function hear(order: readonly Uint8Array[], before: readonly Uint8Array[]): string {
  const replica = open(signatures.peerOf('erin'))
  const word = (): string =>
    Object.values(replica.hashes())
      .map((hash: Uint8Array) => Buffer.from(hash).toString('hex'))
      .join()
  const now = epochMs + 1_000
  for (const bytes of [...before, ...order]) replica.handle(received(bytes), now)
  const all = [...order].sort((a, b) => Buffer.compare(a, b))
  for (let last = ''; last !== word();) {
    last = word()
    for (const bytes of all) replica.handle(received(bytes), now)
  }
  const shown = replica.keys().map((key) => `${key} ${JSON.stringify(replica.get(key))}`)
  return `${word()}\n${shown.join(', ')}`
}

/** In every order: the same hashes, and the same values. */
function outcomeOf(frames: readonly Uint8Array[], before: readonly Uint8Array[] = []): string {
  const outcomes = new Set<string>()
  for (const order of ordersOf(frames)) outcomes.add(hear(order, before))
  expect(outcomes.size).toBe(1)
  return [...outcomes][0]!.split('\n')[1]!
}

const isBadge = (bytes: Uint8Array): boolean => kindOf(bytes) === 'badges'

/** The same, where badges have been round before. */
const outcomeWithBadges = (frames: readonly Uint8Array[]): string =>
  outcomeOf(
    frames.filter((bytes) => !isBadge(bytes)),
    frames.filter(isBadge),
  )

describe('in whatever order it is heard', () => {
  it('of two admins who revoke each other one is revoked, on all', () => {
    const frames = tell(({ put, revoke, meet }) => {
      put('carol', 'k', 1)
      meet('alice', 'bob', 'dave')
      revoke('alice', { peer: 1 })
      revoke('bob', { peer: 0 })
      put('carol', 'k', 2)
      put('alice', 'j', 3)
    })
    // Whose key is less; carol came in by bob.
    expect(outcomeWithBadges(frames)).toBe(ids[0]! < ids[1]! ? 'j 3, k 1' : 'k 2')
  })

  it('a revoked writer who writes on, under a new incarnation as well, changes nothing', () => {
    const frames = tell(({ put, revoke, renew, meet }) => {
      put('carol', 'k', 1)
      meet('alice', 'bob', 'dave')
      revoke('alice', { peer: 2 })
      renew('carol')
      put('carol', 'k', 2)
      put('carol', 'j', 3)
    })
    expect(frames.some(isBadge)).toBe(true)
    expect(outcomeOf(frames)).toBe('k 1')
  })

  it('what a person wanted is struck, and what it had replaced is back', () => {
    const frames = tell(({ put, want, revoke, meet }) => {
      put('dave', 'k', 1)
      meet('alice', 'bob', 'carol')
      want('dave', 'k', 2)
      put('dave', 'j', 3)
      revoke('bob', { person: 0 })
    })
    expect(outcomeWithBadges(frames)).toBe('j 3, k 1')
  })

  it('a revocation by whom the root had revoked before takes nothing away', () => {
    const frames = tell(({ put, want, revoke, meet }) => {
      put('dave', 'k', 1)
      meet('alice', 'bob', 'carol')
      want('dave', 'k', 2)
      put('dave', 'j', 3)
      revoke('bob', { person: 0 })
      revoke('alice', { peer: 1 }, 'root')
    })
    expect(outcomeWithBadges(frames)).toBe('j 3, k 2')
  })
})
