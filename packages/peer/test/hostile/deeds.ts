import type { Connection, Stream } from '@libp2p/interface'
import { frameKinds } from '../../src/network/wire.js'
import { createStrangers, frame } from '../strangers.js'
import type { Stranger } from '../strangers.js'
import { abuses, messageOf, subscribing } from './gossip-abuse.js'
import type { GossipAbuse } from './gossip-abuse.js'
import { knockAll } from './knocking.js'
import type { Knocked, Knocks } from './knocking.js'
import { beThere, belowStreams, connectTo, link, nothingHeard } from './node.js'
import type { Heard, Introduction, Line } from './node.js'

/** What a test can make somebody hostile do. Nodes and lines are named by numbers; all else is plain data. */
export interface Deeds {
  knock(knocks: Knocks): Promise<Knocked>
  /** A node under a key of its own, that knows these keys of the network. */
  appear(given: Appearance): Promise<number>
  /** Connects as often as it is told, each time under a new key, and shows a badge; answers what came of it. */
  appearAgain(given: Onslaught): Promise<Onslaught.Outcome>
  /** A connection that never says hello. */
  connect(node: number, address: string): Promise<number>
  /** A connection with an introduction; fails with the words in which it was refused. */
  link(node: number, address: string, introduction: Introduction): Promise<number>
  /** Frames to a replica, by the stream of a line. */
  send(line: number, frames: readonly Uint8Array[], times?: number): Promise<number>
  /** Frames of another kind. */
  sendOf(
    line: number,
    kind: keyof typeof frameKinds,
    bodies: readonly Uint8Array[],
  ): Promise<number>
  /** Bytes as they are, also where they are no frames. */
  sendRaw(line: number, chunks: readonly Uint8Array[], times?: number): Promise<number>
  /** Frames to all replicas, by gossip. */
  gossip(line: number, frames: readonly Uint8Array[], times?: number): Promise<number>
  abuse(line: number, how: GossipAbuse, times: number): Promise<number>
  /** Bytes down a stream of any protocol. */
  say(line: number, protocol: string, chunks: readonly Uint8Array[]): Promise<string>
  sendBelow(line: number, chunks: readonly Uint8Array[], times?: number): Promise<number>
  isOpen(line: number): boolean
  /** Frames of replicas that came since this was asked last. */
  heard(line: number): {
    readonly link: readonly Uint8Array[]
    readonly gossip: readonly Uint8Array[]
  }
  bytesHeard(line: number): { readonly link: number; readonly gossip: number }
  hangUp(line: number): void
  vanish(): Promise<void>
}

export interface Appearance {
  readonly seed?: Uint8Array | undefined
  readonly keys: readonly Uint8Array[]
}

export interface Onslaught extends Appearance {
  readonly address: string
  readonly introduction: Introduction
  readonly times: number
}

export namespace Onslaught {
  export interface Outcome {
    readonly linked: number
    readonly refused: number
    readonly turnedAway: number
  }
}

interface Stage {
  readonly strangers: ReturnType<typeof createStrangers>
  readonly nodes: Stranger[]
  readonly lines: Line[]
  /** By node, who hears all of its lines. */
  readonly heard: Map<Stranger, Heard>
}

export function createDeeds(): Deeds {
  const stage: Stage = { strangers: createStrangers(), nodes: [], lines: [], heard: new Map() }
  const lineAt = (line: number): Line => stage.lines[line]!
  return {
    knock: knockAll,
    appear: async (given) => {
      const stranger = await appear(stage, given)
      return stage.nodes.push(stranger) - 1
    },
    appearAgain: (given) => appearAgain(stage, given),
    async connect(node, address) {
      const stranger = stage.nodes[node]!
      const connection = await connectTo(stranger, address)
      return stage.lines.push(silent(connection, stage.heard.get(stranger)!)) - 1
    },
    async link(node, address, introduction) {
      const stranger = stage.nodes[node]!
      const connection = await connectTo(stranger, address)
      const heard = nothingHeard()
      stage.heard.set(stranger, heard)
      const line = await link(connection, introduction, heard)
      if (introduction.gossips === true) await gossipOf(line)
      return stage.lines.push(line) - 1
    },
    ...saying(lineAt),
    isOpen: (line) => lineAt(line).connection.status === 'open',
    heard(line) {
      const { frames, gossiped } = lineAt(line).heard
      const ofReplica = frames.splice(0).filter(([kind]) => kind === frameKinds.replica)
      return { link: ofReplica.map((bytes) => bytes.subarray(1)), gossip: gossiped.splice(0) }
    },
    bytesHeard(line) {
      const { bytes, gossipBytes } = lineAt(line).heard
      return { link: bytes, gossip: gossipBytes }
    },
    hangUp: (line) => lineAt(line).connection.abort(new Error('enough')),
    async vanish() {
      await stage.strangers.stopAll()
    },
  }
}

