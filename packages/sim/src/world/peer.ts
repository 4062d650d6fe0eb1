import type * as Core from '@grapevine/core'
import type { Clock } from './clock.js'
import { createClock } from './clock.js'
import { cryptoOf } from './crypto.js'
import { createDisk } from './disk.js'
import type { Disk } from './disk.js'
import { keepHabits } from './habits.js'
import type { Frame, Node, Opening } from '../observer.js'
import type { Unsynced } from '../plan.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'
import type { Ground } from './air.js'

/** One peer: a process that comes and goes, a disk and a clock that stay. */
export interface Peer extends Node {
  readonly clock: Clock
  readonly disk: Disk
  /** It stopped for good, or did not come yet. */
  hasLeft: boolean
  image: ReadonlyMap<string, Uint8Array> | undefined
  start(how: Opening): void
  /** The process dies. */
  stop(fate: Unsynced): void
  /** The process dies, and the next one starts so much later. */
  crash(fate: Unsynced, downMs: number): void
  /** The process stands still, and what happens to it waits. */
  pause(forMs: number): void
  /** The process goes on, with all that waited, in its order. */
  resume(): void
  /** At once, or when the process goes on; should it die before, then right after its death. */
  whenAwake(happen: () => void): void
  /** So much later in the life of this process, or never. */
  after(delayMs: number, happen: () => void): void
  /** Something happens to it; nothing does while it is down. */
  handle(input: Core.Input, cause?: Frame): void
}

type Identity = Pick<Node, 'index' | 'name' | 'peer' | 'isHonest' | 'isAdmin'>

/** What is left to carry out once records are stored. */
type Act = Exclude<Core.Effect, { readonly type: 'persist' }>

/** An act that waits for the disk. */
interface Waiting {
  readonly act: Act
  readonly cause: Frame | undefined
  /** The transaction that must be durable before. */
  readonly transaction: number
}

/** A peer from inside. */
interface Inside {
  readonly ground: Ground
  readonly self: Mutable<Peer>
  readonly random: Random
  replica: Core.Replica | undefined
  /** Counts processes: what one has begun is no concern of the next. */
  process: number
  outbox: Waiting[]
  lastAppended: number
  /** When the process goes on; undefined: it does not stand still. */
  pausedUntil: number | undefined
  /** What happens as soon as it goes on. */
  backlog: (() => void)[]
}

/** After a disk that failed it tries again so much later. */
const restartMs = 500
const processesMax = 4096

export function createPeer(ground: Ground, identity: Identity): Peer {
  const { plan, queue } = ground
  const { index } = identity
  const clock = createClock(ground.calendar, plan.habits.clockStepMs)
  const disk = createDisk({
    queue,
    random: randomOf(plan.seed, 'disk', index),
    syncMs: plan.disk.syncMs,
    onSync: (fault) => whenAwake(inside, () => synced(inside, fault)),
  })
  const self: Mutable<Peer> = {
    ...identity,
    clock,
    disk,
    hasLeft: false,
    image: undefined,
    isUp: false,
    synced: disk.synced,
    get replica() {
      return inside.replica!
    },
    wall: () => clock.wall(),
    start: (how) => start(inside, how),
    stop: (fate) => stop(inside, fate),
    crash: (fate, downMs) => crash(inside, fate, downMs),
    pause: (forMs) => pause(inside, forMs),
    resume: () => resume(inside),
    whenAwake: (happen) => whenAwake(inside, happen),
    after: (delayMs, happen) => after(inside, delayMs, happen),
    handle: (input, cause) => whenAwake(inside, () => handle(inside, input, cause)),
  }
  const inside: Inside = {
    ground,
    self,
    random: randomOf(plan.seed, 'habits', index),
    replica: undefined,
    process: 0,
    outbox: [],
    lastAppended: 0,
    pausedUntil: undefined,
    backlog: [],
  }
  return self
}

function start(inside: Inside, how: Opening): void {
  const { ground, self, random } = inside
  const { plan, queue } = ground
  if (self.isUp) return
  const process = (inside.process += 1)
  const opened = ground.library.openReplica({
    mesh: ground.rules,
    crypto: cryptoOf(ground.signatures, self.peer, plan.seed, self.index * processesMax + process),
    peer: self.peer,
    records: new Map(self.disk.synced),
  })
  inside.replica = opened.replica
  self.isUp = true
  self.hasLeft = false
  ground.tell('opened', self, how, queue.now())
  carryOut(inside, opened.effects, undefined)
  // The disk may have failed it already.
  if (inside.process !== process) return
  const links = ground.trust.badgeOf(self.peer)
  if (links.length > 0) self.handle({ type: 'badge', links })
  self.handle({ type: 'members', members: ground.members() })
  const partner = (): Core.PeerId | undefined => ground.partnerOf(self, random)
  keepHabits(plan.habits, { random, after: self.after, partner, handle: self.handle })
}

