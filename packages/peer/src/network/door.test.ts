import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Stream } from '@libp2p/interface'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decode as unprefixed } from 'it-length-prefixed'
import { createBadgeMaker, networkKey } from '../../test/badges.js'
import { createNetworks, seedOf } from '../../test/networks.js'
import type { TestNetwork, TestNetworkOptions } from '../../test/networks.js'
import { createStrangers, frame, helloLike } from '../../test/strangers.js'
import { decodeHello, decodeRefusal, encodeHello } from './hello.js'
import { greeting } from './keyring.js'
import { helloProtocol } from './meeting.js'
import { keyStream, nonceBytes } from './salsa.js'

const networks = createNetworks()
const strangers = createStrangers()
const sockets = new Set<Socket>()
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  await networks.closeAll()
  await strangers.stopAll()
})

const soon = { timeout: 20_000, interval: 20 }
const maker = createBadgeMaker('test')

const start = (options: TestNetworkOptions = {}): Promise<TestNetwork> => {
  const holder = maker.badge()
  return networks.start({ identity: holder.identity, trust: maker.trust(holder), ...options })
}

/** A line as an outsider has it, and all that came back over it. */
interface Line {
  readonly socket: Socket
  readonly come: Buffer[]
  readonly closed: Promise<void>
}

async function knock(network: TestNetwork, bytes: Uint8Array, from = '127.0.0.1'): Promise<Line> {
  const [, host = '', port] = /^(.*):(\d+)$/.exec(seedOf(network)[0] ?? '') ?? []
  const socket = connect({ host, port: Number(port), localAddress: from })
  sockets.add(socket)
  const come: Buffer[] = []
  socket.on('error', () => {})
  socket.on('data', (chunk) => come.push(chunk))
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      sockets.delete(socket)
      resolve()
    })
  })
  await Promise.race([new Promise<void>((resolve) => socket.on('connect', resolve)), closed])
  if (bytes.length > 0) socket.write(bytes)
  return { socket, come, closed }
}

/** How a member begins, up to the first words of the Noise handshake. */
function opening(key: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes)
  const said = Buffer.concat([greeting, Buffer.from('\x07/noise\n', 'latin1')])
  return Buffer.concat([nonce, keyStream(key, nonce)(said)])
}

