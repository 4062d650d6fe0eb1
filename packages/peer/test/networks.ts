import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { identityOf } from '../src/running/identity.js'
import { libp2pNetwork } from '../src/network/libp2p-network.js'
import type { Libp2pExtra } from '../src/network/libp2p-network.js'
import type {
  Book,
  Contact,
  Judgement,
  Link,
  Network,
  NetworkNotice,
  NetworkOptions,
} from '../src/network/network.js'
import type { PeerId } from '@grapevine/core'

/** A real network with nothing behind it, and everything that it told. */
export interface TestNetwork extends Network {
  readonly peer: PeerId
  readonly instance: string
  readonly book: Book
  readonly received: { readonly from: PeerId; readonly bytes: Uint8Array }[]
  readonly heard: { readonly from: PeerId; readonly bytes: Uint8Array; readonly atMs: number }[]
  readonly notices: NetworkNotice[]
  readonly linked: Link[]
  readonly unlinked: { readonly peer: PeerId; readonly why: string }[]
}

export interface TestNetworkOptions
  extends Partial<Omit<NetworkOptions, 'hooks' | 'meshId'>>, Libp2pExtra {
  readonly mesh?: string
  readonly judge?: (bytes: Uint8Array) => Judgement | Promise<Judgement>
  readonly onReceived?: (bytes: Uint8Array, from: PeerId, network: Network) => Promise<void>
}

/** Tests that wait for a way back do not wait for long. */
export const quick = {
  redialMinMs: 50,
  redialMaxMs: 400,
  redialRarelyMs: 2_000,
} as const

export interface Networks {
  create(this: void, options?: TestNetworkOptions): TestNetwork
  start(this: void, options?: TestNetworkOptions): Promise<TestNetwork>
  closeAll(this: void): Promise<void>
}

export function createNetworks(): Networks {
  const opened: Network[] = []
  const create: Networks['create'] = (options = {}) => {
    const network = createNetwork(options)
    opened.push(network)
    return network
  }
  return {
    create,
    async start(options) {
      const network = create(options)
      await network.start()
      return network
    },
    async closeAll() {
      await Promise.all(opened.splice(0).map((network) => network.close()))
    },
  }
}

export const meshIdOf = (name: string): Uint8Array => createHash('sha256').update(name).digest()

export const seedOf = (network: Network): readonly string[] =>
  network.addresses().map((address) => address.replace(/^\/ip4\/([^/]+)\/tcp\/(\d+)$/, '$1:$2'))

function createNetwork(options: TestNetworkOptions): TestNetwork {
  const {
    mesh = 'test',
    judge = () => 'accept',
    onReceived,
    transports,
    timing,
    budgets,
    ...rest
  } = options
  const identity = options.identity ?? identityOf(randomBytes(32))
  const told: Pick<TestNetwork, 'received' | 'heard' | 'notices' | 'linked' | 'unlinked'> = {
    received: [],
    heard: [],
    notices: [],
    linked: [],
    unlinked: [],
  }
  const book = options.book ?? createBook()
  const instance = randomBytes(8).toString('hex')
  const open = libp2pNetwork({
    ...(transports === undefined ? {} : { transports }),
    timing: { ...quick, ...timing },
    ...(budgets === undefined ? {} : { budgets }),
  })
  const network: Network = open({
    identity,
    meshId: meshIdOf(mesh),
    introduction: { name: 'alice', instance, software: 'test 1' },
    book,
    listen: ['127.0.0.1:0'],
    announce: [],
    seeds: [],
    mdns: false,
    gossip: true,
    ...rest,
    hooks: {
      async received(from, bytes) {
        told.received.push({ from, bytes })
        await onReceived?.(bytes, from, network)
        return 'accept'
      },
      async heard(from, bytes) {
        told.heard.push({ from, bytes, atMs: performance.now() })
        return judge(bytes)
      },
      linked: (link) => void told.linked.push(link),
      unlinked: (peer, why) => void told.unlinked.push({ peer, why }),
      notice: (notice) => void told.notices.push(notice),
    },
  })
  return Object.assign(network, told, { peer: identity.peer, instance, book })
}

export function createBook(): Book {
  const contacts = new Map<PeerId, Contact>()
  return {
    contacts: () => [...contacts.values()],
    contact: (peer) => contacts.get(peer),
    learn(contact) {
      const known = contacts.get(contact.peer)?.addresses ?? []
      const addresses = [...new Set([...contact.addresses, ...known])].slice(0, 8)
      contacts.set(contact.peer, { ...contact, addresses })
    },
  }
}

/** Ports that nobody listens on; somebody else may come before us, but seldom does. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
