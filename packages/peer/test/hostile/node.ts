import type { Connection, Stream } from '@libp2p/interface'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { decode as unprefixed } from 'it-length-prefixed'
import { multiaddr } from '@multiformats/multiaddr'
import { decodeRefusal, encodeHello, guardedHello } from '../../src/network/hello.js'
import { helloProtocol } from '../../src/network/meeting.js'
import { pulseProtocol } from '../../src/network/pulse.js'
import { frame, helloLike } from '../strangers.js'
import type { Stranger } from '../strangers.js'

/** A connection of somebody hostile to a peer, with the one stream that makes it a link, and all that came. */
export interface Line {
  readonly connection: Connection
  readonly meshId: Uint8Array
  /** None where it never said hello. */
  readonly stream: Stream | undefined
  /** To pass on what others should believe. */
  gossip: Stream | undefined
  readonly heard: Heard
}

export interface Heard {
  /** Frames as they came, their kind in front; those that nobody has asked for yet. */
  frames: Uint8Array[]
  bytes: number
  /** Messages that came by gossip. */
  gossiped: Uint8Array[]
  gossipBytes: number
}

export const nothingHeard = (): Heard => ({ frames: [], bytes: 0, gossiped: [], gossipBytes: 0 })

/** What it says of itself. */
export interface Introduction {
  readonly meshId: Uint8Array
  readonly badge: readonly Uint8Array[]
  readonly gossips?: boolean | undefined
  readonly addresses?: readonly string[] | undefined
  /** false: it takes nothing of what it is sent. */
  readonly reads?: boolean | undefined
}

export const gossipProtocols = ['/meshsub/1.2.0', '/meshsub/1.1.0']
const beatMs = 2_000
const framesKeptMax = 100_000

/** What any node has to answer, so that it is not left for being silent. */
export async function beThere({ node }: Stranger, heard: () => Heard): Promise<void> {
  await node.handle(pulseProtocol, (stream) => stream.addEventListener('message', () => {}))
  await node.handle(gossipProtocols, (stream) => listen(stream, heard))
}

async function listen(stream: Stream, heard: () => Heard): Promise<void> {
  try {
    for await (const bytes of framesOf(stream)) {
      const { gossiped } = heard()
      heard().gossipBytes += bytes.length
      for (const { data } of RPC.decode(bytes).messages) {
        if (data !== undefined && gossiped.length < framesKeptMax) gossiped.push(data)
      }
    }
  } catch {
    // The other side has had enough.
  }
}

export async function connectTo(stranger: Stranger, address: string): Promise<Connection> {
  return stranger.node.dial(multiaddr(address), { force: true })
}

/** Says hello as a member does; fails with the words in which it was refused. */
export async function link(
  connection: Connection,
  introduction: Introduction,
  heard: Heard,
): Promise<Line> {
  const { meshId, badge, gossips = false, addresses = [], reads = true } = introduction
  const hello = helloLike({ meshId, badge, gossips, addresses })
  const stream = await connection.newStream(helloProtocol)
  const frames = framesOf(stream)
  stream.send(frame(encodeHello(guardedHello(hello))))
  stream.send(frame(encodeHello(hello)))
  const { value: first, done } = await frames.next()
  if (done === true) throw new Error('it hung up')
  const why = decodeRefusal(first)
  if (why !== undefined) throw new Error(why)
  if (reads) void collect(frames, heard)
  else stream.pause()
  const line = { connection, meshId, stream, gossip: undefined, heard }
  await beat(connection)
  return line
}

async function collect(frames: AsyncGenerator<Uint8Array>, heard: Heard): Promise<void> {
  try {
    for await (const bytes of frames) {
      heard.bytes += bytes.length
      if (heard.frames.length < framesKeptMax) heard.frames.push(bytes)
    }
  } catch {
    // The other side has had enough.
  }
}

async function* framesOf(stream: Stream): AsyncGenerator<Uint8Array, void> {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) yield chunk.subarray()
  }
  for await (const bytes of unprefixed(chunks())) yield bytes.subarray()
}

/** Whoever dialed shows that it is still there. */
async function beat(connection: Connection): Promise<void> {
  const stream = await connection.newStream(pulseProtocol)
  stream.addEventListener('message', () => {})
  const timer = setInterval(() => {
    if (stream.status === 'open') stream.send(Uint8Array.of(0))
    else clearInterval(timer)
  }, beatMs).unref()
  connection.addEventListener('close', () => clearInterval(timer))
}

/** What lies below the streams of a connection; libp2p shows it to nobody. */
export function belowStreams(connection: Connection): { send(bytes: Uint8Array): boolean } {
  const { muxer } = connection as unknown as {
    muxer: { maConn: ReturnType<typeof belowStreams> }
  }
  return muxer.maConn
}
