import * as dagCbor from '@ipld/dag-cbor'
import type * as Core from '../src/index.js'
import { admin, linksOf } from './badges.js'
import { type Message, type MessageType, decodeMessage, encodeMessage } from '../src/message.js'
import { type Stage, type Step, openStage, play } from './scenario.js'
import {
  cutReplica,
  deliver,
  deliverOnlyTo,
  drop,
  put,
  restore,
  seconds,
  takeImage,
  tick,
} from './steps.js'
import { badgesOf } from './trust-steps.js'
import { type Library, peerOf, sha256 } from './stub-crypto.js'
import { readFact } from './oracle.js'

/** Where bob stands, seen from what alice's message shows. */
export type Relation = 'behind' | 'equal' | 'ahead' | 'concurrent' | 'gap' | 'forked'

export const relationNames: readonly Relation[] = [
  'behind',
  'equal',
  'ahead',
  'concurrent',
  'gap',
  'forked',
]

/** One thing that bob does about it. */
export type Reaction =
  | 'stores'
  | 'shows'
  | 'synced'
  | 'parts'
  | Core.Verdict['verdict']
  | `sends ${MessageType}`
  | `pulls ${MessageType}`
  | `gossips ${MessageType}`
  | `tells ${Core.Notice['notice']}`

export function react(lib: Library, type: MessageType, relation: Relation): Reaction[] {
  const names = ['alice', 'bob', 'carol']
  const everything = [admin('')]
  const closed = { alice: everything, bob: everything, carol: everything }
  const isClosed = isAboutBadges(type)
  const stage = openStage(lib, isClosed ? { names, closed } : { names, admins: ['alice', 'bob'] })
  play(stage, isAboutStatements(type) ? statementStories[relation] : releaseStories[relation])
  const bytes = encodeMessage(sayings[type](stage))
  const effects = stage.world.handle('bob', { type: 'received', from: peerOf('alice'), bytes })
  play(stage, [])
  return effects.map(reactionOf)
}

function reactionOf(effect: Core.Effect): Reaction {
  switch (effect.type) {
    case 'persist':
      return 'stores'
    case 'changed':
      return 'shows'
    case 'synced':
      return 'synced'
    case 'verdict':
      return effect.verdict
    case 'notice':
      return `tells ${effect.notice}`
    case 'send':
      return `sends ${decodeMessage(effect.bytes).type}`
    case 'pull':
      return `pulls ${decodeMessage(effect.bytes).type}`
    case 'gossip':
      return `gossips ${decodeMessage(effect.bytes).type}`
    case 'revoked':
      return 'parts'
    case 'written':
      throw new Error('a message made a local write')
  }
}

const isAboutStatements = (type: MessageType): boolean =>
  type === 'standing' || type === 'statements'

/** In a closed mesh. */
const isAboutBadges = (type: MessageType): boolean => type === 'badges' || type === 'badges-want'

const shared = [put('alice', { k: 0 }), deliver()]

const releaseStories: Record<Relation, readonly Step[]> = {
  behind: [...shared, put('alice', { k: 1 }), drop()],
  equal: shared,
  ahead: [...shared, put('bob', { k: 1 }), drop()],
  concurrent: [...shared, put('alice', { k: 1 }), put('bob', { k: 2 }), drop()],
  gap: [...shared, put('alice', { k: 1 }), put('alice', { k: 2 }), drop()],
  forked: [
    ...shared,
    takeImage('alice', 'before'),
    put('alice', { k: 1 }),
    deliverOnlyTo('bob'),
    restore('alice', 'before'),
    tick(seconds(1)),
    put('alice', { k: 'other' }),
    drop(),
  ],
}

const cuttable = [put('carol', { k: 0 }), put('carol', { k: 1 }), deliver()]

const statementStories: Record<Relation, readonly Step[]> = {
  behind: [...cuttable, cutReplica('alice', 'carol·1'), drop()],
  equal: [...cuttable, cutReplica('alice', 'carol·1'), deliver()],
  ahead: [...cuttable, cutReplica('bob', 'carol·1'), drop()],
  concurrent: [...cuttable, cutReplica('alice', 'carol·1'), cutReplica('bob', 'carol·1'), drop()],
  gap: [...cuttable, cutReplica('alice', 'carol·1'), cutReplica('alice', 'carol·0'), drop()],
  forked: [
    ...cuttable,
    takeImage('alice', 'before'),
    cutReplica('alice', 'carol·1'),
    deliverOnlyTo('bob'),
    restore('alice', 'before'),
    cutReplica('alice', 'carol·0'),
    drop(),
  ],
}

// ---------------------------------------------------------------------------------------------
// What alice says in each of these places.

type Of<Type extends MessageType> = Extract<Message, { type: Type }>

