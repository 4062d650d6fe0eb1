import type { Connection, Stream } from '@libp2p/interface'
import type { PeerId } from '@grapevine/core'
import type { Outcome } from './introduce.js'
import { sendFrame } from './link.js'
import type { LiveLink } from './link.js'
import { accept, expectHello, introduce } from './meeting.js'
import { drop, forget } from './one-link.js'
import type { LinkTable, LinksOptions } from './one-link.js'
import type { FrameKind } from './wire.js'

/** All links: at most one to each peer. */
export interface Links {
  get(this: void, peer: PeerId): LiveLink | undefined
  all(this: void): readonly LiveLink[]
  /** A stream of our protocol was opened by whoever dialed. */
  accept(this: void, stream: Stream, connection: Connection): Promise<void>
  /** Says hello on a connection that this peer dialed. */
  introduce(this: void, connection: Connection): Promise<Outcome['is']>
  send(this: void, to: PeerId, kind: FrameKind, body: Uint8Array): boolean
  /** The same for what only that peer gets: it pays for it with the pace at which it is read. */
  answer(this: void, to: PeerId, body: Uint8Array): boolean
  /** Whether streams over that connection may wait for its introduction, or are nobody's. */
  mayWait(this: void, connection: Connection): boolean
  /** Closes the connection if no introduction comes. */
  expectHello(this: void, connection: Connection): void
  drop(this: void, link: LiveLink, why: string): void
  /** The same, and what is on its way does not arrive. */
  sever(this: void, link: LiveLink, why: string): void
}

export function createLinks(options: LinksOptions): Links {
  const inside: LinkTable = {
    ...options,
    links: new Map(),
    introducing: new Set(),
    begun: new WeakSet(),
    admitted: new WeakSet(),
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
    answer(to, body) {
      const link = links.get(to)
      if (link === undefined) return false
      link.answered += body.length
      if (!sendFrame(link, 'replica', body, counters)) return false
      link.bytes.spend(body.length)
      return true
    },
    mayWait: (connection) => inside.admit === undefined || inside.admitted.has(connection),
    expectHello: (connection) => expectHello(inside, connection),
    drop: (link, why) => drop(inside, link, why),
    sever(link, why) {
      forget(inside, link, why)
      link.connection.abort(new Error(why))
    },
  }
}
