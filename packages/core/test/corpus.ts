import * as dagCbor from '@ipld/dag-cbor'
import { admin, linksOf, write as mayWrite } from './badges.js'
import { type Fact } from './oracle.js'
import { type Stage } from './scenario.js'
import { revoke, sayGone } from './trust-steps.js'
import { type Frame, World, dayMs } from './world.js'
import { type Library, hex, sha256 } from './stub-crypto.js'
import type * as Core from '../src/index.js'

/** A frame of a real run, and the store of whoever it was for, just before it came. */
export interface Scene {
  readonly bytes: Uint8Array
  readonly from: Core.PeerId
  readonly to: Core.PeerId
  readonly records: ReadonlyMap<string, Uint8Array>
  readonly members: ReadonlySet<Core.PeerId>
  readonly now: number
  /** What the memory of the receiver needs first: a snapshot is only read by who asked for it. */
  readonly prelude: readonly Uint8Array[]
}

export interface Corpus {
  readonly rules: Core.MeshRules
  readonly scenes: readonly Scene[]
  /** Every release that was ever stored in that run. */
  readonly facts: readonly Fact[]
  /** The stores of all peers, at the moments of the scenes and at the end. */
  readonly stores: readonly Pick<Scene, 'to' | 'records'>[]
  /** The ids of those that share their dot with another. */
  readonly forked: ReadonlySet<string>
}

/** The wire's own order of message types, written here again. */
export const typesOnWire = [
  'release',
  'announce',
  'summary',
  'standing',
  'statements',
  'clock',
  'want',
  'delta',
  'evidence',
  'snapshot-want',
  'snapshot',
  'presence',
  'badges',
  'badges-want',
] as const

export const typeOf = (frame: Uint8Array): (typeof typesOnWire)[number] => typesOnWire[frame[1]!]!

/** A delta that says no more than that everything is gone. */
const allIsGone = dagCbor.encode([typesOnWire.indexOf('delta'), [], [], true])

const scenesPerType = 6

/** Every type of message, with the stores they were sent to, from one long and eventful life. */
export function recordCorpus(lib: Library): Corpus {
  const world = new World(lib, { names: ['alice', 'bob', 'carol'], admins: ['alice'] })
  const isOfBadges = (type: string): boolean => type.startsWith('badges')
  return record(
    world,
    live,
    typesOnWire.filter((type) => !isOfBadges(type)),
  )
}

/** The same of a closed mesh, where people come and go. */
export function recordClosedCorpus(lib: Library): Corpus {
  const closed = { alice: [admin('')], bob: [admin('')], carol: [mayWrite('')], dave: [] }
  const world = new World(lib, { names: ['alice', 'bob', 'carol', 'dave'], closed })
  return record(world, liveClosed, ['release', 'evidence', 'snapshot', 'badges', 'badges-want'])
}

function record(
  world: World,
  happen: (world: World) => void,
  expected: readonly (typeof typesOnWire)[number][],
): Corpus {
  const scenes = new Map<string, Scene[]>()
  const known = new Set<string>()
  world.intercept = (frame) => {
    const id = hex(sha256(frame.bytes))
    if (known.has(id)) return frame
    known.add(id)
    const type = typeOf(frame.bytes)
    const kept = scenes.get(type) ?? []
    if (kept.length < scenesPerType) scenes.set(type, [...kept, sceneOf(world, frame)])
    return frame
  }
  happen(world)
  const missing = expected.filter((type) => !scenes.has(type))
  if (missing.length > 0) throw new Error(`the corpus has no ${missing.join(', ')}`)
  const facts = [...world.facts.values()]
  const dotOf = ({ replica, seq }: Fact): string => `${replica}/${seq}`
  const isForked = (fact: Fact): boolean =>
    facts.filter((other) => dotOf(other) === dotOf(fact)).length > 1
  const all = [...scenes.values()].flat()
  const last = [...world.nodes.values()].map(({ peer, disk }) => ({
    to: peer,
    records: new Map(disk),
  }))
  return {
    rules: world.rules,
    scenes: all,
    stores: [...last, ...all],
    facts,
    forked: new Set(facts.filter(isForked).map(({ id }) => id)),
  }
}

function sceneOf(world: World, { from, to, bytes }: Frame): Scene {
  return {
    bytes,
    from: world.node(from).peer,
    to: world.node(to).peer,
    records: new Map(world.node(to).disk),
    members: world.members(),
    now: world.now,
    prelude: typeOf(bytes) === 'snapshot' ? [allIsGone] : [],
  }
}