const sayings: { readonly [Type in MessageType]: (stage: Stage) => Of<Type> } = {
  release: (stage) => ({ type: 'release', bytes: lastRelease(stage) }),
  announce: (stage) => ({ type: 'announce', mark: tipsOf(stage, 'alice').get(aliceId(stage))! }),
  summary: (stage) => answer(stage, { type: 'sync', with: peerOf('bob') }, 'summary'),
  standing: (stage) => standingOf(stage),
  statements: (stage) => ({
    type: 'statements',
    statements: stage.world
      .replica('alice')
      .statements()
      .filter(({ issuer }) => issuer === peerOf('alice'))
      .slice(-1)
      .map(({ bytes }) => bytes),
    pairs: [],
    standing: standingOf(stage).standing,
  }),
  clock: (stage) => ({
    type: 'clock',
    from: null,
    to: null,
    tips: [...tipsOf(stage, 'alice').values()].sort(byReplica),
  }),
  want: (stage) => ({
    type: 'want',
    ranges: [...tipsOf(stage, 'bob').keys()].sort().map((replica) => {
      const tip = tipsOf(stage, 'alice').get(replica)
      const to = stage.world.replica('bob').clock().get(replica) ?? 0
      return { replica, after: tip?.seq ?? 0, afterId: tip?.id ?? null, to }
    }),
  }),
  delta: (stage) => ({ type: 'delta', releases: [lastRelease(stage)], rest: [], isGone: false }),
  evidence: (stage) => ({ type: 'evidence', releases: [bare(lastRelease(stage))] }),
  'snapshot-want': () => ({ type: 'snapshot-want', id: null, page: 0 }),
  snapshot: (stage) => {
    // Bob takes only what he asked for, and he asks where alice's log does not reach back.
    const gone: Message = { type: 'delta', releases: [], rest: [], isGone: true }
    const bytes = encodeMessage(gone)
    stage.world.handle('bob', { type: 'received', from: peerOf('alice'), bytes })
    const asked = encodeMessage({ type: 'snapshot-want', id: null, page: 0 })
    return answer(stage, { type: 'received', from: peerOf('bob'), bytes: asked }, 'snapshot')
  },
  presence: (stage) => answer(stage, { type: 'announce' }, 'presence'),
  badges: ({ world }) => ({ type: 'badges', chains: [linksOf(badgesOf(world).of('alice'))] }),
  'badges-want': ({ world }) => ({
    type: 'badges-want',
    ids: [badgesOf(world).of('alice').at(-1)!.id],
  }),
}

/** What alice sends when this happens to her; it does not travel. */
function answer<Type extends MessageType>(stage: Stage, input: Core.Input, type: Type): Of<Type> {
  for (const effect of stage.world.handle('alice', input)) {
    if (!('bytes' in effect)) continue
    const message = decodeMessage(effect.bytes)
    if (message.type === type) return message as Of<Type>
  }
  throw new Error(`alice does not say ${type}`)
}

/** Whoever shows other statements is told the standing. */
function standingOf(stage: Stage): Of<'standing'> {
  const hash = new Uint8Array(32)
  const hashes = { statements: hash, clock: hash, state: hash }
  const bytes = encodeMessage({ type: 'summary', hashes, step: 'open', isVouching: true })
  return answer(stage, { type: 'received', from: peerOf('bob'), bytes }, 'standing')
}

interface Tip {
  readonly replica: Core.ReplicaId
  readonly seq: number
  readonly id: Core.ReleaseId
}

const byReplica = (a: Tip, b: Tip): number => (a.replica < b.replica ? -1 : 1)

/** Read from the disk: the clock with the id of the last release of each replica id. */
function tipsOf(stage: Stage, name: string): Map<Core.ReplicaId, Tip> {
  const { world } = stage
  return new Map(
    [...world.replica(name).clock()].map(([replica, seq]) => {
      const { id } = readFact(world.meshId, world.node(name).disk.get(`release/${replica}/${seq}`)!)
      return [replica, { replica, seq, id: id as Core.ReleaseId }]
    }),
  )
}

const aliceId = ({ world }: Stage): Core.ReplicaId => world.replica('alice').id()

function lastRelease(stage: Stage): Uint8Array {
  const replica = aliceId(stage)
  const seq = stage.world.replica('alice').clock().get(replica)!
  return stage.world.node('alice').disk.get(`release/${replica}/${seq}`)!
}

/** The same release with the hash of its one change instead of the change. */
function bare(release: Uint8Array): Uint8Array {
  const [header, signature, leaf] = dagCbor.decode<[Uint8Array, Uint8Array, Uint8Array]>(release)
  return dagCbor.encode([header, signature, [sha256(new Uint8Array([0]), leaf)]])
}
