import type * as Core from '../src/index.js'
import * as dagCbor from '@ipld/dag-cbor'
import { encodeMessage } from '../src/message.js'
import { createBadges, linksOf } from './badges.js'
import { type Forgery, type Will, forgeRelease, forgerId, releaseFrame } from './forge.js'
import { Violation } from './invariants.js'
import { type Stage, type Step, dotOf, replicaOf } from './scenario.js'
import { crash } from './steps.js'
import { peerOf, stubCrypto } from './stub-crypto.js'
import { type World } from './world.js'

// What happens in a closed mesh, beside what happens in every mesh.

const step = (says: string, run: (stage: Stage) => void): Step => ({ says, run })

export const badgesOf = ({ badges }: World): NonNullable<World['badges']> => {
  if (badges === undefined) throw new Error('this mesh is open')
  return badges
}

type Grants = readonly Core.Grant[]
type Terms = Partial<Core.BadgeDraft>

/** A badge is made; nobody has seen it. */
export const give = (issuer: string, name: string, grants: Grants, terms: Terms = {}): Step =>
  step(`${issuer} makes a badge for ${name}`, ({ world }) => {
    badgesOf(world).give(issuer, name, grants, terms)
  })

/** From now on this peer writes under its newest badge. */
export const wear = (name: string): Step =>
  step(`${name} takes its new badge`, ({ world }) => world.badge(name, badgesOf(world).of(name)))

export const show = (name: string, whose: string): Step =>
  step(`${name} is shown the badge of ${whose}`, ({ world }) => {
    world.handle(name, { type: 'show-badge', links: linksOf(badgesOf(world).of(whose)) })
  })

const badgesFrame = (links: readonly Uint8Array[]): Uint8Array =>
  encodeMessage({ type: 'badges', chains: [links] })

/** The badge travels as it does between peers. */
export const sendBadge = (whose: string, ...names: readonly string[]): Step =>
  step(`${names.join(', ')} receives the badge of ${whose}`, ({ world }) => {
    const bytes = badgesFrame(linksOf(badgesOf(world).of(whose)))
    for (const name of names) world.handle(name, { type: 'received', from: peerOf(whose), bytes })
  })

/** The same under a signature that does not hold. */
export const poison = (whose: string, ...names: readonly string[]): Step =>
  step(`${names.join(', ')} receives the badge of ${whose}, wrongly signed`, ({ world }) => {
    const links = linksOf(badgesOf(world).of(whose)).map((link) => {
      const [body, signature] = dagCbor.decode<[Uint8Array, Uint8Array]>(link)
      return dagCbor.encode([body, signature.map((byte) => byte ^ 1)])
    })
    const bytes = badgesFrame(links)
    for (const name of names) world.handle(name, { type: 'received', from: peerOf(whose), bytes })
  })

/** The root of another mesh makes a badge: it is of no use here. */
export const giveElsewhere = (name: string, grants: Grants): Step =>
  step(`the root of another mesh makes a badge for ${name}`, ({ world }) => {
    const elsewhere = createBadges(world.lib, { ...world.rules, id: new Uint8Array(32) })
    badgesOf(world).remember(name, elsewhere.give('root', name, grants))
  })

/** Somebody comes in by a badge that was made for it. */
export const enter = (name: string): Step =>
  step(`${name} comes in`, ({ world }) => {
    world.open(name)
    world.badge(name, badgesOf(world).of(name))
    world.meet([...world.nodes.keys()])
  })

type Values = Readonly<Record<string, unknown>>

/** What a person wants goes to a peer, who numbers it. */
export const want = (
  author: string,
  relay: string,
  put: Values,
  more: Partial<Core.IntentDraft> = {},
): Step =>
  step(`${author} has ${relay} write ${JSON.stringify(put)}`, (stage) => {
    const { world } = stage
    const intent = badgesOf(world).intent(author, put, more)
    world.handle(relay, { type: 'show-badge', links: linksOf(badgesOf(world).of(author)) })
    stage.written = world.write(relay, { intent })
  })

interface RevokeOptions {
  /** Whose key says it, if not the peer's own. */
  readonly by?: string
  /** Whose newest badges stay good. */
  readonly kept?: readonly string[]
}

export const revoke = (at: string, whom: string, { by, kept = [] }: RevokeOptions = {}): Step =>
  step(`${by ?? at} revokes ${whom}, at ${at}`, ({ world }) => {
    const badges = badgesOf(world)
    world.handle(at, {
      type: 'issue',
      statement: {
        kind: 'revoke',
        subject: peerOf(whom),
        kept: kept.map((name) => badges.of(name).at(-1)!.id),
      },
      ...(by !== undefined && { by: badges.signer(by) }),
    })
  })

export const sealAs = (at: string, by: string): Step =>
  step(`${by} seals, at ${at}`, ({ world }) => {
    const signer = badgesOf(world).signer(by)
    world.handle(at, { type: 'issue', statement: { kind: 'seal' }, by: signer })
  })

