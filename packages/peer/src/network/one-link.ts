import type { Connection } from '@libp2p/interface'
import type { PeerId } from '@grapevine/core'
import type { Budgets } from './budget.js'
import { encodeHello } from './hello.js'
import type { Hello } from './hello.js'
import type { Outcome } from './introduce.js'
import { readLink, sendFrame } from './link.js'
import type { LinkReader, LiveLink } from './link.js'
import type { Admission, NetworkNotice } from './network.js'
import { pulseProtocol } from './pulse.js'
import { judgeRivals } from './rivals.js'
import type { Rival } from './rivals.js'
import type { Timing } from './timing.js'
import { encodeTwins } from './wire.js'

export interface LinksOptions extends LinkReader {
  readonly self: PeerId
  readonly hello: () => Hello
  /** undefined: the mesh is open. */
  readonly admit: ((peer: PeerId, badge: readonly Uint8Array[]) => Admission) | undefined
  readonly timing: Timing
  readonly budgets: Budgets
  readonly made: (link: LiveLink) => void
  readonly lost: (link: LiveLink, why: string) => void
  readonly strange: (peer: PeerId, notice: NetworkNotice['notice'], why: string) => void
  /** Two processes that live under one key. */
  readonly twins: (peer: PeerId, addresses: readonly [string, string]) => void
}

/** What is known of links, and of connections that may become some. */
export interface LinkTable extends LinksOptions {
  readonly links: Map<PeerId, LiveLink>
  /** Peers to whom this one is just introducing itself. */
  readonly introducing: Set<PeerId>
  /** Connections that an introduction was seen on. */
  readonly begun: WeakSet<Connection>
  /** Those whose badge was good; what they say of themselves is to come. */
  readonly admitted: WeakSet<Connection>
}

export function refuse(inside: LinkTable, peer: PeerId, outcome: Outcome): void {
  const { self, counters, strange, malformed } = inside
  counters.add('connectionsRefused')
  if (outcome.is === 'strange') strange(peer, outcome.notice, outcome.why)
  if (outcome.is === 'refused') {
    strange(peer, 'stranger', `does not let this peer in: peer ${self.slice(0, 8)} ${outcome.why}`)
  }
  if (outcome.is === 'malformed') malformed(peer, `its introduction is malformed: ${outcome.why}`)
}

const rivalOf = ({ peer, hello, isInbound, bornMs }: LiveLink): Rival => ({
  peer,
  instance: hello.introduction.instance,
  isInbound,
  bornMs,
})

/** Asked by whoever was dialed, before it answers. */
export async function isWanted(inside: LinkTable, newcomer: LiveLink): Promise<boolean> {
  const { self, links, introducing } = inside
  const { peer } = newcomer
  if (introducing.has(peer) && self < peer) return false
  const current = links.get(peer)
  return current === undefined || contest(inside, current, newcomer)
}

/** Whether the newcomer takes the place of the link there is, which is gone then. */
async function contest(inside: LinkTable, current: LiveLink, newcomer: LiveLink): Promise<boolean> {
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
function tellTwins(inside: LinkTable, current: LiveLink, newcomer: LiveLink): void {
  const body = encodeTwins([
    current.hello.introduction.instance,
    newcomer.hello.introduction.instance,
  ])
  if (newcomer.isInbound) newcomer.stream.send(encodeHello(inside.hello()))
  for (const link of [current, newcomer]) sendFrame(link, 'twin', body, inside.counters)
  inside.twins(current.peer, [current.address, newcomer.address])
}

/** The introduction is done: from here on this is the link to that peer. */
export async function settle(inside: LinkTable, link: LiveLink): Promise<Outcome['is']> {
  const { links, counters, made } = inside
  const { connection, peer } = link
  const current = links.get(peer)
  const isFree = current === undefined || (await contest(inside, current, link))
  if (!isFree || links.has(peer) || connection.status !== 'open') {
    await close(connection)
    return 'unwelcome'
  }
  // It may have been revoked while it said the rest.
  const admission = inside.admit?.(peer, link.badge)
  if (admission?.is === 'stranger') {
    refuse(inside, peer, { is: 'strange', notice: 'stranger', why: admission.why })
    connection.abort(new Error(admission.why))
    return 'strange'
  }
  links.set(peer, link)
  connection.addEventListener('close', () => drop(inside, link, 'the connection ended'))
  counters.add('linksMade')
  made(link)
  void readLink(link, () => links.get(peer) === link, inside).then((why) => drop(inside, link, why))
  return 'welcome'
}

export function drop(inside: LinkTable, link: LiveLink, why: string): void {
  forget(inside, link, why)
  void close(link.connection)
}

export function forget({ links, counters, lost }: LinkTable, link: LiveLink, why: string): void {
  if (links.get(link.peer) !== link) return
  links.delete(link.peer)
  counters.add('linksLost')
  lost(link, why)
}

const closeMs = 1_000

/**
 * What was sent last still arrives, where there is somebody to take it. A connection that breaks while it
 * closes can leave that promise open for ever: nobody waits longer than this.
 */
export async function close(connection: Connection): Promise<void> {
  const late = setTimeout(() => connection.abort(new Error('it did not close in time')), closeMs)
  const closing = connection.close().catch((error: unknown) => connection.abort(error as Error))
  const closed = new Promise<void>((resolve) => {
    if (connection.status === 'closed') resolve()
    connection.addEventListener('close', () => resolve(), { once: true })
  })
  await Promise.race([closing, closed])
  clearTimeout(late)
}
