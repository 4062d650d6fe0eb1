import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import { Malformed, limits } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import { bareAddress, dialableAddresses } from './addresses.js'
import { createBudget } from './budget.js'
import type { Budget, Budgets } from './budget.js'
import type { Counters } from './counters.js'
import type { FrameStream } from './frame-stream.js'
import type { Hello } from './hello.js'
import type { Contact, Link } from './network.js'
import { createTurns } from './turns.js'
import { frameKinds, frameOf } from './wire.js'
import type { FrameKind } from './wire.js'

/** A connection whose peer is known to belong here, and the one stream over it. */
export interface LiveLink extends Link {
  readonly connection: Connection
  readonly stream: FrameStream
  readonly hello: Hello
  /** In a closed mesh: the badge it has now. */
  badge: readonly Uint8Array[]
  readonly bytes: Budget
  readonly frames: Budget
  readonly answersMs: Budget
  /** Bytes of answers to the frame that is being handled, also of those that it takes no more of. */
  answered: number
  /** When it was introduced, by a clock that nobody sets. */
  readonly bornMs: number
}

/** What a frame of ours may hold, with its kind. */
export const frameBytesMax = limits.frameBytesMax + 1

export const linkOf = (
  met: Pick<LiveLink, 'connection' | 'peer' | 'hello' | 'stream'>,
  budgets: Budgets,
): LiveLink => ({
  ...met,
  badge: met.hello.badge,
  bytes: createBudget(budgets.linkBytes),
  frames: createBudget(budgets.linkFrames),
  answersMs: createBudget(budgets.linkAnswersMs),
  answered: 0,
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

/** Whom it is linked with, as others hear of it. */
export function contactOf(link: LiveLink): Contact {
  const { peer, introduction, hello, badge } = link
  return {
    peer,
    name: introduction.name,
    addresses: dialableAddresses(hello.addresses, link),
    seenAt: Date.now(),
    ...(badge.length === 0 ? {} : { badge }),
  }
}

/** false: it takes no more for now, and the frame was dropped. */
export function sendFrame(
  { stream }: LiveLink,
  kind: FrameKind,
  body: Uint8Array,
  counters: Counters,
): boolean {
  // Keys and badges are few, small, and said only once.
  const isUrgent = kind === 'keys' || kind === 'badge' || kind === 'renewed'
  const isTaken = isUrgent || stream.takes(body.length + 1)
  if (body.length >= frameBytesMax || !isTaken) {
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
  const turns = createTurns()
  try {
    for await (const frame of link.stream.frames) {
      // What is still in the buffers of a link that was dropped is not looked at.
      if (!isLive()) break
      turns.begin()
      link.answered = 0
      const workMs = await timed(() => take(link, frame, reader))
      await turns.end()
      await paid(link, frame, workMs, reader.counters)
    }
    return 'the other side closed it'
  } catch (error) {
    const { message } = error as Error
    if (error instanceof Malformed) reader.malformed(link.peer, message)
    return `its stream broke: ${message}`
  }
}

/** How long work kept this process busy before it first waited for something. */
async function timed(work: () => Promise<void>): Promise<number> {
  const beganMs = performance.now()
  const done = work()
  const tookMs = performance.now() - beganMs
  await done
  return tookMs
}

/** Whoever pushes more than it may, or asks for more, is read more slowly; nobody else is. */
async function paid(
  link: LiveLink,
  frame: Uint8Array,
  workMs: number,
  counters: Counters,
): Promise<void> {
  const waitMs = Math.max(
    link.frames.spend(1),
    link.bytes.spend(frame.length),
    link.answered > frame.length ? link.answersMs.spend(workMs) : 0,
  )
  if (waitMs === 0) return
  counters.add('linksSlowed')
  await delay(waitMs, undefined, { ref: false })
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
  keys: 'framesTrustOut',
  badge: 'framesTrustOut',
  renewed: 'framesTrustOut',
} as const
const takenCounters = {
  replica: 'framesReplicaIn',
  book: 'framesBookIn',
  twin: 'framesTwinIn',
  keys: 'framesTrustIn',
  badge: 'framesTrustIn',
  renewed: 'framesTrustIn',
} as const
