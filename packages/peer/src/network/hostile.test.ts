import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { encode } from '@grapevine/core'
import { createNetworks, meshIdOf, seedOf } from '../../test/networks.js'
import type { TestNetwork } from '../../test/networks.js'
import { createStrangers, frame } from '../../test/strangers.js'
import { frameKinds } from './wire.js'

const networks = createNetworks()
const strangers = createStrangers()
afterEach(async () => {
  await networks.closeAll()
  await strangers.stopAll()
})

const soon = { timeout: 20_000, interval: 20 }
const topic = `/grapevine/${Buffer.from(meshIdOf('test')).toString('hex')}`

/** Two honest peers that talk all the time; at the end nothing of it may be missing. */
async function honestPair() {
  const alice = await networks.start({
    timing: { helloMs: 1_000 },
    judge: (bytes) => (Buffer.from(bytes).toString().startsWith('honest') ? 'accept' : 'reject'),
  })
  const bob = await networks.start({ seeds: seedOf(alice) })
  await vi.waitFor(() => expect([alice.links().length, bob.links().length]).toEqual([1, 1]), soon)
  let count = 0
  const talk = (): void => {
    bob.publish(Buffer.from(`honest ${(count += 1)}`))
    bob.send(alice.peer, Buffer.from(`honest ${count}`))
  }
  return {
    alice,
    bob,
    talk,
    expectUnharmed: async (): Promise<void> => {
      talk()
      await vi.waitFor(
        () => expect(alice.links().map(({ peer }) => peer)).toContain(bob.peer),
        soon,
      )
      const texts = (list: TestNetwork['received']): readonly string[] =>
        list.map(({ bytes }) => Buffer.from(bytes).toString())
      await vi.waitFor(() => {
        const all = new Set([...texts(alice.received), ...texts(alice.heard)])
        for (let index = 1; index <= count; index++) expect(all).toContain(`honest ${index}`)
      }, soon)
      expect(bob.unlinked).toEqual([])
      expect(alice.counters()['faults']).toBe(0)
    },
  }
}

describe('a thousand malformed', () => {
  it('connections harm nobody', async () => {
    const { alice, talk, expectUnharmed } = await honestPair()
    const [, host = '', port] = /^(.*):(\d+)$/.exec(seedOf(alice)[0] ?? '') ?? []
    const one = (): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect({ host, port: Number(port) })
        socket.on('error', () => {})
        socket.on('connect', () => socket.end(randomBytes(300)))
        socket.on('close', () => resolve())
        socket.resume()
      })
    for (let batch = 0; batch < 20; batch++) {
      talk()
      await Promise.all(Array.from({ length: 50 }, one))
    }
    await expectUnharmed()
    expect(alice.links()).toHaveLength(1)
  })

  it('introductions harm nobody, and close the door for whoever makes them', async () => {
    const { alice, talk, expectUnharmed } = await honestPair()
    const mallory = await strangers.start()
    let refused = 0
    for (let index = 0; index < 1_000; index++) {
      if (index % 50 === 0) talk()
      try {
        const connection = await mallory.connect(alice)
        await mallory.open(connection, frame(randomBytes(index % 200)))
        await vi.waitUntil(() => connection.status !== 'open', soon)
      } catch {
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(900)
    expect(alice.notices.map(({ notice }) => notice)).toEqual(['misbehaved'])
    await expectUnharmed()
  })

  it('frames end the link, and a new one is not let in', async () => {
    const { alice, talk, expectUnharmed } = await honestPair()
    const mallory = await strangers.start()
    const { connection, stream } = await mallory.link(alice)
    await vi.waitFor(() => expect(alice.links()).toHaveLength(2), soon)
    for (let index = 0; index < 1_000 && stream.status === 'open'; index++) {
      if (index % 100 === 0) talk()
      stream.send(frame(Buffer.concat([Buffer.of(frameKinds.book), randomBytes(index % 90)])))
      stream.send(frame(Buffer.concat([Buffer.of(frameKinds.twin), randomBytes(index % 90)])))
      stream.send(frame(Buffer.of(99, 1, 2)))
      stream.send(frame(new Uint8Array(0)))
    }
    await vi.waitFor(() => expect(connection.status).not.toBe('open'), soon)
    for (let again = 0; again < 20; again++) {
      await expect(mallory.link(alice)).rejects.toThrow(/closed|reset|EOF|ended/i)
    }
    expect(alice.notices.map(({ notice }) => notice)).toEqual(['misbehaved'])
    await expectUnharmed()
  })

  it('contacts are only ever names that nobody answers to', async () => {
    const { alice, expectUnharmed } = await honestPair()
    const mallory = await strangers.start()
    const { stream } = await mallory.link(alice)
    const contact = (address: string): unknown => [randomBytes(32), 'x', [address], Date.now()]
    for (const address of [
      '',
      '/',
      '/ip4',
      '/dns/%00/tcp/1',
      '/unix/tmp',
      '/ip4/127.0.0.1/tcp/1',
      '/ip4/0.0.0.0/udp/5',
    ]) {
      stream.send(frame(Buffer.concat([Buffer.of(frameKinds.book), encode([contact(address)])])))
    }
    await vi.waitFor(() => expect(alice.counters()['framesBookIn']).toBeGreaterThanOrEqual(7), soon)
    await expectUnharmed()
  })
})

