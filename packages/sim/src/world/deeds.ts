import type * as Core from '@grapevine/core'
import type { Peer } from './peer.js'
import type { PlannedDeed, PlannedEvent } from '../plan.js'
import { freshValue, give } from './stage.js'
import type { Stage } from './stage.js'
import { trustDeed } from './trust-deeds.js'
import type { World } from './world.js'

/** Carries out what was planned. What makes no sense here and now does nothing. */
interface Doer {
  act(this: void, event: PlannedEvent): void
  /** The latest time that an honest clock has shown. */
  latestMs(this: void): number
}

export function createDoer(world: World): Doer {
  const stage: Stage = { world, written: [], values: 0, latestMs: 0 }
  return {
    act(event) {
      const peer = world.peers[event.who]
      if (peer === undefined) return
      if (peer.hasLeft && event.do !== 'join' && !isOfEverybody(event)) return
      world.tell('planned', event, world.queue.now())
      act(stage, peer, event)
    },
    latestMs() {
      for (const peer of world.peers) noteTime(stage, peer)
      return stage.latestMs
    },
  }
}

/** Happens to all, whether or not whoever it is said of is still there. */
const isOfEverybody = (event: PlannedEvent): boolean =>
  event.do === 'skip' || event.do === 'weather' || event.do === 'partition'

function act(stage: Stage, peer: Peer, event: PlannedEvent): void {
  const { world } = stage
  switch (event.do) {
    case 'write':
    case 'rollback':
    case 'refuse':
    case 'collect':
    case 'session':
    case 'seal':
    case 'cut':
    case 'close':
    case 'reincarnate':
      return peer.whenAwake(() => ask(stage, peer, event))
    case 'intent':
    case 'badge':
    case 'revoke':
      return trustDeed(stage, peer, event)
    case 'announce':
      return announce(world, peer)
    case 'crash':
    case 'disk-fails':
    case 'image':
    case 'restore':
    case 'lose-disk':
    case 'clone':
    case 'pause':
    case 'leave':
    case 'join':
      return disturb(world, peer, event)
    case 'clock':
      // Nothing else sets a clock back.
      noteTime(stage, peer)
      peer.clock.offsetMs = event.offsetMs
      return
    case 'drift':
      return peer.clock.setDrift(event.ppm)
    case 'skip':
      world.calendar.skippedMs += event.ms
      return
    case 'away':
      return world.network.isolate(peer.index, event.forMs)
    case 'partition':
      return world.network.partition(event.shape, event.who, event.salt, event.forMs)
    case 'weather':
      return world.network.change(event.change, event.forMs)
    case 'link':
      return world.network.trouble(event.who, event.to, event.trouble, event.forMs)
    case 'trick':
      return peer.whenAwake(() => {
        if (peer.isUp) world.hostile(peer)?.play(event.trick)
      })
  }
}

// ---------------------------------------------------------------------------------------------
// What somebody asks a peer to do.

type Asked = PlannedDeed<
  'write' | 'rollback' | 'refuse' | 'collect' | 'session' | 'seal' | 'cut' | 'close' | 'reincarnate'
>

function ask(stage: Stage, peer: Peer, event: Asked): void {
  const { peers, trust, plan } = stage.world
  // The root's key lies at one place: two that speak for it at once would break its chain.
  const isClosed = plan.closed !== undefined
  const desk = isClosed ? peers[0]! : peer
  const by = isClosed ? trust.signer('root') : undefined
  switch (event.do) {
    case 'write':
      return write(stage, peer, event)
    case 'rollback': {
      const dot = stage.written[stage.written.length - 1 - event.back]
      if (dot !== undefined) peer.handle({ type: 'rollback', dot })
      return
    }
    case 'refuse':
      return peer.handle({
        type: 'refuse',
        key: event.key as Core.Key,
        reason: 'not for this code',
      })
    case 'collect':
      return peer.handle({ type: 'collect' })
    case 'session': {
      const partner = peers[event.with]
      if (partner?.isUp === true && partner !== peer)
        peer.handle({ type: 'sync', with: partner.peer })
      return
    }
    case 'seal':
      return desk.handle({ type: 'issue', statement: { kind: 'seal' }, by })
    case 'cut':
      return cut(desk, peers[event.whom], { back: event.back, by })
    case 'close':
      return close(peers, peer)
    case 'reincarnate':
      return peer.handle({ type: 'reincarnate', why: 'it was asked to' })
  }
}