export interface Lie extends Omit<Forgery, 'seen' | 'trust' | 'ms'> {
  readonly ms?: number
  readonly seen?: Readonly<Record<string, number>>
  /** Whose badge it names, if not that of whoever signs it. */
  readonly badgeOf?: string
  readonly spentBytes?: number
  readonly will?: Partial<Will> & Pick<Will, 'author' | 'put'>
}

/** The bytes of a release that a member signed by hand. */
export function lieIn(stage: Stage, { badgeOf, spentBytes, will, seen = {}, ...lie }: Lie) {
  const { world } = stage
  const idOf = (name: string): string => badgesOf(world).of(name).at(-1)!.id
  stage.replicas.set(lie.by, forgerId(world.meshId, lie.by))
  const vector = Object.entries(seen).map(([label, seq]) => [replicaOf(stage, label), seq] as const)
  return forgeRelease(world.meshId, {
    ms: world.now,
    ...lie,
    seen: new Map(vector),
    trust: {
      badge: idOf(badgeOf ?? lie.by),
      ...(spentBytes !== undefined && { spentBytes }),
      will: will && { badge: idOf(will.author), atMs: 0, untilMs: 8e12, ...will },
    },
  })
}

/** It reaches these, rightly signed and wrong; its replica id gets the name of whoever signed it. */
export const lieTo = (lie: Lie, ...names: readonly string[]): Step =>
  step(`${lie.by} shows ${names.join(', ')} a forged release`, (stage) => {
    const bytes = releaseFrame(lieIn(stage, lie))
    for (const name of names) {
      stage.world.handle(name, { type: 'received', from: peerOf(lie.by), bytes })
    }
  })

/** Between any two steps everybody is started again. */
export const withCrashes = (names: readonly string[], steps: readonly Step[]): readonly Step[] =>
  steps.flatMap((one) => [one, ...names.map((name) => crash(name))])

/** Whose will it is that a key shows. */
export const expectAuthor = (name: string, key: string, author: string): Step =>
  step(`${key} is the will of ${author}, says ${name}`, ({ world }) => {
    const found = world.replica(name).read(key)?.release.author
    if (found !== peerOf(author))
      throw new Violation(`${key} at ${name} is of ${found ?? 'nobody'}`)
  })

/** The word of whoever speaks at a peer is on its way to all, and comes with `comeThrough`. */
export const revokeAside = (at: string, whom: string, by: string): Step =>
  step(`${by} revokes ${whom}, at ${at}, and nobody has heard of it yet`, ({ world, heldUp }) => {
    const { peer, disk } = world.node(at)
    const crypto = stubCrypto(peer, 1)
    const { replica } = world.lib.openReplica({ mesh: world.rules, crypto, peer, records: disk })
    const statement = { kind: 'revoke', subject: peerOf(whom) } as const
    const signer = badgesOf(world).signer(by)
    for (const effect of replica.handle({ type: 'issue', statement, by: signer }, world.now)) {
      if (effect.type !== 'gossip') continue
      heldUp.push(...[...world.nodes.keys()].map((to) => ({ from: at, to, bytes: effect.bytes })))
    }
  })

/** Somebody says that what the other lacks has left its log: the other asks for a snapshot. */
export const sayGone = (from: string, to: string): Step =>
  step(`${from} has no log for ${to}`, ({ world }) => {
    const gone = { type: 'delta', releases: [], rest: [], isGone: true } as const
    const bytes = encodeMessage(gone)
    world.handle(to, { type: 'received', from: peerOf(from), bytes })
  })

export const expectStruck = (name: string, dot: string): Step =>
  step(`${dot} is struck at ${name}`, (stage) => {
    const replica = stage.world.replica(name)
    const release = replica.release(dotOf(stage, dot))?.release
    if (release === undefined || replica.struck(release) === undefined) {
      throw new Violation(`${dot} counts at ${name}, or is not held`)
    }
  })

/** The last word of a replica on whom to part from. */
export const expectToldRevoked = (name: string, ...whom: readonly string[]): Step =>
  step(`${name} was told to part from ${whom.join(', ')}`, ({ world }) => {
    const told = world.log.findLast((one) => one.name === name && one.effect.type === 'revoked')
    const found = told?.effect.type === 'revoked' ? told.effect.subjects : []
    if (found.join() === whom.map(peerOf).sort().join()) return
    throw new Violation(`${name} was told of ${found.join(', ') || 'nobody'}`)
  })

export const expectFault = (name: string, whose: string, fault: RegExp | undefined): Step =>
  step(`the badge of ${whose} is ${fault === undefined ? 'good' : 'void'} at ${name}`, (stage) => {
    const { world } = stage
    const found = world.replica(name).revocationFault(badgesOf(world).of(whose))
    if (fault === undefined ? found === undefined : fault.test(found ?? '')) return
    throw new Violation(`the badge of ${whose} at ${name}: ${found ?? 'good'}`)
  })