const silent = (connection: Connection, heard: Heard): Line => ({
  connection,
  meshId: new Uint8Array(32),
  stream: undefined,
  gossip: undefined,
  heard,
})

async function appear(stage: Stage, { seed, keys }: Appearance): Promise<Stranger> {
  const stranger = await stage.strangers.start({
    listen: [],
    keys,
    ...(seed === undefined ? {} : { seed }),
  })
  stage.heard.set(stranger, nothingHeard())
  await beThere(stranger, () => stage.heard.get(stranger)!)
  return stranger
}

async function appearAgain(stage: Stage, given: Onslaught): Promise<Onslaught.Outcome> {
  const outcome = { linked: 0, refused: 0, turnedAway: 0 }
  for (let index = 0; index < given.times; index++) {
    const stranger = await appear(stage, given)
    try {
      const connection = await connectTo(stranger, given.address)
      await link(connection, given.introduction, nothingHeard())
      outcome.linked += 1
    } catch (error) {
      if (/badge|member/.test((error as Error).message)) outcome.refused += 1
      else outcome.turnedAway += 1
    }
    await stranger.node.stop()
  }
  return outcome
}

type Saying = 'send' | 'sendOf' | 'sendRaw' | 'gossip' | 'abuse' | 'say' | 'sendBelow'

function saying(lineAt: (line: number) => Line): Pick<Deeds, Saying> {
  const linked = (line: number): Stream => {
    const { stream } = lineAt(line)
    if (stream === undefined) throw new Error('it never said hello')
    return stream
  }
  const ofKind = (kind: keyof typeof frameKinds, bodies: readonly Uint8Array[]): Uint8Array[] =>
    bodies.map((body) => frame(Buffer.concat([Buffer.of(frameKinds[kind]), body])))
  return {
    send: (line, frames, times) => pour(linked(line), ofKind('replica', frames), times),
    sendOf: (line, kind, bodies) => pour(linked(line), ofKind(kind, bodies)),
    sendRaw: (line, chunks, times) => pour(linked(line), chunks, times),
    gossip: async (line, frames, times) => {
      const topic = topicOf(lineAt(line))
      const stream = await gossipOf(lineAt(line))
      return pour(
        stream,
        frames.map((data) => frame(messageOf(topic, data))),
        times,
      )
    },
    abuse: async (line, how, times) => {
      const topic = topicOf(lineAt(line))
      const stream = await gossipOf(lineAt(line))
      let sent = 0
      for (; sent < times && stream.status === 'open'; sent++) {
        if ((await pour(stream, [frame(abuses[how](topic))])) === 0) break
      }
      return sent
    },
    async say(line, protocol, chunks) {
      const stream = await lineAt(line).connection.newStream(protocol)
      stream.addEventListener('message', () => {})
      await pour(stream, chunks)
      return stream.status
    },
    async sendBelow(line, chunks, times = 1) {
      const { connection } = lineAt(line)
      let sent = 0
      for (let index = 0; index < chunks.length * times && connection.status === 'open'; index++) {
        belowStreams(connection).send(chunks[index % chunks.length]!)
        sent += 1
        if (sent % 64 === 0) await turn()
      }
      return sent
    },
  }
}

const topicOf = ({ meshId }: Line): string => `/grapevine/${Buffer.from(meshId).toString('hex')}`

async function gossipOf(line: Line): Promise<Stream> {
  if (line.gossip?.status === 'open') return line.gossip
  const stream = await line.connection.newStream('/meshsub/1.2.0')
  stream.send(frame(subscribing(topicOf(line))))
  line.gossip = stream
  return stream
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** As fast as the other side takes it, until it takes no more; answers how many went out. */
async function pour(
  stream: Stream,
  chunks: readonly Uint8Array[],
  times: number = 1,
): Promise<number> {
  let sent = 0
  try {
    for (let index = 0; index < chunks.length * times && stream.status === 'open'; index++) {
      if (!stream.send(chunks[index % chunks.length]!)) await drained(stream)
      sent += 1
      if (sent % 64 === 0) await turn()
    }
  } catch {
    // It was closed meanwhile.
  }
  return sent
}

const drained = (stream: Stream): Promise<void> =>
  new Promise((resolve) => {
    stream.addEventListener('drain', () => resolve(), { once: true })
    stream.addEventListener('close', () => resolve(), { once: true })
  })
