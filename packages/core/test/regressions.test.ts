import { describe, expect, it } from 'vitest'
import * as lib from '../src/index.js'
import { openMesh } from '../src/mesh.js'
import { type Message, encodeMessage } from '../src/message.js'
import { signRelease } from '../src/release.js'
import { type Mark, type Statement, type StatementDraft, signStatement } from '../src/statement.js'
import { forgeRelease, forgerId, releaseFrame } from './forge.js'
import { World, dayMs, startMs } from './world.js'
import { checkConverged, checkNothingLost } from './invariants.js'
import { givenByCarol, without } from './scenarios/lies.js'
import { peerOf, stubCrypto } from './stub-crypto.js'
import { readFact } from './oracle.js'

/** Faults that were found once and are too large, or too far inside, for a scenario. */

const meshAs = ({ rules }: World, name: string): ReturnType<typeof openMesh> =>
  openMesh(rules, stubCrypto(peerOf(name), 1))

const received = (from: string, bytes: Uint8Array): lib.Input => ({
  type: 'received',
  from: peerOf(from),
  bytes,
})

const give = (world: World, to: string, from: string, message: Message): void =>
  void world.handle(to, received(from, encodeMessage(message)))

/** In frames of so many: a large statement nearly fills one. */
function giveStatements(
  world: World,
  to: string,
  statements: readonly Statement[],
  perFrame = 1,
): void {
  for (let start = 0; start < statements.length; start += perFrame) {
    const page = statements.slice(start, start + perFrame).map(({ bytes }) => bytes)
    const message = { type: 'statements', pairs: [], standing: undefined } as const
    give(world, to, 'mallory', { ...message, statements: page })
  }
  world.frames.splice(0)
}

const markOf = (name: number): Mark => ({
  replica: name.toString(16).padStart(32, '0') as lib.ReplicaId,
  seq: 0,
  id: null,
})

/** A cut of so many replica ids that nobody writes under, to follow `before`. */
function cutAfter(
  world: World,
  before: Statement | undefined,
  { name, marks = 1 }: { readonly name: number; readonly marks?: number },
): Statement {
  const draft: StatementDraft = {
    kind: 'cut',
    issuer: peerOf('carol'),
    number: (before?.number ?? 0) + 1,
    prev: before?.id ?? null,
    marks: Array.from({ length: marks }, (_, index) => markOf(name * 2000 + index)),
    incarnation: null,
  }
  return signStatement(meshAs(world, 'carol'), draft)
}

function chainOf(world: World, length: number, marks = 1): Statement[] {
  const chain: Statement[] = []
  for (let name = 1; name <= length; name++) {
    chain.push(cutAfter(world, chain.at(-1), { name, marks }))
  }
  return chain
}

/** So many releases of mallory, each after the one before. */
function chainOfReleases(world: World, length: number): Uint8Array[] {
  const releases: Uint8Array[] = []
  let prev: string | undefined
  for (let seq = 1; seq <= length; seq++) {
    const parent = prev === undefined ? {} : { prev }
    const forgery = { by: 'mallory', seq, ms: startMs, key: `m${seq}`, put: seq, ...parent }
    const bytes = forgeRelease(world.meshId, forgery)
    prev = readFact(world.meshId, bytes).id
    releases.push(bytes)
  }
  return releases
}

function syncBoth(world: World, rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    world.now += 10_000
    world.sync('alice', 'bob')
    world.sync('bob', 'alice')
  }
}

