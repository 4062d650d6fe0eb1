import type { Connection, Stream } from '@libp2p/interface'
import type { PeerId } from '@grapevine/core'
import { frameStream } from './frame-stream.js'
import type { FrameStream } from './frame-stream.js'
import { helloBytesMax } from './hello.js'
import { beIntroduced, introduceSelf } from './introduce.js'
import type { Manners, Outcome } from './introduce.js'
import { frameBytesMax, linkOf } from './link.js'
import { close, isWanted, refuse, settle } from './one-link.js'
import type { LinkTable } from './one-link.js'
import { fromLibrary } from './peer-ids.js'

/** The protocol, with the version that can never talk to another one. */
export const helloProtocol = '/grapevine/hello/1'

/** What waits for one link beyond this is dropped: sessions repair. */
const queueBytesMax = 8 * 1024 * 1024

/** Closes the connection if no introduction comes. */
export function expectHello(
  { timing, begun, strange, ...inside }: LinkTable,
  connection: Connection,
): void {
  const peer = fromLibrary(connection.remotePeer)
  const timer = setTimeout(() => {
    if (begun.has(connection)) return
    inside.counters.add('connectionsRefused')
    if (peer !== undefined) {
      strange(
        peer,
        'stranger',
        `connected, and said nothing this peer understands: it speaks no ${helloProtocol}`,
      )
    }
    connection.abort(new Error('no introduction came'))
  }, timing.helloMs).unref()
  connection.addEventListener('close', () => clearTimeout(timer))
}

/** Says hello on a connection that this peer dialed. */
export async function introduce(inside: LinkTable, connection: Connection): Promise<Outcome['is']> {
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
    const raw = await connection.newStream(helloProtocol, { signal })
    return await meet(inside, { raw, connection, peer }, async (stream) => {
      const outcome = await introduceSelf(stream, mannersOf(inside, peer))
      if (outcome.is === 'welcome') inside.admitted.add(connection)
      return outcome
    })
  } catch (error) {
    if (error instanceof Error && error.name === 'UnsupportedProtocolError') {
      inside.strange(
        peer,
        'incompatible',
        `speaks no ${helloProtocol}: it is no peer of this product, or of another major version`,
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

/** A stream of our protocol was opened by whoever dialed. */
export async function accept(
  inside: LinkTable,
  raw: Stream,
  connection: Connection,
): Promise<void> {
  const peer = fromLibrary(connection.remotePeer)
  const { links, begun } = inside
  // One stream a connection, opened by whoever dialed: any other is not even read.
  const isExpected = connection.direction === 'inbound' && !begun.has(connection)
  if (peer === undefined || !isExpected || links.get(peer)?.connection === connection) {
    raw.abort(new Error('this connection was introduced already'))
    return
  }
  begun.add(connection)
  await meet(inside, { raw, connection, peer }, (stream) =>
    beIntroduced(stream, mannersOf(inside, peer), async (hello) => {
      const newcomer = linkOf({ connection, peer, hello, stream }, inside.budgets)
      if (!(await isWanted(inside, newcomer))) return false
      inside.admitted.add(connection)
      return true
    }),
  )
}

const mannersOf = ({ hello, admit }: LinkTable, peer: PeerId): Manners => ({
  own: hello(),
  admit: admit === undefined ? undefined : (badge) => admit(peer, badge),
})

interface Met {
  readonly raw: Stream
  readonly connection: Connection
  readonly peer: PeerId
}

/** What the other side said last may still lie in a buffer. */
const lastWordsMs = 100

/**
 * The exchange, or its end with the connection: one that breaks while its stream opens can leave a reader
 * waiting for ever, and whoever is being introduced is not introduced again.
 */
async function unlessEnded(
  exchanging: Promise<Outcome>,
  connection: Connection,
  helloMs: number,
): Promise<Outcome> {
  const timers: NodeJS.Timeout[] = []
  const ended = new Promise<Outcome>((resolve) => {
    const end = (): void => resolve({ is: 'unwelcome' })
    const closed = (): void => void timers.push(setTimeout(end, lastWordsMs))
    const late = (): void => {
      connection.abort(new Error('no introduction came in time'))
      end()
    }
    timers.push(setTimeout(late, helloMs))
    connection.addEventListener('close', closed, { once: true })
    if (connection.status === 'closed') closed()
  })
  // It may fail after nobody waits for it any more.
  exchanging.catch(() => {})
  try {
    return await Promise.race([exchanging, ended])
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}

/** Both introductions, in time; then the link, or the end of the connection. */
async function meet(
  inside: LinkTable,
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
  const outcome = await unlessEnded(exchange(stream), connection, inside.timing.helloMs)
  if (outcome.is !== 'welcome') {
    refuse(inside, peer, outcome)
    await close(connection)
    return outcome.is
  }
  bytesMax = frameBytesMax
  const { hello } = outcome
  return settle(inside, linkOf({ connection, peer, hello, stream }, inside.budgets))
}