describe('a thousand bad messages by gossip', () => {
  it('are dropped where they are no messages at all', async () => {
    const { alice, talk, expectUnharmed } = await honestPair()
    const mallory = await strangers.start()
    const { connection } = await mallory.link(alice, { gossips: true })
    const stream = await connection.newStream('/meshsub/1.2.0')
    for (let index = 0; index < 1_000; index++) {
      if (index % 100 === 0) talk()
      stream.send(frame(randomBytes(index % 300)))
    }
    await vi.waitFor(() => expect(stream.writeBufferLength).toBe(0), soon)
    await expectUnharmed()
  })

  it('cost their sender the link where no member may take them', async () => {
    const { alice, talk, expectUnharmed } = await honestPair()
    const mallory = await strangers.start()
    const { connection } = await mallory.link(alice, { gossips: true })
    const stream = await connection.newStream('/meshsub/1.2.0')
    for (let index = 0; index < 1_000 && stream.status === 'open'; index++) {
      if (index % 100 === 0) talk()
      const messages = [{ topic, data: randomBytes(100) }]
      stream.send(frame(RPC.encode({ subscriptions: [], messages })))
    }
    await vi.waitFor(() => expect(connection.status).not.toBe('open'), soon)
    expect(alice.notices.map(({ notice }) => notice)).toEqual(['misbehaved'])
    await expectUnharmed()
  })

  it('of topics that nobody has leave no trace', async () => {
    const { alice, expectUnharmed } = await honestPair()
    const mallory = await strangers.start()
    const { connection } = await mallory.link(alice, { gossips: true })
    const stream = await connection.newStream('/meshsub/1.2.0')
    for (let index = 0; index < 1_000; index++) {
      const novel = `/novel/${index}`
      const messages = [{ topic: novel, data: randomBytes(100) }]
      stream.send(
        frame(RPC.encode({ subscriptions: [{ subscribe: true, topic: novel }], messages })),
      )
    }
    await vi.waitFor(() => expect(stream.writeBufferLength).toBe(0), soon)
    expect(alice.heard.filter(({ from }) => from !== alice.links()[0]?.peer)).toEqual([])
    await expectUnharmed()
  })

  it('are not listened to before the sender was introduced', async () => {
    const { alice, expectUnharmed } = await honestPair()
    const mallory = await strangers.start()
    const connection = await mallory.connect(alice)
    const stream = await connection.newStream('/meshsub/1.2.0')
    const messages = [{ topic, data: Buffer.from('honest, says mallory') }]
    stream.send(frame(RPC.encode({ subscriptions: [], messages })))
    await vi.waitFor(() => expect(connection.status).not.toBe('open'), soon)
    expect(alice.heard.map(({ bytes }) => Buffer.from(bytes).toString())).not.toContain(
      'honest, says mallory',
    )
    await expectUnharmed()
  })
})

describe('other protocols', () => {
  it('of ours stand garbage', async () => {
    const { alice, expectUnharmed } = await honestPair()
    const mallory = await strangers.start()
    const { connection } = await mallory.link(alice)
    for (let index = 0; index < 1_000; index++) {
      const stream = await connection.newStream('/grapevine/pulse/1').catch(() => undefined)
      if (stream?.status === 'open') stream.send(randomBytes(1 + (index % 200)))
      stream?.abort(new Error('enough'))
    }
    await expectUnharmed()
    expect(alice.notices).toEqual([])
  })

  it.each(['/floodsub/1.0.0', '/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0', '/ipfs/ping/1.0.0'])(
    'are not spoken: %s',
    async (protocol) => {
      const { alice } = await honestPair()
      const mallory = await strangers.start()
      const { connection } = await mallory.link(alice)
      await expect(connection.newStream(protocol)).rejects.toThrow(/could not negotiate/)
    },
  )
})

describe('a key', () => {
  it.each(['secp256k1', 'RSA'] as const)('of the kind %s is not let in', async (type) => {
    const { alice, expectUnharmed } = await honestPair()
    const mallory = await strangers.start({ privateKey: await generateKeyPair(type as 'RSA') })
    await expect(mallory.link(alice)).rejects.toThrow(/closed|reset|EOF|ended/i)
    expect(alice.counters()['connectionsRefused']).toBe(1)
    await expectUnharmed()
  })
})