const thinkMs = 200

function write(stage: Stage, peer: Peer, event: PlannedDeed<'write'>): void {
  if (!peer.isUp) return
  const [first] = event.put
  const shown = first === undefined ? undefined : peer.replica.read(first)
  const valueOf = (): Core.Value =>
    event.isSame === true && shown !== undefined ? shown.value : freshValue(stage, event.valueBytes)
  const input: Core.Input = {
    type: 'write',
    put: new Map(event.put.map((key) => [key, valueOf()])),
    remove: event.remove,
    confirmRemoves: event.remove.length,
    ifMatch:
      event.isConditional === true && first !== undefined
        ? new Map([[first, shown?.version ?? null]])
        : undefined,
    requestId: event.retryAfterMs === undefined ? undefined : `request ${event.at} of ${event.who}`,
  }
  const { queue } = stage.world
  const later = (delayMs: number): void =>
    queue.after(delayMs, () => peer.whenAwake(() => give(stage, peer, input)))
  // Whoever makes a condition has looked first, and others may have written since.
  if (input.ifMatch === undefined) give(stage, peer, input)
  else later(thinkMs)
  if (event.retryAfterMs !== undefined) later(thinkMs + event.retryAfterMs)
}

/** Everybody in sight says where it stands. */
function announce({ linksOf, network }: World, peer: Peer): void {
  for (const other of [...linksOf(peer), peer]) {
    if (!network.isBlocked(peer.index, other.index)) other.handle({ type: 'announce' })
  }
}

interface Cut {
  readonly back: number
  readonly by: Core.Signer | undefined
}

/** Takes away the right to write of whom it meets, from so many releases back. */
function cut(admin: Peer, whom: Peer | undefined, { back, by }: Cut): void {
  if (!admin.isUp || whom === undefined || whom.isAdmin || whom.hasLeft) return
  const replica = whom.replica.id()
  const seq = Math.max(0, (admin.replica.clock().get(replica) ?? 0) - back)
  admin.handle({ type: 'issue', statement: { kind: 'cut', marks: [{ replica, seq }] }, by })
}

/** Closes the first id under which nobody writes now; whoever is down finds its own closed. */
function close(peers: readonly Peer[], peer: Peer): void {
  if (!peer.isUp) return
  const living = new Set(peers.filter(({ isUp }) => isUp).map(({ replica }) => replica.id()))
  const gone = [...peer.replica.clock().keys()].sort().find((replica) => !living.has(replica))
  if (gone !== undefined) {
    peer.handle({ type: 'issue', statement: { kind: 'close', replica: gone } })
  }
}

// ---------------------------------------------------------------------------------------------
// What happens to a process and its disk.

type Disturbance = PlannedDeed<
  'crash' | 'disk-fails' | 'image' | 'restore' | 'lose-disk' | 'clone' | 'pause' | 'leave' | 'join'
>

function disturb(world: World, peer: Peer, event: Disturbance): void {
  switch (event.do) {
    case 'crash':
      return peer.crash(event.unsynced, event.downMs)
    case 'disk-fails':
      return peer.disk.failAfter(event.afterOps, event.ops)
    case 'image':
      peer.image = new Map(peer.disk.synced)
      return
    case 'restore':
      if (peer.image === undefined) return
      reopen(peer, peer.image, 'restored')
      if (event.isTold) peer.handle({ type: 'reincarnate', why: 'restored' })
      return
    case 'lose-disk':
      return reopen(peer, new Map(), 'lost')
    case 'clone':
      return peer.isUp ? world.clone(peer) : undefined
    case 'pause':
      return peer.pause(event.forMs)
    case 'leave':
      peer.stop('lost')
      peer.hasLeft = true
      return world.meet()
    case 'join':
      if (!peer.hasLeft) return
      reopen(peer, new Map(), 'first')
      return world.meet()
  }
}

function reopen(
  peer: Peer,
  records: ReadonlyMap<string, Uint8Array>,
  how: 'first' | 'lost' | 'restored',
): void {
  peer.stop('lost')
  peer.disk.replace(records)
  peer.start(how)
}

function noteTime(stage: Stage, { isHonest, wall }: Peer): void {
  if (isHonest) stage.latestMs = Math.max(stage.latestMs, wall())
}