describe('chains of statements', () => {
  const admins = ['carol']
  const names = ['alice', 'bob', 'carol']

  it('meet at the lower number where two members know of different breaks', () => {
    const world = new World(lib, { names, admins })
    const chain = chainOf(world, 5)
    const third = cutAfter(world, chain[1], { name: 103 })
    const fifth = cutAfter(world, chain[3], { name: 105 })
    giveStatements(world, 'alice', [...chain, fifth])
    giveStatements(world, 'bob', [...chain.slice(0, 3), third])
    expect(world.replica('alice').statements()).toHaveLength(4)
    world.rest()
    checkConverged(world)
    expect(world.replica('alice').statements()).toHaveLength(2)
  })

  it('are found broken also far behind what one page holds', () => {
    const world = new World(lib, { names, admins })
    const chain = chainOf(world, 5, 1000)
    const other = cutAfter(world, chain[3], { name: 50 })
    giveStatements(world, 'alice', chain)
    giveStatements(world, 'bob', [
      ...chain.slice(0, 4),
      other,
      cutAfter(world, other, { name: 60 }),
    ])
    syncBoth(world, 4)
    for (const name of ['alice', 'bob']) {
      expect(world.replica(name).statements(), name).toHaveLength(4)
    }
    world.rest()
    checkConverged(world)
  })

  it('and fork proofs pass in pages, and releases flow behind them', () => {
    const world = new World(lib, { names: ['alice', 'bob'] })
    const issuers = Array.from({ length: 1500 }, (_, index) => `stranger${index}`)
    const incarnation = new Uint8Array(8)
    const closes = issuers.slice(0, 1200).map((issuer) => {
      const marks = [{ replica: forgerId(world.meshId, issuer), seq: 0, id: null }]
      const draft = { kind: 'close', number: 1, prev: null, marks, incarnation } as const
      return signStatement(meshAs(world, issuer), { ...draft, issuer: peerOf(issuer) })
    })
    giveStatements(world, 'alice', closes, 100)
    const pairs = issuers.slice(1200).map((by) => {
      const half = (put: number): Uint8Array =>
        forgeRelease(world.meshId, { by, seq: 1, ms: startMs, key: 'k', put })
      return [half(1), half(2)] as const
    })
    for (const pair of pairs) {
      give(world, 'alice', 'mallory', {
        type: 'statements',
        statements: [],
        pairs: [pair],
        standing: undefined,
      })
    }
    world.frames.splice(0)
    world.put('alice', { k: 1 })
    world.frames.splice(0)
    syncBoth(world, 4)
    expect(world.replica('bob').get('k')).toBe(1)
    expect(world.replica('bob').statements()).toHaveLength(1200)
    expect(world.replica('bob').status().forked).toHaveLength(300)
    checkConverged(world)
  })
})

describe('a fork', () => {
  it('leaves nobody stuck whose proof names a parent that does not exist', () => {
    const world = new World(lib, { names: ['alice', 'bob'] })
    const chain = chainOfReleases(world, 6)
    const madeUp = forgeRelease(world.meshId, {
      by: 'mallory',
      seq: 6,
      prev: '00'.repeat(32),
      ms: startMs,
      key: 'm5',
      put: 'other',
    })
    const hear = (name: string, releases: readonly Uint8Array[]): void => {
      for (const bytes of releases) world.handle(name, received('mallory', releaseFrame(bytes)))
    }
    hear('alice', chain.slice(0, 5))
    // bob lacks the fifth, which the two halves name differently.
    hear('bob', [...chain.slice(0, 4), chain[5]!, madeUp])
    world.deliver()
    world.put('alice', { m5: 'mine' })
    world.put('alice', { n: 1 })
    world.frames.splice(0)
    world.rest()
    checkConverged(world)
    checkNothingLost(world)
    const bob = world.replica('bob')
    expect([bob.get('m5'), bob.get('n'), bob.status().waiting]).toEqual(['mine', 1, []])
    expect(bob.clock().get(forgerId(world.meshId, 'mallory'))).toBe(4)
  })

  it('lets its owner write again in two releases what is too large for one by now', () => {
    const world = new World(lib, { names: ['alice', 'bob'], admins: ['alice'] })
    world.put('bob', { k: 1 })
    world.deliver()
    const image = new Map(world.node('bob').disk)
    // The second sees the first on every key, and leaves less room than that it sees one more.
    const keys = Array.from({ length: 256 }, (_, index) => `key/${index + 10_000}`)
    const size = 16 * 1024 - 42
    world.write('bob', { put: new Map(keys.map((key) => [key, 0])) })
    world.write('bob', { put: new Map(keys.map((key) => [key, new Uint8Array(size)])) })
    world.frames.splice(0)
    world.open("bob'", image)
    world.handle("bob'", { type: 'members', members: world.members() })
    world.put("bob'", { k: 'copy' })
    const own = world.replica('bob').id()
    expect(() => world.deliver()).not.toThrow()
    expect(world.replica('bob').id()).not.toBe(own)
    const bob = world.replica('bob')
    // One for what came first, two for what no longer fitted into one.
    expect(bob.clock().get(bob.id())).toBe(3)
    for (const key of keys) expect(bob.get(key), key).toHaveLength(size)
  })
})

