import type { Connection, Stream } from '@libp2p/interface'
import type { PeerId } from '@grapevine/core'
import { frameStream } from './frame-stream.js'
import type { FrameStream } from './frame-stream.js'
import { encodeHello, helloBytesMax } from './hello.js'
import type { Hello } from './hello.js'
import { beIntroduced, introduceSelf } from './introduce.js'
import type { Outcome } from './introduce.js'
import { frameBytesMax, linkOf, readLink, sendFrame } from './link.js'
import type { LinkReader, LiveLink } from './link.js'
import type { NetworkNotice } from './network.js'
import { fromLibrary } from './peer-ids.js'
import { pulseProtocol } from './pulse.js'
import { judgeRivals } from './rivals.js'
import type { Rival } from './rivals.js'
import type { Timing } from './timing.js'
import { encodeTwins } from './wire.js'
import type { FrameKind } from './wire.js'

/** The protocol, with the version that can never talk to another one. */
export const syncProtocol = '/grapevine/sync/1'

/** All links: at most one to each peer. */
export interface Links {
  get(this: void, peer: PeerId): LiveLink | undefined
  all(this: void): readonly LiveLink[]
  /** A stream of our protocol was opened by whoever dialed. */
  accept(this: void, stream: Stream, connection: Connection): Promise<void>
  /** Says hello on a connection that this peer dialed. */
  introduce(this: void, connection: Connection): Promise<Outcome['is']>
  send(this: void, to: PeerId, kind: FrameKind, body: Uint8Array): boolean
  /** Closes the connection if no introduction comes. */
  expectHello(this: void, connection: Connection): void
  drop(this: void, link: LiveLink, why: string): void
}

interface LinksOptions extends LinkReader {
  readonly self: PeerId
  readonly hello: () => Hello
  readonly timing: Timing
  readonly made: (link: LiveLink) => void
  readonly lost: (link: LiveLink, why: string) => void
  readonly strange: (peer: PeerId, notice: NetworkNotice['notice'], why: string) => void
  /** Two processes that live under one key. */
  readonly twins: (peer: PeerId, addresses: readonly [string, string]) => void
}

interface Inside extends LinksOptions {
  readonly links: Map<PeerId, LiveLink>
  /** Peers to whom this one is just introducing itself. */
  readonly introducing: Set<PeerId>
  /** Connections that an introduction was seen on. */
  readonly begun: WeakSet<Connection>
}

/** What waits for one link beyond this is dropped: sessions repair. */
const queueBytesMax = 8 * 1024 * 1024

export function createLinks(options: LinksOptions): Links {
  const inside: Inside = {
    ...options,
    links: new Map(),
    introducing: new Set(),
    begun: new WeakSet(),
  }
  const { links, counters } = inside
  return {
    get: (peer) => links.get(peer),
    all: () => [...links.values()],
    accept: (stream, connection) => accept(inside, stream, connection),
    introduce: (connection) => introduce(inside, connection),
    send(to, kind, body) {
      const link = links.get(to)
      return link !== undefined && sendFrame(link, kind, body, counters)
    },
    expectHello: (connection) => expectHello(inside, connection),
    drop: (link, why) => drop(inside, link, why),
  }
}

function expectHello({ timing, begun, strange, ...inside }: Inside, connection: Connection): void {
  const peer = fromLibrary(connection.remotePeer)
  const timer = setTimeout(() => {
    if (begun.has(connection)) return
    inside.counters.add('connectionsRefused')
    if (peer !== undefined) {
      strange(
        peer,
        'stranger',
        `connected, and said nothing this peer understands: it speaks no ${syncProtocol}`,
      )
    }
    connection.abort(new Error('no introduction came'))
  }, timing.helloMs).unref()
  connection.addEventListener('close', () => clearTimeout(timer))
}

async function introduce(inside: Inside, connection: Connection): Promise<Outcome['is']> {
  const peer = fromLibrary(connection.remotePeer)
  const { links, introducing, begun, timing } = inside
  if (peer === undefined || links.has(peer) || introducing.has(peer)) {
    await close(connection)
    return 'unwelcome'
  }
  introducing.add(peer)
  begun.add(connection)
  try {
    const signal = AbortSignal.timeout(timing.helloMs)
    const raw = await connection.newStream(syncProtocol, { signal })
    return await meet(inside, { raw, connection, peer }, (stream) =>
      introduceSelf(stream, inside.hello()),
    )
  } catch (error) {
    if (error instanceof Error && error.name === 'UnsupportedProtocolError') {
      inside.strange(
        peer,
        'incompatible',
        `speaks no ${syncProtocol}: it is no peer of this product, or of another major version`,
      )
      await close(connection)
      return 'strange'
    }
    connection.abort(error as Error)
    throw error
  } finally {
    introducing.delete(peer)
  }
}

