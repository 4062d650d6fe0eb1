import * as core from '@grapevine/core'
import { cryptoOf, signaturesOf } from '../src/world/crypto.js'
import { type Hostile, createHostile } from '../src/hostile/hostile.js'
import type { Frame, Node } from '../src/observer.js'
import { calmPlan } from './calm-plan.js'
import type { ClosedMesh, Trick } from '../src/plan.js'
import { type Trust, createTrust } from '../src/world/trust.js'
import { type Random, randomOf } from '../src/random.js'

/**
 * Two honest peers, an admin among them, and mallory: the real core, and frames passed by hand. Small
 * enough to see what a single trick does, and to nobody else than whom it was aimed at.
 */
export interface Stage {
  readonly alice: Node
  readonly bob: Node
  readonly mallory: Node
  readonly meshId: Uint8Array
  readonly trust: Trust
  readonly hostile: Hostile
  now: number
  handle(node: Node, input: core.Input): readonly core.Effect[]
  put(node: Node, key: string, value: core.Value): void
  /** Mallory plays, and whatever comes of it is passed on until nothing is on its way. */
  play(trick: Trick): void
  /** Passes on what is on its way; what comes later than that moves the clock. */
  deliver(): void
  /** What reached honest peers, and what they made of it: verdicts, reasons, notices. */
  readonly told: readonly string[]
  /** Frames by the peer that they reach, before they do. */
  onArrival: (frame: Frame) => void
  /** Mallory reaches nobody. */
  isAlone: boolean
  /** Honest peers compare until nothing moves; then they must agree. */
  settle(): void
  restart(node: Node): void
  /** A month without mallory, after which what was replaced has left the logs. */
  forget(): void
  join(node: Node): void
}

interface Seat extends Node {
  replica: core.Replica
  readonly synced: Map<string, Uint8Array>
  process: number
}

interface Flight {
  readonly at: number
  readonly order: number
  readonly frame: Frame
}

const startMs = 1_767_225_600_000
const dayMs = 24 * 3_600_000
const framesMax = 60_000

export interface StageOptions {
  readonly seed: number
  /** What mallory leaves to chance; by default a stream of the seed. */
  readonly random?: Random
  readonly revocable?: boolean
  readonly writeFault?: core.MeshRules['writeFault']
  /** With a badge for each; alice is an admin. */
  readonly closed?: ClosedMesh
}

