import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { encode as prefixed } from 'it-length-prefixed'
import { defaultBudgets } from '../src/network/budget.js'
import { createCounters } from '../src/network/counters.js'
import { encodeHello, ownVersions } from '../src/network/hello.js'
import type { Hello } from '../src/network/hello.js'
import { createKeyring } from '../src/network/keyring.js'
import { createNode } from '../src/network/libp2p.js'
import type { NodeOptions } from '../src/network/libp2p.js'
import { helloProtocol } from '../src/network/meeting.js'
import type { Network } from '../src/network/network.js'
import { protector } from '../src/network/protector.js'
import { defaultTiming } from '../src/network/timing.js'
import { ensureWithResolvers } from '../src/network/with-resolvers.js'
import { meshIdOf } from './networks.js'

/** A libp2p node without manners of its own: a test says what it says. */
export interface Stranger {
  readonly node: Libp2p
  connect(to: Network): Promise<Connection>
  /** A stream of our protocol, with these bytes written to it. */
  open(connection: Connection, ...bytes: readonly Uint8Array[]): Promise<Stream>
  /** A link as a member makes it; what is sent over it is up to the test. */
  link(to: Network, hello?: Partial<Hello>): Promise<{ connection: Connection; stream: Stream }>
}

interface StrangerOptions extends Partial<Omit<NodeOptions, 'protector'>> {
  /** A key that may have a badge. */
  readonly seed?: Uint8Array
  /** Keys of the network that it knows, for a closed mesh. */
  readonly keys?: readonly Uint8Array[]
}

export const doorOf = (keys: readonly Uint8Array[]): ReturnType<typeof protector> =>
  protector({
    keyring: createKeyring(() => keys),
    counters: createCounters(),
    knockMs: defaultTiming.knockMs,
    handshakes: defaultBudgets.handshakes,
  })

export function createStrangers() {
  ensureWithResolvers()
  const started: Libp2p[] = []
  return {
    async start({ seed, keys, ...options }: StrangerOptions = {}): Promise<Stranger> {
      const node = await createNode({
        privateKey: await (seed === undefined
          ? generateKeyPair('Ed25519')
          : generateKeyPairFromSeed('Ed25519', seed)),
        listen: ['/ip4/127.0.0.1/tcp/0'],
        announce: [],
        transports: undefined,
        mdns: undefined,
        gater: {},
        protector: keys && doorOf(keys),
        gossip: undefined,
        timing: defaultTiming,
        budgets: defaultBudgets,
        ...options,
      })
      await node.start()
      started.push(node)
      return strangerOf(node)
    },
    async stopAll(): Promise<void> {
      await Promise.all(started.splice(0).map(async (node) => node.stop()))
    },
  }
}

function strangerOf(node: Libp2p): Stranger {
  const connect: Stranger['connect'] = (to) =>
    node.dial(to.addresses().map((address) => multiaddr(address))[0]!, { force: true })
  const open: Stranger['open'] = async (connection, ...bytes) => {
    const stream = await connection.newStream(helloProtocol)
    // What comes back is read, and forgotten.
    stream.addEventListener('message', () => {})
    for (const chunk of bytes) stream.send(chunk)
    return stream
  }
  return {
    node,
    connect,
    open,
    async link(to, hello = {}) {
      const connection = await connect(to)
      return { connection, stream: await open(connection, frame(encodeHello(helloLike(hello)))) }
    },
  }
}

/** With its length before it, as it travels. */
export const frame = (bytes: Uint8Array): Uint8Array => prefixed.single(bytes).subarray()

export const helloLike = (hello: Partial<Hello> = {}): Hello => ({
  versions: ownVersions,
  meshId: meshIdOf('test'),
  introduction: { name: 'mallory', instance: 'mallory', software: 'raw 1' },
  addresses: [],
  gossips: false,
  badge: [],
  ...hello,
})