function stop(inside: Inside, fate: Unsynced): void {
  const { ground, self } = inside
  if (!self.isUp) return
  if (inside.outbox.length > 0) ground.probe(`crash with unsynced writes ${fate}`)
  inside.process += 1
  inside.outbox = []
  self.isUp = false
  self.disk.crash(fate)
  ground.forget(self)
  ground.tell('stopped', self, ground.queue.now())
  // What waited for it finds it dead.
  resume(inside)
}

function crash(inside: Inside, fate: Unsynced, downMs: number): void {
  const { ground, self } = inside
  if (!self.isUp) return
  stop(inside, fate)
  const { process } = inside
  ground.queue.after(downMs, () => {
    // Whoever was started in the meantime has nothing to do with this crash.
    if (inside.process === process && !self.hasLeft) start(inside, 'restarted')
  })
}

function pause(inside: Inside, forMs: number): void {
  const { queue } = inside.ground
  if (!inside.self.isUp) return
  const until = Math.max(inside.pausedUntil ?? 0, queue.now() + forMs)
  inside.pausedUntil = until
  queue.at(until, () => {
    if (inside.pausedUntil === until) resume(inside)
  })
}

function resume(inside: Inside): void {
  const { backlog } = inside
  inside.pausedUntil = undefined
  inside.backlog = []
  for (const happen of backlog) happen()
}

function whenAwake({ pausedUntil, backlog }: Inside, happen: () => void): void {
  if (pausedUntil === undefined) happen()
  else backlog.push(happen)
}

function after(inside: Inside, delayMs: number, happen: () => void): void {
  const { process } = inside
  const isAlive = (): boolean => inside.process === process
  inside.ground.queue.after(delayMs, () => {
    if (!isAlive()) return
    whenAwake(inside, () => {
      if (isAlive()) happen()
    })
  })
}

function handle(inside: Inside, input: Core.Input, cause?: Frame): void {
  const { ground, self } = inside
  const now = ground.queue.now()
  if (!self.isUp) return
  let effects: readonly Core.Effect[]
  try {
    effects = self.replica.handle(input, self.wall())
  } catch (error) {
    if (!(error instanceof ground.library.MeshError)) throw error
    return ground.tell('refused', self, input, error, now)
  }
  ground.tell('handled', self, input, effects, now)
  if (effects.length > 0) carryOut(inside, effects, cause)
}

/** In their order, and what follows a `persist` not before it is durable. */
function carryOut(inside: Inside, effects: readonly Core.Effect[], cause: Frame | undefined): void {
  const { ground, outbox, process } = inside
  const { disk } = inside.self
  for (const effect of effects) {
    if (effect.type === 'persist') {
      const appended = disk.append(effect.records)
      if (appended === undefined) {
        ground.probe('append failed')
        return crash(inside, 'kept', restartMs)
      }
      inside.lastAppended = appended
    } else if (outbox.length > 0 || disk.durable() < inside.lastAppended) {
      outbox.push({ act: effect, cause, transaction: inside.lastAppended })
    } else {
      act(inside, effect, cause)
      if (inside.process !== process) return
    }
  }
}

/** The disk has synced, or could not: then nothing is acknowledged before the store is opened anew. */
function synced(inside: Inside, fault: Unsynced | undefined): void {
  const { ground, self, process } = inside
  if (!self.isUp) return
  if (fault !== undefined) {
    ground.probe('sync failed')
    return crash(inside, fault, restartMs)
  }
  const durable = self.disk.durable()
  const waiting = inside.outbox.findIndex(({ transaction }) => transaction > durable)
  const due = inside.outbox.splice(0, waiting < 0 ? inside.outbox.length : waiting)
  for (const one of due) if (inside.process === process) act(inside, one.act, one.cause)
}

function act({ ground, self }: Inside, effect: Act, cause: Frame | undefined): void {
  switch (effect.type) {
    case 'gossip':
      return ground.publish(self, effect.bytes)
    case 'send':
      return ground.post(self, effect.to, effect.bytes)
    case 'pull':
      return ground.ask(self, effect.from, effect.bytes)
    case 'written':
      if (effect.release) ground.tell('acknowledged', self, effect.release, ground.queue.now())
      return
    case 'verdict':
      if (cause !== undefined) ground.judged(self, cause, effect)
      return
    case 'changed':
    case 'synced':
    case 'revoked':
    case 'notice':
      return
  }
}

type Mutable<Of> = { -readonly [Field in keyof Of]: Of[Field] }