export function openStage(options: StageOptions): Stage {
  const { seed, revocable = false, writeFault, random = randomOf(seed, 'mallory') } = options
  const signatures = signaturesOf('stub')
  const meshId = signatures.hash(new TextEncoder().encode('genesis'))
  const names = ['alice', 'bob', 'mallory']
  const isClosed = options.closed !== undefined
  const mesh: core.MeshRules = {
    id: meshId,
    admins: new Set([signatures.peerOf(isClosed ? 'the root' : 'alice')]),
    revocable: revocable || isClosed,
    closed: isClosed,
    ...(writeFault && { writeFault }),
  }
  const plan = options.closed === undefined ? calmPlan : { ...calmPlan, closed: options.closed }
  const trust = createTrust(plan, { signatures, meshId, ids: names.map(signatures.peerOf) })
  const told: string[] = []
  const flights: Flight[] = []
  let sent = 0
  let processes = 0

  const open = (peer: core.PeerId, records?: core.Records) =>
    core.openReplica({ mesh, crypto: cryptoOf(signatures, peer, seed, processes++), peer, records })

  const seats = names.map((name, index): Seat => {
    const peer = signatures.peerOf(name)
    const { replica, effects } = open(peer)
    const seat: Seat = {
      index,
      name,
      peer,
      isHonest: name !== 'mallory',
      isAdmin: name === 'alice',
      replica,
      isUp: true,
      synced: new Map(),
      process: 0,
      wall: () => stage.now,
    }
    store(seat, effects)
    return seat
  })
  const [alice, bob, mallory] = seats as [Seat, Seat, Seat]
  const honest = [alice, bob]

  const launch = (
    from: Node,
    to: Node,
    bytes: Uint8Array,
    isGossip: boolean,
    afterMs = 0,
  ): void => {
    const frame = { from, to, bytes, isGossip, hops: 1 }
    flights.push({ at: stage.now + afterMs, order: sent++, frame })
  }
  const gossip = (from: Node, bytes: Uint8Array, afterMs = 0): void => {
    for (const to of seats) if (to !== from) launch(from, to, bytes, true, afterMs)
  }

  function speak(from: Seat, to: Seat | undefined, bytes: Uint8Array): void {
    const leaving = from === mallory ? stage.hostile.leaves(to, bytes) : [{ bytes, afterMs: 0 }]
    for (const one of leaving) {
      if (to === undefined) gossip(from, one.bytes, one.afterMs)
      else launch(from, to, one.bytes, false, one.afterMs)
    }
  }

  function carryOut(seat: Seat, effects: readonly core.Effect[]): void {
    store(seat, effects)
    for (const effect of effects) {
      const isTold = seat.isHonest
      if (effect.type === 'gossip') speak(seat, undefined, effect.bytes)
      if (effect.type === 'send') speak(seat, seatOf(effect.to), effect.bytes)
      if (effect.type === 'pull') speak(seat, seatOf(effect.from), effect.bytes)
      if (effect.type === 'notice' && isTold) told.push(`notice: ${effect.notice}`)
      if (effect.type === 'verdict' && isTold && effect.from === mallory.peer) {
        told.push(effect.verdict === 'refused' ? `refused: ${effect.reason}` : effect.verdict)
      }
    }
  }

  const seatOf = (peer: core.PeerId): Seat => seats.find((seat) => seat.peer === peer)!

  const stage: Stage = {
    alice,
    bob,
    mallory,
    meshId,
    trust,
    now: startMs,
    told,
    onArrival: () => undefined,
    isAlone: false,
    hostile: createHostile({
      node: mallory,
      meshId,
      hash: signatures.hash,
      random,
      sign: (bytes) => signatures.signAs(mallory.peer, bytes),
      now: () => stage.now,
      badges: () => trust.badgeOf(mallory.peer),
      others: () => (stage.isAlone ? [] : honest),
      send: (to, bytes, afterMs) => launch(mallory, to, bytes, false, afterMs),
      gossip: (bytes) => gossip(mallory, bytes),
    }),
    handle(node, input) {
      const seat = node as Seat
      const effects = seat.replica.handle(input, stage.now)
      carryOut(seat, effects)
      return effects
    },
    put(node, key, value) {
      stage.handle(node, { type: 'write', put: new Map([[key, value]]) })
    },
    play(trick) {
      stage.hostile.play(trick)
      stage.deliver()
    },
    deliver() {
      for (let count = 0; flights.length > 0; count++) {
        if (count > framesMax) throw new Error(`${framesMax} frames and still no rest`)
        const next = flights.reduce((first, one) =>
          one.at < first.at || (one.at === first.at && one.order < first.order) ? one : first,
        )
        flights.splice(flights.indexOf(next), 1)
        const { frame } = next
        stage.now = Math.max(stage.now, next.at)
        const to = frame.to as Seat
        if (to === mallory && stage.hostile.hears(frame)) continue
        stage.onArrival(frame)
        stage.handle(to, { type: 'received', from: frame.from.peer, bytes: frame.bytes })
      }
    },
    settle() {
      for (let round = 0; round < 30; round++) {
        const before = word(alice) + word(bob)
        stage.now += 61_000
        for (const seat of honest) {
          stage.handle(seat, { type: 'tick' })
          const other = seat === alice ? bob : alice
          stage.handle(seat, { type: 'sync', with: other.peer })
          stage.deliver()
        }
        if (word(alice) === word(bob) && before === word(alice) + word(bob)) return
      }
    },
    restart(node) {
      const seat = node as Seat
      seat.replica = open(seat.peer, new Map(seat.synced)).replica
      meet(seat)
    },
    join(node) {
      const seat = node as Seat
      seat.synced.clear()
      const { replica, effects } = open(seat.peer)
      seat.replica = replica
      store(seat, effects)
      meet(seat)
    },
    forget() {
      for (let month = 0; month < 2; month++) {
        stage.now += 31 * dayMs
        for (const seat of seats) stage.handle(seat, { type: 'announce' })
        stage.deliver()
        for (const seat of honest) stage.handle(seat, { type: 'collect' })
      }
    },
  }
  const meet = (seat: Seat): void => {
    const links = trust.badgeOf(seat.peer)
    if (links.length > 0) stage.handle(seat, { type: 'badge', links })
    stage.handle(seat, { type: 'members', members: new Set(seats.map(({ peer }) => peer)) })
  }
  for (const seat of seats) meet(seat)
  return stage
}

function store(seat: Seat, effects: readonly core.Effect[]): void {
  for (const effect of effects) {
    if (effect.type !== 'persist') continue
    for (const [name, bytes] of effect.records) {
      if (bytes === null) seat.synced.delete(name)
      else seat.synced.set(name, bytes)
    }
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** All that a replica says of its state in one word. */
export function word({ replica }: Node): string {
  const { statements, clock, state } = replica.hashes()
  return [statements, clock, state].map(hex).join(' ')
}

/** What a reader sees. */
export const readingsOf = ({ replica }: Node): readonly unknown[] =>
  replica.keys().map((key) => {
    const { value, version, others } = replica.read(key)!
    return [key, value, version, others.map((other) => other.value)]
  })