function live(world: World): void {
  world.put('alice', { 'shop/max-items': 12, 'shop/open': true, title: 'Grüße' })
  world.put('bob', {
    nested: { list: [1, 2.5, null, [{ deep: 'yes' }]], raw: new Uint8Array([1, 2, 3]) },
  })
  world.deliver()
  world.cut(['alice'], ['bob', 'carol'])
  world.put('alice', { 'shop/max-items': 13 })
  world.write('bob', { put: new Map([['shop/max-items', 14]]), message: 'sale', requestId: 'r-1' })
  world.remove('carol', 'title')
  world.deliver()
  world.heal()
  world.handle('bob', { type: 'refuse', key: 'shop/open' as Core.Key, reason: 'not a number' })
  world.handle('bob', { type: 'announce', labels: new Map([['zone', 'a']]), software: '1.0' })
  world.rest()
  world.put('carol', { large: new Uint8Array(34 * 1024).fill(7) })
  world.deliver()
  // Small again, so that snapshots are bent in what matters.
  world.remove('carol', 'large')
  world.put('alice', { 'shop/max-items': 15 })
  world.gossip = false
  world.put('carol', { 'only/by/sync': 1 })
  world.gossip = true
  world.rest()
  snapshots(world)
  forks(world)
}

/** What all hold is sealed, collected, and after a month gone from the log: who comes then needs a snapshot. */
function snapshots(world: World): void {
  world.tick(31 * dayMs)
  world.announce()
  world.handle('alice', { type: 'issue', statement: { kind: 'seal' } })
  world.rest()
  for (const name of ['alice', 'bob', 'carol']) world.collect(name)
  world.tick(31 * dayMs)
  world.announce()
  for (const name of ['alice', 'bob', 'carol']) world.collect(name)
  world.loseDisk('carol')
  world.rest()
  world.put('carol', { title: 'back', 'shop/max-items': 16 })
  world.loseDisk('bob')
  world.rest()
}

function forks(world: World): void {
  world.put('bob', { b: 1 })
  world.rest()
  const copy = world.clone('bob')
  world.gossip = false
  world.put('bob', { b: 2 })
  world.put(copy, { b: 3 })
  world.cut([copy], ['alice', 'bob', 'carol'])
  world.sync('bob', 'alice')
  world.heal()
  world.cut(['bob'], ['alice', copy, 'carol'])
  world.sync(copy, 'alice')
  world.heal()
  world.gossip = true
  world.rest()
  const cut = (name: string) =>
    ({ kind: 'cut', marks: [{ replica: world.replica(name).id(), seq: 0 }] }) as const
  world.handle('alice', { type: 'issue', statement: cut('carol') })
  world.rest()
  // An admin whose store was copied: two statements with one number.
  const second = world.clone('alice')
  world.handle('alice', { type: 'issue', statement: cut('bob') })
  world.handle(second, { type: 'issue', statement: cut('carol') })
  world.rest()
}

/** People write through peers, two are revoked, a replica id strays, somebody joins by a snapshot. */
function liveClosed(world: World): void {
  const badges = world.badges!
  const stage = { world } as Stage
  const want = (author: string, relay: string, put: Readonly<Record<string, unknown>>): void => {
    world.handle(relay, { type: 'show-badge', links: linksOf(badges.of(author)) })
    world.write(relay, { intent: badges.intent(author, put, { message: 'sale', requestId: 'r' }) })
  }
  badges.give('bob', 'pat', [mayWrite('shop')])
  badges.give('root', 'quinn', [mayWrite('')])
  world.put('carol', { 'shop/a': 1 })
  // Her badge is lost with it, and asked for with the next.
  world.frames.length = 0
  world.put('carol', { k: [1, 'two'] })
  world.deliver()
  want('pat', 'dave', { 'shop/a': 2, 'shop/b': true })
  world.deliver()
  want('quinn', 'dave', { 'shop/b': { deep: 1 }, 'shop/c': null, 'shop/d': 3 })
  world.rest()
  world.cut(['alice'], ['bob', 'carol', 'dave'])
  want('pat', 'dave', { 'shop/c': 'late' })
  world.handle('carol', { type: 'reincarnate', why: 'restored' })
  world.put('carol', { k: 'stray' })
  world.deliver()
  world.put('bob', { k: 'over it' })
  world.deliver()
  revoke('alice', 'pat').run(stage)
  revoke('alice', 'carol', { kept: ['bob'] }).run(stage)
  world.heal()
  world.rest()
  world.put('alice', { 'shop/a': 4 })
  badges.give('alice', 'erin', [])
  world.open('erin')
  world.badge('erin', badges.of('erin'))
  sayGone('bob', 'erin').run(stage)
  world.deliver()
  revoke('bob', 'alice', { by: 'root' }).run(stage)
  world.rest()
}
