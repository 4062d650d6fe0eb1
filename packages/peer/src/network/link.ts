import type { Connection } from '@libp2p/interface'
import { Malformed, limits } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import { bareAddress } from './addresses.js'
import type { Counters } from './counters.js'
import type { FrameStream } from './frame-stream.js'
import type { Hello } from './hello.js'
import type { Link } from './network.js'
import { frameKinds, frameOf } from './wire.js'
import type { FrameKind } from './wire.js'

/** A connection whose peer is known to belong here, and the one stream over it. */
export interface LiveLink extends Link {
  readonly connection: Connection
  readonly stream: FrameStream
  readonly hello: Hello
  /** When it was introduced, by a clock that nobody sets. */
  readonly bornMs: number
}

/** What a frame of ours may hold, with its kind. */
export const frameBytesMax = limits.frameBytesMax + 1

export const linkOf = (
  met: Pick<LiveLink, 'connection' | 'peer' | 'hello' | 'stream'>,
): LiveLink => ({
  ...met,
  introduction: met.hello.introduction,
  address: bareAddress(met.connection.remoteAddr),
  isInbound: met.connection.direction === 'inbound',
  sinceMs: Date.now(),
  bornMs: performance.now(),
})

/** As much of a link as others see. */
export const shownLink = ({ peer, introduction, address, isInbound, sinceMs }: LiveLink): Link => ({
  peer,
  introduction,
  address,
  isInbound,
  sinceMs,
})

/** false: it takes no more for now, and the frame was dropped. */
export function sendFrame(
  { stream }: LiveLink,
  kind: FrameKind,
  body: Uint8Array,
  counters: Counters,
): boolean {
  if (body.length >= frameBytesMax || !stream.takes(body.length + 1)) {
    counters.add('framesDropped')
    return false
  }
  stream.send(frameOf(kind, body))
  counters.add(sentCounters[kind])
  counters.add('bytesOut', body.length + 1)
  return true
}

export interface LinkReader {
  readonly counters: Counters
  /** The next frame is read once this has resolved. */
  readonly frame: (link: LiveLink, kind: FrameKind, body: Uint8Array) => Promise<void>
  /** Bytes that are not what they should be. */
  readonly malformed: (peer: PeerId, why: string) => void
}

/** Reads a link as long as it is one, and answers why it ended. */
export async function readLink(
  link: LiveLink,
  isLive: () => boolean,
  reader: LinkReader,
): Promise<string> {
  try {
    for await (const frame of link.stream.frames) {
      // What is still in the buffers of a link that was dropped is not looked at.
      if (!isLive()) break
      await take(link, frame, reader)
    }
    return 'the other side closed it'
  } catch (error) {
    const { message } = error as Error
    if (error instanceof Malformed) reader.malformed(link.peer, message)
    return `its stream broke: ${message}`
  }
}

async function take(link: LiveLink, frame: Uint8Array, reader: LinkReader): Promise<void> {
  const { counters, malformed } = reader
  counters.add('bytesIn', frame.length)
  const kind = kindOf(frame[0])
  if (kind === undefined) return counters.add('framesUnknownIn')
  counters.add(takenCounters[kind])
  try {
    await reader.frame(link, kind, frame.subarray(1))
  } catch (error) {
    if (error instanceof Malformed) malformed(link.peer, `a ${kind} frame: ${error.message}`)
    else counters.add('faults')
  }
}

const kindOf = (byte: number | undefined): FrameKind | undefined =>
  (Object.keys(frameKinds) as FrameKind[]).find((kind) => frameKinds[kind] === byte)

const sentCounters = {
  replica: 'framesReplicaOut',
  book: 'framesBookOut',
  twin: 'framesTwinOut',
} as const
const takenCounters = {
  replica: 'framesReplicaIn',
  book: 'framesBookIn',
  twin: 'framesTwinIn',
} as const
