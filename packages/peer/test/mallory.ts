/**
 * A process that does harm. It speaks libp2p, knows the protocols and which mesh it is, and has keys
 * without end. It is told what to do, to whom and how often, and prints what became of it:
 *
 *     mallory.ts <deed> <address of a peer> <name of its mesh> <count>
 */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { mutate } from '../../core/test/mutate.js'
import { randomOf } from '../../sim/src/random.js'
import { systemClock } from '../src/clock.js'
import { genesisOf, rulesOf } from '../src/running/genesis.js'
import { encodeHello } from '../src/network/hello.js'
import { helloProtocol } from '../src/network/meeting.js'
import { frameKinds } from '../src/network/wire.js'
import { recordFrames } from './frames.js'
import { createStrangers, frame, helloLike } from './strangers.js'
import type { Stranger } from './strangers.js'

const [deed = '', address = '', meshName = '', times = '0'] = process.argv.slice(2)
const rules = rulesOf(genesisOf(meshName))
const topic = `/grapevine/${Buffer.from(rules.id).toString('hex')}`
const count = Number(times)
const random = randomOf(1, 'mallory', deed)
const frames = recordFrames(rules)
const strangers = createStrangers()
const told = { tried: 0, sent: 0, keys: 0 }

const nextProtocol = '/grapevine/hello/2'
const hello = helloLike({ meshId: rules.id, gossips: true })
/** A frame as honest peers send it, bent. */
const bentFrame = (): Uint8Array =>
  mutate(random, rules.id, random.pick(frames), random.pick(frames)).bytes
const replicaFrame = (bytes: Uint8Array): Uint8Array =>
  frame(Buffer.concat([Buffer.of(frameKinds.replica), bytes]))

/** A connection under a key that nobody has seen yet. */
async function freshConnection(): Promise<{ stranger: Stranger; connection: Connection }> {
  await strangers.stopAll()
  const stranger = await strangers.start()
  told.keys += 1
  return { stranger, connection: await stranger.node.dial(multiaddr(address), { force: true }) }
}

/** The same, introduced as a member. */
async function freshLink(): Promise<{ connection: Connection; stream: Stream }> {
  const { stranger, connection } = await freshConnection()
  const stream = await stranger.open(connection, frame(encodeHello(hello)))
  await new Promise<void>((resolve) => {
    stream.addEventListener('message', () => resolve(), { once: true })
    stream.addEventListener('close', () => resolve(), { once: true })
  })
  return { connection, stream }
}

/** Sends over a stream until it is closed, then over another one, under another key. */
async function flood(open: () => Promise<Stream>, chunk: () => Uint8Array): Promise<void> {
  let stream: Stream | undefined
  for (; told.tried < count; told.tried++) {
    try {
      if (stream?.status !== 'open') stream = await open()
      if (!stream.send(chunk())) await drained(stream)
      told.sent += 1
    } catch {
      stream = undefined
    }
  }
  await stream?.close().catch(() => {})
}

const drained = (stream: Stream): Promise<void> =>
  new Promise((resolve) => {
    stream.addEventListener('drain', () => resolve(), { once: true })
    stream.addEventListener('close', () => resolve(), { once: true })
  })

const ended = (connection: Connection): Promise<void> =>
  new Promise((resolve) => {
    if (connection.status !== 'open') resolve()
    connection.addEventListener('close', () => resolve(), { once: true })
  })

async function repeat(once: () => Promise<void>): Promise<void> {
  for (; told.tried < count; told.tried++) {
    try {
      await once()
      told.sent += 1
    } catch {
      // Turned away at the door.
    }
  }
}

/** After so many a key is shown the door. */
const introductionsPerKey = 16

