import { setTimeout as delay } from 'node:timers/promises'
import type { GossipSubComponents } from '@chainsafe/libp2p-gossipsub'
import type { Connection, Stream, StreamHandler, Topology } from '@libp2p/interface'
import { chunksOf } from './frame-stream.js'
import { createTurns } from './turns.js'

type Registrar = GossipSubComponents['registrar']

/**
 * Stands between gossipsub and libp2p: gossipsub hears only of connections whose peer was introduced,
 * and of exactly one for each. Without it a stranger takes part before it has said which mesh it
 * belongs to, and of two connections to one peer gossipsub can be left on the one that is closed.
 */
interface GossipGate {
  /** What gossipsub takes for the registrar. */
  guard(this: void, registrar: Registrar): Registrar
  admit(this: void, connection: Connection): void
  dismiss(this: void, connection: Connection): void
  /** For so long nothing more is read of what that peer passes on. */
  slow(this: void, peer: string, waitMs: number): void
  /** What gossipsub was shown, and when. */
  readonly admitted: ReadonlyMap<Connection, number>
}

interface Held {
  readonly stream: Stream
  readonly handle: () => void
}

/** The other side may have welcomed us a moment before we welcome it: so many of its streams wait. */
const heldMax = 4
const sliceBytes = 1024

interface Inside {
  readonly topologies: Set<Topology>
  /** Connections that are links; admitted, or to be admitted soon. */
  readonly welcome: Set<Connection>
  readonly admitted: Map<Connection, number>
  readonly waiting: Map<Connection, readonly Held[]>
  /** Peers whose last connection is not quite gone. */
  readonly leaving: Map<string, Promise<void>>
  /** Until when nothing more is read of what a peer passes on. */
  readonly slowed: Map<string, number>
  /** Whether streams over a connection may wait for its introduction. */
  readonly mayWait: (connection: Connection) => boolean
}

export function createGossipGate(mayWait: Inside['mayWait']): GossipGate {
  const inside: Inside = {
    mayWait,
    slowed: new Map(),
    topologies: new Set(),
    welcome: new Set(),
    admitted: new Map(),
    waiting: new Map(),
    leaving: new Map(),
  }
  return {
    guard: (registrar) => guard(inside, registrar),
    admit(connection) {
      const left = inside.leaving.get(connection.remotePeer.toString())
      inside.welcome.add(connection)
      if (left === undefined) admit(inside, connection)
      else void left.then(() => admit(inside, connection))
    },
    dismiss(connection) {
      inside.welcome.delete(connection)
      inside.slowed.delete(connection.remotePeer.toString())
      dismiss(inside, connection)
    },
    slow: (peer, waitMs) => slow(inside, peer, waitMs),
    admitted: inside.admitted,
  }
}

/** Of the registrar gossipsub uses these four functions, and no other. */
function guard(inside: Inside, registrar: Registrar): Registrar {
  const { topologies, admitted } = inside
  const behindGate =
    (handler: StreamHandler): StreamHandler =>
    (stream, connection) => {
      const handle = (): void => {
        // It may throw at once, too.
        const peer = connection.remotePeer.toString()
        const handling = async (): Promise<void> => handler(paced(inside, peer, stream), connection)
        handling().catch((error: unknown) => stream.abort(error as Error))
      }
      if (admitted.has(connection)) handle()
      else hold(inside, connection, { stream, handle })
    }
  return Object.assign(Object.create(registrar) as Registrar, {
    handle: (protocol, handler, options) =>
      registrar.handle(protocol, behindGate(handler), options),
    unhandle: (protocols, options) => registrar.unhandle(protocols, options),
    register(_protocol, topology) {
      topologies.add(topology)
      return Promise.resolve('')
    },
    unregister: () => topologies.clear(),
  } satisfies Partial<Registrar>)
}

/**
 * Gossipsub takes in all that comes, and handles it in one go. So it is handed little at a time, and
 * the next after that was handled: what one peer passes on takes nobody else's turn.
 */
function paced({ slowed }: Inside, peer: string, stream: Stream): Stream {
  async function* slices(): AsyncGenerator<Uint8Array> {
    const turns = createTurns()
    for await (const chunk of chunksOf(stream)) {
      for (let at = 0; at < chunk.length; at += sliceBytes) {
        turns.begin()
        yield chunk.subarray(at, at + sliceBytes)
        await turns.end()
        const waitMs = (slowed.get(peer) ?? 0) - performance.now()
        if (waitMs > 0) await delay(waitMs, undefined, { ref: false })
      }
    }
  }
  // Of a stream that comes in, gossipsub uses no more than this.
  const used: Pick<Stream, 'close' | 'abort'> & AsyncIterable<Uint8Array> = {
    close: (options) => stream.close(options),
    abort: (error) => stream.abort(error),
    [Symbol.asyncIterator]: slices,
  }
  return used as Stream
}

function slow({ slowed }: Inside, peer: string, waitMs: number): void {
  slowed.set(peer, performance.now() + waitMs)
}

function hold({ waiting, mayWait }: Inside, connection: Connection, held: Held): void {
  const before = waiting.get(connection) ?? []
  if (before.length >= heldMax || connection.status !== 'open' || !mayWait(connection)) {
    return held.stream.abort(new Error('this connection was not introduced yet'))
  }
  if (before.length === 0) connection.addEventListener('close', () => waiting.delete(connection))
  waiting.set(connection, [...before, held])
}

function admit(inside: Inside, connection: Connection): void {
  const { topologies, welcome, admitted, waiting } = inside
  if (!welcome.has(connection) || connection.status !== 'open') return
  admitted.set(connection, performance.now())
  for (const topology of topologies) void topology.onConnect?.(connection.remotePeer, connection)
  const held = waiting.get(connection) ?? []
  waiting.delete(connection)
  for (const { handle } of held) handle()
}

/**
 * Where a stream of the old connection breaks, gossipsub forgets the peer altogether. So the next
 * connection with that peer is shown to it only after the old one is gone.
 */
function dismiss({ topologies, admitted, leaving }: Inside, connection: Connection): void {
  if (!admitted.delete(connection)) return
  const peer = connection.remotePeer
  for (const topology of topologies) void topology.onDisconnect?.(peer)
  const id = peer.toString()
  const left = closed(connection).then(() => {
    if (leaving.get(id) === left) leaving.delete(id)
  })
  leaving.set(id, left)
}

/** The connection is closed, and whoever read from it knows. */
async function closed(connection: Connection): Promise<void> {
  if (connection.status === 'open' || connection.status === 'closing') {
    await new Promise((resolve) => connection.addEventListener('close', resolve))
  }
  await new Promise((resolve) => setImmediate(resolve))
}