async function accept(inside: Inside, raw: Stream, connection: Connection): Promise<void> {
  const peer = fromLibrary(connection.remotePeer)
  const { links, begun } = inside
  // One stream a connection: a second one is not even read.
  if (peer === undefined || begun.has(connection) || links.get(peer)?.connection === connection) {
    raw.abort(new Error('this connection was introduced already'))
    return
  }
  begun.add(connection)
  await meet(inside, { raw, connection, peer }, (stream) =>
    beIntroduced(stream, inside.hello(), (hello) =>
      isWanted(inside, linkOf({ connection, peer, hello, stream })),
    ),
  )
}

interface Met {
  readonly raw: Stream
  readonly connection: Connection
  readonly peer: PeerId
}

/** Both introductions, in time; then the link, or the end of the connection. */
async function meet(
  inside: Inside,
  { raw, connection, peer }: Met,
  exchange: (stream: FrameStream) => Promise<Outcome>,
): Promise<Outcome['is']> {
  let bytesMax = helloBytesMax
  const stream = frameStream(raw, {
    frameBytesMax: () => bytesMax,
    queueBytesMax,
    stallMs: inside.timing.stallMs,
    onStall() {
      inside.counters.add('linksStalled')
      connection.abort(new Error('nothing could be written for too long'))
    },
  })
  const late = setTimeout(
    () => connection.abort(new Error('no introduction came in time')),
    inside.timing.helloMs,
  )
  let outcome: Outcome
  try {
    outcome = await exchange(stream)
  } finally {
    clearTimeout(late)
  }
  if (outcome.is !== 'welcome') {
    refuse(inside, peer, outcome)
    await close(connection)
    return outcome.is
  }
  bytesMax = frameBytesMax
  const { hello } = outcome
  return settle(inside, linkOf({ connection, peer, hello, stream }))
}

function refuse({ counters, strange, malformed }: Inside, peer: PeerId, outcome: Outcome): void {
  counters.add('connectionsRefused')
  if (outcome.is === 'strange') strange(peer, outcome.notice, outcome.why)
  if (outcome.is === 'malformed') malformed(peer, `its introduction is malformed: ${outcome.why}`)
}

const rivalOf = ({ peer, hello, isInbound, bornMs }: LiveLink): Rival => ({
  peer,
  instance: hello.introduction.instance,
  isInbound,
  bornMs,
})

/** Asked by whoever was dialed, before it answers. */
async function isWanted(inside: Inside, newcomer: LiveLink): Promise<boolean> {
  const { self, links, introducing } = inside
  const { peer } = newcomer
  if (introducing.has(peer) && self < peer) return false
  const current = links.get(peer)
  return current === undefined || contest(inside, current, newcomer)
}

/** Whether the newcomer takes the place of the link there is, which is gone then. */
async function contest(inside: Inside, current: LiveLink, newcomer: LiveLink): Promise<boolean> {
  const { self, timing } = inside
  const verdict = judgeRivals(self, rivalOf(current), rivalOf(newcomer), timing.crossingMs)
  if (verdict === 'ask' && (await isAlive(current, timing.aliveMs))) {
    tellTwins(inside, current, newcomer)
    return false
  }
  if (verdict === 'keep') return false
  drop(inside, current, 'a newer connection took its place')
  return true
}

/** Choosing a protocol takes an answer from the other side. */
async function isAlive({ connection }: LiveLink, aliveMs: number): Promise<boolean> {
  try {
    const stream = await connection.newStream(pulseProtocol, {
      signal: AbortSignal.timeout(aliveMs),
    })
    stream.abort(new Error('it was only asked for'))
    return true
  } catch {
    return false
  }
}

/** Both of them hear of it; the one that was here first stays. */
function tellTwins(inside: Inside, current: LiveLink, newcomer: LiveLink): void {
  const body = encodeTwins([
    current.hello.introduction.instance,
    newcomer.hello.introduction.instance,
  ])
  if (newcomer.isInbound) newcomer.stream.send(encodeHello(inside.hello()))
  for (const link of [current, newcomer]) sendFrame(link, 'twin', body, inside.counters)
  inside.twins(current.peer, [current.address, newcomer.address])
}

/** The introduction is done: from here on this is the link to that peer. */
async function settle(inside: Inside, link: LiveLink): Promise<Outcome['is']> {
  const { links, counters, made } = inside
  const { connection, peer } = link
  const current = links.get(peer)
  const isFree = current === undefined || (await contest(inside, current, link))
  if (!isFree || links.has(peer) || connection.status !== 'open') {
    await close(connection)
    return 'unwelcome'
  }
  links.set(peer, link)
  connection.addEventListener('close', () => drop(inside, link, 'the connection ended'))
  counters.add('linksMade')
  made(link)
  void readLink(link, () => links.get(peer) === link, inside).then((why) => drop(inside, link, why))
  return 'welcome'
}

function drop(inside: Inside, link: LiveLink, why: string): void {
  const { links, counters, lost } = inside
  if (links.get(link.peer) === link) {
    links.delete(link.peer)
    counters.add('linksLost')
    lost(link, why)
  }
  void close(link.connection)
}

/** What was sent last still arrives, where there is somebody to take it. */
async function close(connection: Connection): Promise<void> {
  try {
    await connection.close()
  } catch (error) {
    connection.abort(error as Error)
  }
}
