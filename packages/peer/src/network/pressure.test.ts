import { afterEach, describe, expect, it, vi } from 'vitest'
import { limits } from '@grapevine/core'
import { createNetworks, seedOf } from '../../test/networks.js'
import type { TestNetwork, TestNetworkOptions } from '../../test/networks.js'
import { createStrangers } from '../../test/strangers.js'

const networks = createNetworks()
const strangers = createStrangers()
afterEach(async () => {
  await networks.closeAll()
  await strangers.stopAll()
})

const soon = { timeout: 20_000, interval: 20 }
const megabyte = 1024 * 1024

async function linkedPair(
  ofAlice: TestNetworkOptions,
  ofBob: TestNetworkOptions,
): Promise<readonly [TestNetwork, TestNetwork]> {
  const bob = await networks.start({ gossip: false, ...ofBob })
  const alice = await networks.start({ gossip: false, seeds: seedOf(bob), ...ofAlice })
  await vi.waitFor(() => {
    expect(alice.links()).toHaveLength(1)
    expect(bob.links()).toHaveLength(1)
  }, soon)
  return [alice, bob]
}

/** A handler that takes nothing until it is told to. */
function gate() {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

describe('a fast sender and a slow handler', () => {
  it('use no more memory than the queue and the windows between them, and nothing taken is lost', async () => {
    const { opened, open } = gate()
    const sizes: number[] = []
    const [alice, bob] = await linkedPair(
      {},
      {
        async onReceived(bytes) {
          await opened
          sizes.push(bytes.length)
        },
      },
    )
    const page = Buffer.alloc(limits.pageBytesMax, 1)
    const before = process.memoryUsage()
    let taken = 0
    const refusedEnough = (): boolean => alice.counters()['framesDropped']! >= 20_000
    await vi.waitUntil(
      () => {
        for (let index = 0; index < 500; index++) if (alice.send(bob.peer, page)) taken += 1
        return refusedEnough()
      },
      { timeout: 30_000, interval: 1 },
    )
    const after = process.memoryUsage()
    // More than a gigabyte was offered.
    expect(taken * page.length).toBeLessThan(24 * megabyte)
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64 * megabyte)
    expect(bob.received).toHaveLength(1)
    open()
    await vi.waitFor(() => expect(sizes).toHaveLength(taken), soon)
    expect(new Set(sizes)).toEqual(new Set([page.length]))
  })

  it('part where nothing moves for too long, and find each other again', async () => {
    const { opened, open } = gate()
    const [alice, bob] = await linkedPair(
      { timing: { stallMs: 300 } },
      { onReceived: () => opened },
    )
    const page = Buffer.alloc(limits.pageBytesMax)
    await vi.waitUntil(() => {
      while (alice.send(bob.peer, page)) continue
      return alice.counters()['linksStalled'] === 1
    }, soon)
    expect(alice.unlinked).toHaveLength(1)
    open()
    await vi.waitFor(() => expect(alice.links()).toHaveLength(1), soon)
  })
})

describe('a frame', () => {
  it('of the greatest size passes, and one beyond it is not sent', async () => {
    const [alice, bob] = await linkedPair({}, {})
    const largest = Buffer.alloc(limits.frameBytesMax, 7)
    expect(alice.send(bob.peer, Buffer.alloc(limits.frameBytesMax + 1))).toBe(false)
    expect(alice.send(bob.peer, largest)).toBe(true)
    expect(alice.send(bob.peer, Buffer.of(1))).toBe(true)
    await vi.waitFor(() => expect(bob.received).toHaveLength(2), soon)
    expect(Buffer.compare(bob.received[0]!.bytes, largest)).toBe(0)
    expect(alice.links()).toHaveLength(1)
  })

  it('beyond the greatest size ends the link of whoever announces it, before a byte of it is kept', async () => {
    const alice = await networks.start()
    const mallory = await strangers.start()
    const { connection, stream } = await mallory.link(alice)
    await vi.waitFor(() => expect(alice.links()).toHaveLength(1), soon)
    stream.send(Buffer.from([0xff, 0xff, 0xff, 0x7f]))
    await vi.waitFor(() => expect(connection.status).not.toBe('open'), soon)
    expect(alice.links()).toEqual([])
    expect(alice.counters()['strikes']).toBe(1)
  })

  it('cannot be sent to whoever is not linked', async () => {
    const alice = await networks.start()
    const bob = await networks.start()
    expect(alice.send(bob.peer, Buffer.of(1))).toBe(false)
  })
})

describe('without gossip', () => {
  it('what is published goes to every link by its stream, and no further', async () => {
    const [alice, bob] = await linkedPair({}, {})
    const carol = await networks.start({ gossip: true, seeds: seedOf(bob) })
    await vi.waitFor(() => {
      for (const network of [alice, bob, carol]) expect(network.links()).toHaveLength(2)
    }, soon)
    alice.publish(Buffer.from('from alice'))
    carol.publish(Buffer.from('from carol'))
    await vi.waitFor(() => {
      expect(carol.received.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([
        'from alice',
      ])
      expect(alice.received).toHaveLength(1)
      expect(bob.received).toHaveLength(2)
    }, soon)
    expect(alice.counters()['gossipMessagesIn']).toBe(0)
  })
})