describe('the door', () => {
  it('takes a signature that cannot be verified for none', () => {
    const world = new World(lib, { names: ['alice'] })
    const crypto = {
      ...stubCrypto(peerOf('bob'), 1),
      verify: (): boolean => {
        throw new Error('nobody knows this key')
      },
    }
    const { replica } = lib.openReplica({ mesh: world.rules, crypto, peer: peerOf('bob') })
    const [bytes] = chainOfReleases(world, 1)
    const effects = replica.handle(received('mallory', releaseFrame(bytes!)), startMs)
    expect(effects).toMatchObject([{ verdict: 'refused', reason: 'its signature does not hold' }])
  })

  it('takes a presence that holds as much as one may', () => {
    const world = new World(lib, { names: ['alice', 'bob'] })
    const keys = Array.from({ length: 64 }, (_, index) => `${index + 100}`.padEnd(512, 'k'))
    world.write('alice', { put: new Map(keys.map((key) => [key, 1])) })
    for (const key of keys) {
      world.handle('alice', { type: 'refuse', key: key as lib.Key, reason: 'r'.repeat(256) })
    }
    const mesh = meshAs(world, 'mallory')
    for (let index = 0; index < 1100; index++) {
      const incarnation = new Uint8Array([index >> 8, index & 255, 0, 0, 0, 0, 0, 0])
      const bytes = signRelease(mesh, {
        peer: peerOf('mallory'),
        incarnation,
        seq: 1,
        prev: null,
        stamp: { ms: startMs, counter: 0 },
        message: undefined,
        requestId: undefined,
        changes: [{ key: `m${index}` as lib.Key, seen: new Map(), put: { value: 1 } }],
      })
      world.handle('alice', received('mallory', releaseFrame(bytes)))
    }
    world.frames.splice(0)
    const labels = new Map(
      Array.from({ length: 16 }, (_, index) => [`${index + 10}`.padEnd(128, 'n'), 'v'.repeat(128)]),
    )
    world.handle('alice', { type: 'announce', labels, software: 's'.repeat(128) })
    world.deliver()
    const heard = world.replica('bob').presences().get(peerOf('alice'))
    expect(heard?.clock.size).toBe(1024)
    expect(heard?.refusals.length).toBe(32)
  })

  it('settles nothing before it was told who the members are', () => {
    const world = new World(lib, { names: ['alice', 'bob', 'carol'], admins: ['alice'] })
    world.put('alice', { k: 1 })
    world.put('alice', { k: 2 })
    const now = startMs + 31 * dayMs
    const { replica } = lib.openReplica({
      mesh: world.rules,
      crypto: stubCrypto(peerOf('alice'), 3),
      peer: peerOf('alice'),
      records: world.node('alice').disk,
    })
    const seal = { type: 'issue', statement: { kind: 'seal' } } as const
    expect(() => replica.handle(seal, now)).toThrow(/nothing can be sealed/)
    replica.handle({ type: 'collect' }, now)
    expect(replica.status().unsettled).toBe(2)
  })
})