/** Introductions that are none; each takes a connection, and of those only so many are let in a second. */
async function badIntroductions(): Promise<void> {
  let stranger: Stranger | undefined
  while (told.sent < count) {
    if (stranger === undefined || told.sent % introductionsPerKey === 0) {
      ;({ stranger } = await whenLetIn(freshConnection))
    }
    const { node } = stranger
    const connection = await whenLetIn(() => node.dial(multiaddr(address), { force: true }))
    const whole = encodeHello(hello)
    const bad = random.chance(0.5)
      ? randomBytes(random.below(300))
      : mutate(random, rules.id, whole, whole).bytes
    await stranger.open(connection, frame(bad)).catch(() => {})
    connection.abort(new Error('next'))
    told.sent += 1
  }
}

async function whenLetIn<T>(knock: () => Promise<T>): Promise<T> {
  for (;;) {
    told.tried += 1
    try {
      return await knock()
    } catch {
      await new Promise<void>((resolve) => void systemClock.after(50, resolve))
    }
  }
}

const gossipStream = async (): Promise<Stream> => {
  const { connection } = await freshLink()
  return connection.newStream('/meshsub/1.2.0')
}

const gossipFrame = (): Uint8Array => {
  if (random.chance(0.3)) return frame(randomBytes(1 + random.below(300)))
  return frame(RPC.encode({ subscriptions: [], messages: [{ topic, data: bentFrame() }] }))
}

/** Streams of protocols that nobody speaks, or of known ones that end in the middle of a frame. */
async function brokenStreams(protocols: readonly string[]): Promise<void> {
  let connection: Connection | undefined
  await repeat(async () => {
    if (connection?.status !== 'open') ({ connection } = await freshLink())
    const stream = await connection.newStream([random.pick(protocols)])
    const whole = replicaFrame(bentFrame())
    stream.send(whole.subarray(0, random.below(whole.length)))
    if (random.chance(0.5)) await stream.close()
    else stream.abort(new Error('enough'))
  })
}

const deeds: Readonly<Record<string, () => Promise<void>>> = {
  connections: () =>
    repeat(
      () =>
        new Promise((resolve) => {
          const [, host = '', port = ''] = /^\/ip4\/([^/]+)\/tcp\/(\d+)/.exec(address) ?? []
          const socket = connect({ host, port: Number(port) })
          socket.on('error', () => {})
          socket.on('connect', () => socket.end(randomBytes(300)))
          socket.on('close', () => resolve())
          socket.resume()
        }),
    ),
  introductions: badIntroductions,
  frames: () =>
    flood(
      async () => (await freshLink()).stream,
      () => replicaFrame(bentFrame()),
    ),
  lengths: () =>
    flood(
      async () => (await freshLink()).stream,
      () => randomBytes(1 + random.below(20)),
    ),
  gossip: () => flood(gossipStream, gossipFrame),
  'unknown protocols': () =>
    brokenStreams(['/nothing/1.0.0', '/floodsub/1.0.0', '/ipfs/kad/1.0.0']),
  'half-closed streams': () => brokenStreams([helloProtocol, '/ipfs/id/1.0.0', '/ipfs/ping/1.0.0']),
  /** Says nothing that is understood, for as long as it is borne with. */
  'speak another protocol': async () => {
    const { stranger, connection } = await freshConnection()
    await stranger.node.handle(nextProtocol, () => {})
    await ended(connection)
  },
  'speak a later version': async () => {
    const { stranger, connection } = await freshConnection()
    const later = encodeHello({ ...hello, versions: { min: 2, max: 3 } })
    await stranger.open(connection, frame(later))
    await ended(connection)
  },
  /** Is dialed itself: the address is its own. */
  'answer in another protocol': async () => {
    const { node } = await strangers.start({ listen: [address] })
    await node.handle(nextProtocol, () => {})
    const connection = await new Promise<Connection>((resolve) => {
      node.addEventListener('connection:open', ({ detail }) => resolve(detail), { once: true })
    })
    await ended(connection)
  },
}

await deeds[deed]?.()
await strangers.stopAll()
process.stdout.write(`${JSON.stringify(told)}\n`)
process.exit(0)