function bent(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

describe('an outsider that sends', () => {
  const openingBits = (nonceBytes + greeting.length) * 8
  it.each([
    ['random bytes', () => randomBytes(300)],
    ['the greeting of libp2p in the clear', () => Buffer.concat([randomBytes(24), greeting])],
    ['what is right under another key', () => opening(randomBytes(32))],
    ['half a nonce, and no more', () => randomBytes(11)],
    ['nothing', () => Buffer.alloc(0)],
    [
      'what is right but for one bit',
      (index: number) => bent(opening(networkKey), index % openingBits),
    ],
  ] as const)('%s hears nothing, and the line is closed in time', async (_, bytesOf) => {
    const alice = await start({ timing: { knockMs: 1_000 } })
    const lines = await Promise.all(
      Array.from({ length: 160 }, (__, index) => knock(alice, bytesOf(index * 2 + 1))),
    )
    const knockedMs = performance.now()
    await Promise.all(lines.map(({ closed }) => closed))
    expect(performance.now() - knockedMs).toBeLessThan(4_000)
    expect(lines.flatMap(({ come }) => come)).toEqual([])
    const { connectionsUpgraded, knocksRefused, strikes } = alice.counters()
    expect({ connectionsUpgraded, knocksRefused, strikes }).toEqual({
      connectionsUpgraded: 0,
      knocksRefused: 160,
      strikes: 0,
    })
    expect(alice.notices).toEqual([])
  })

  it('one bent bit later on gets no further than Noise', async () => {
    const alice = await start({ timing: { dialMs: 1_000 } })
    const whole = opening(networkKey)
    const lines = await Promise.all(
      Array.from({ length: 56 }, (_, index) =>
        knock(alice, bent(whole, (nonceBytes + greeting.length) * 8 + index)),
      ),
    )
    await Promise.all(lines.map(({ closed }) => closed))
    expect(alice.counters()['connectionsUpgraded']).toBe(0)
  })
})

describe('a host', () => {
  it('from which too many come at once that have a key is let in more slowly', async () => {
    const alice = await start({ budgets: { handshakes: { burst: 4, perSecond: 1 } } })
    const lines = await Promise.all(
      Array.from({ length: 12 }, () => knock(alice, opening(networkKey), '127.0.0.3')),
    )
    await vi.waitFor(() => expect(alice.counters()['knocksRefused']).toBe(8), soon)
    await vi.waitFor(() => {
      expect(lines.filter(({ come }) => come.length > 0)).toHaveLength(4)
    }, soon)
    const bob = await start({ seeds: seedOf(alice) })
    await vi.waitFor(() => expect(bob.links()).toHaveLength(1), soon)
  })
})

describe('a member', () => {
  it.each([
    ['that say nothing', '127.0.0.1', () => Buffer.alloc(0)],
    ['that have the key, and stop there', '127.0.0.2', () => opening(networkKey)],
  ] as const)('joins while there are a hundred others %s', async (_, from, bytesOf) => {
    const alice = await start()
    const over = new AbortController()
    // Each comes again as soon as it is turned away.
    const hold = async (): Promise<void> => {
      while (!over.signal.aborted) await (await knock(alice, bytesOf(), from)).closed
    }
    const held = Array.from({ length: 100 }, hold)
    await vi.waitFor(() => expect(sockets.size).toBeGreaterThan(20), soon)
    const startedMs = performance.now()
    const bob = await start({ seeds: seedOf(alice) })
    await vi.waitFor(() => expect(bob.links()).toHaveLength(1), soon)
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    over.abort()
    for (const socket of sockets) socket.destroy()
    await Promise.all(held)
  })
})

async function* chunksOf(stream: Stream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield chunk.subarray()
}

/** All frames down a stream until it ends. */
async function framesOf(stream: Stream): Promise<readonly Uint8Array[]> {
  const frames: Uint8Array[] = []
  try {
    for await (const bytes of unprefixed(chunksOf(stream))) frames.push(bytes.subarray())
  } catch {
    // It was reset; what came before that counts.
  }
  return frames
}

describe('a stranger that knows the key of the network', () => {
  const secrets = (network: TestNetwork): readonly string[] => [
    'alice',
    'test 1',
    'holder-',
    network.instance,
    ...network.addresses(),
  ]

  it('and shows no badge hears why it is not let in, and nothing else', async () => {
    const alice = await start()
    const mallory = await strangers.start({ keys: [networkKey] })
    const connection = await mallory.connect(alice)
    const stream = await connection.newStream(helloProtocol)
    const came = framesOf(stream)
    stream.send(frame(encodeHello(helloLike())))
    const frames = await came
    expect(frames.map((bytes) => decodeRefusal(bytes))).toEqual(['shows no badge'])
    await vi.waitFor(() => expect(connection.status).not.toBe('open'), soon)
    const heard = Buffer.concat(frames).toString('latin1')
    for (const secret of secrets(alice)) expect(heard).not.toContain(secret)
    expect(alice.book.contacts()).toEqual([])
  })

  it('has one stream, and no other, and is gone in time', async () => {
    const alice = await start({ timing: { helloMs: 500 } })
    const mallory = await strangers.start({ keys: [networkKey] })
    const connection = await mallory.connect(alice)
    const streams = await Promise.all(
      ['/meshsub/1.2.0', '/meshsub/1.1.0', '/grapevine/pulse/1'].map((protocol) =>
        connection.newStream(protocol).catch(() => undefined),
      ),
    )
    const heard: Uint8Array[] = []
    for (const stream of streams) {
      stream?.addEventListener('message', ({ data }) => heard.push(data.subarray()))
      if (stream?.status === 'open') stream.send(Uint8Array.of(0))
    }
    await vi.waitFor(() => {
      for (const stream of streams) expect(stream?.status ?? 'closed').not.toBe('open')
    }, soon)
    expect(heard).toEqual([])
    for (const protocol of ['/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0', '/ipfs/ping/1.0.0']) {
      await expect(connection.newStream(protocol)).rejects.toThrow(
        /could not negotiate|closed|not "open"/,
      )
    }
    await vi.waitFor(() => expect(connection.status).not.toBe('open'), soon)
    expect(alice.notices.map(({ notice }) => notice)).toEqual(['stranger'])
  })

  it('and is dialed sees a badge, and not what it does not vouch for', async () => {
    const mallory = await strangers.start({ keys: [networkKey] })
    const said = new Promise<readonly Uint8Array[]>((resolve) => {
      void mallory.node.handle(helloProtocol, (stream) => {
        stream.send(frame(encodeHello(helloLike({ meshId: maker.mesh.id }))))
        void framesOf(stream).then(resolve)
      })
    })
    const seeds = mallory.node.getMultiaddrs().map((address) => address.toString())
    const alice = await start({ seeds })
    const [first = new Uint8Array(), refusal = new Uint8Array(), ...rest] = await said
    expect(decodeHello(first)).toMatchObject({
      introduction: { name: '', software: '' },
      addresses: [],
    })
    expect(decodeRefusal(refusal)).toBe('shows no badge')
    expect(rest).toEqual([])
    expect(alice.links()).toEqual([])
  })
})