describe('the parking', () => {
  it('shows the later of two releases of one replica that are stamped alike, also after a restart', () => {
    const world = new World(lib, { names: ['alice'], admins: ['alice'] })
    let prev: string | undefined
    for (const seq of [1, 2]) {
      const forgery = { by: 'mallory', seq, ms: startMs, key: 'a', put: seq }
      const bytes = forgeRelease(world.meshId, prev === undefined ? forgery : { ...forgery, prev })
      prev = readFact(world.meshId, bytes).id
      world.handle('alice', received('mallory', releaseFrame(bytes)))
    }
    const shown = (): unknown => [
      world.replica('alice').get('a'),
      world
        .replica('alice')
        .read('a')
        ?.others.map(({ value }) => value),
    ]
    expect(shown()).toEqual([2, [1]])
    world.crash('alice')
    expect(shown()).toEqual([2, [1]])
  })

  it('takes nothing away on the word of a member that itself believed the liar', () => {
    const world = new World(lib, { names: ['alice', 'bob', 'carol', 'dave'], revocable: false })
    world.put('alice', { k: 1 })
    world.put('bob', { o: 1 })
    world.rest()
    world.put('carol', { x: 1 })
    world.frames.splice(0)
    world.loseDisk('dave')
    world.intercept = givenByCarol(without('k', 1))
    world.sync('dave', 'carol')
    expect(world.replica('dave').keys()).toEqual(['o', 'x'])
    world.handle('dave', { type: 'announce' })
    world.deliver()
    world.sync('alice', 'carol')
    expect(world.notices('unvouched')).toHaveLength(1)
    expect(world.replica('alice').get('k')).toBe(1)

    world.intercept = (frame) => frame
    world.rest()
    world.rest()
    checkConverged(world)
    expect(world.replica('dave').get('k')).toBe(1)
  })

  it('lets 10,000 releases go on one frame, and looks at each of them once', () => {
    const count = { judged: 0, verified: 0 }
    const world = new World(lib, { names: [] })
    const crypto = stubCrypto(peerOf('alice'), 1)
    const writeFault = (): undefined => {
      // Else a replica that judges all of them for each would not come to an end.
      if (++count.judged > 20_000) throw new Error('parked releases are judged again and again')
    }
    const { replica } = lib.openReplica({
      mesh: { ...world.rules, writeFault },
      crypto: { ...crypto, verify: (...args) => ++count.verified > 0 && crypto.verify(...args) },
      peer: peerOf('alice'),
    })
    const [first, ...later] = chainOfReleases(world, 10_001).map(releaseFrame)
    // The last first: whoever looks at all of them again for each that is freed looks for ever.
    for (const bytes of later.toReversed()) replica.handle(received('mallory', bytes), startMs)
    expect(replica.status().waiting).toHaveLength(10_000)
    Object.assign(count, { judged: 0, verified: 0 })
    replica.handle(received('mallory', first!), startMs)
    expect(replica.keys()).toHaveLength(10_001)
    expect(count.verified).toBe(1)
    expect(count.judged).toBe(10_001)
  })

  it('a fork that lies deeper than it seemed hides nothing that was written meanwhile', () => {
    const world = new World(lib, { names: ['alice', 'bob'], revocable: false })
    world.put('alice', { k: 'before' })
    world.rest()
    const image = new Map(world.node('alice').disk)
    for (const k of [1, 2, 3, 4]) world.put('alice', { k: `forgotten ${k}` })
    world.rest()
    world.cut(['alice'], ['bob'])
    world.open('alice', image)
    world.meet(['alice', 'bob'])
    for (const number of [1, 2, 3, 4]) world.put('alice', { [`k${number}`]: number, k: number })
    // The tips alone show a fork after the third: the first two seem to be common to both branches.
    const tip = world.node('bob').disk.get(`release/${world.replica('alice').id()}/5`)!
    give(world, 'alice', 'bob', { type: 'evidence', releases: [tip] })
    world.put('alice', { k1: 'meanwhile', k: 'meanwhile' })
    world.heal()
    world.rest()
    checkConverged(world)
    for (const name of ['alice', 'bob']) {
      for (const key of ['k', 'k1']) {
        const { value, others } = world.replica(name).read(key)!
        expect([value, ...others.map((other) => other.value)]).toContain('meanwhile')
      }
      expect(['k2', 'k3', 'k4'].map((key) => world.replica(name).get(key))).toEqual([2, 3, 4])
    }
  })
})
