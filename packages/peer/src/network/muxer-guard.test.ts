import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createNetworks, seedOf } from '../../test/networks.js'
import { createStrangers } from '../../test/strangers.js'
import type { Stranger } from '../../test/strangers.js'
import { frameCounter } from './muxer-guard.js'

const networks = createNetworks()
const strangers = createStrangers()
afterEach(async () => {
  await networks.closeAll()
  await strangers.stopAll()
})

const soon = { timeout: 20_000, interval: 20 }

/** The head of a frame of the muxer: data has type 0, a ping has type 2. */
function head(type: number, length: number, flag = 0): Buffer {
  const bytes = Buffer.alloc(12)
  bytes[1] = type
  bytes.writeUInt16BE(flag, 2)
  bytes.writeUInt32BE(length, 8)
  return bytes
}

describe('heads of frames', () => {
  it('are counted in whatever pieces they come', () => {
    const frames = [
      head(0, 30),
      Buffer.alloc(30, 9),
      head(2, 4_000_000_000),
      head(1, 7),
      head(0, 0),
    ]
    const bytes = Buffer.concat(frames)
    const cuts = fc.array(fc.nat(bytes.length), { maxLength: 8 })
    fc.assert(
      fc.property(cuts, (list) => {
        const count = frameCounter(1_000)
        const at = [0, ...list.toSorted((a, b) => a - b), bytes.length]
        const counts = at.slice(1).map((end, index) => count(bytes.subarray(at[index], end)) ?? NaN)
        expect(counts.reduce((sum, each) => sum + each, 0)).toBe(4)
      }),
    )
  })

  it('tell a frame that is too long before its body comes', () => {
    expect(frameCounter(1_000)(head(0, 1_001))).toBeUndefined()
    expect(frameCounter(1_000)(head(0, 1_000))).toBe(1)
  })
})

/** What lies below the streams of a connection; libp2p shows it to nobody. */
function belowStreams(connection: Awaited<ReturnType<Stranger['connect']>>): {
  send(bytes: Uint8Array): boolean
  pause(): void
} {
  const { muxer } = connection as unknown as {
    muxer: { maConn: ReturnType<typeof belowStreams> }
  }
  return muxer.maConn
}

describe('a connection', () => {
  it('ends with a frame that is too long, whoever sends it', async () => {
    const alice = await networks.start()
    const mallory = await strangers.start()
    const { connection } = await mallory.link(alice)
    await vi.waitFor(() => expect(alice.links()).toHaveLength(1), soon)
    belowStreams(connection).send(Buffer.concat([head(0, 0xff_ff_ff_ff), Buffer.alloc(1_000)]))
    await vi.waitFor(() => expect(connection.status).not.toBe('open'), soon)
    expect(alice.links()).toEqual([])
  })

  it('with pings without end is held still, and others are served meanwhile', async () => {
    const alice = await networks.start({
      budgets: { connectionFrames: { burst: 500, perSecond: 50 } },
    })
    const bob = await networks.start({ seeds: seedOf(alice) })
    const mallory = await strangers.start()
    const { connection } = await mallory.link(alice)
    await vi.waitFor(() => expect(alice.links()).toHaveLength(2), soon)
    const below = belowStreams(connection)
    const pings = Buffer.concat(Array.from({ length: 1_000 }, (_, index) => head(2, index, 1)))
    const before = process.memoryUsage()
    let isFull = false
    // It reads none of the answers.
    below.pause()
    await vi.waitUntil(
      () => {
        for (let index = 0; index < 50 && !isFull; index++) isFull = !below.send(pings)
        return isFull
      },
      { timeout: 20_000, interval: 1 },
    )
    const after = process.memoryUsage()
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(32 * 1024 * 1024)
    for (let index = 0; index < 20; index++) bob.send(alice.peer, Buffer.of(index))
    await vi.waitFor(() => expect(alice.received).toHaveLength(20), { timeout: 2_000, interval: 5 })
    connection.abort(new Error('enough'))
  })

  it('that is full for long comes through whole, as slowly as it may', async () => {
    const budgets = { connectionBytes: { burst: 256 * 1024, perSecond: 8 * 1024 * 1024 } }
    const alice = await networks.start({ gossip: false, budgets })
    const bob = await networks.start({ gossip: false, seeds: seedOf(alice) })
    await vi.waitFor(() => expect(bob.links()).toHaveLength(1), soon)
    const page = Buffer.alloc(64 * 1024, 7)
    const startedMs = performance.now()
    let taken = 0
    await vi.waitUntil(
      () => {
        while (taken < 256 && bob.send(alice.peer, page)) taken += 1
        return taken === 256
      },
      { timeout: 20_000, interval: 1 },
    )
    await vi.waitFor(() => expect(alice.received).toHaveLength(256), soon)
    expect(performance.now() - startedMs).toBeGreaterThan(1_800)
    expect([alice.unlinked, bob.unlinked]).toEqual([[], []])
  })
})
