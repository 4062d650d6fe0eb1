import { describe, expect, it } from 'vitest'
import { createNetwork } from './network.js'
import type { Network } from './network.js'
import type { Frame, Node } from '../observer.js'
import type { Plan, Weather } from '../plan.js'
import { createQueue } from './queue.js'
import type { Queue } from './queue.js'

const calm: Weather = {
  delayMinMs: 10,
  delayMeanMs: 0,
  lossShare: 0,
  duplicateShare: 0,
  duplicateLaterMs: 0,
  reorderShare: 0,
  truncateShare: 0,
  clogShare: 0,
  clogMs: 0,
  bytesPerSecond: 0,
}

interface Arrival {
  readonly at: number
  readonly first: number
  readonly size: number
}

interface Wire {
  readonly network: Network
  readonly queue: Queue
  readonly arrived: readonly Arrival[]
  readonly lost: readonly string[]
  /** Sends a frame that begins with this byte. */
  send(this: void, first: number, from?: number, to?: number, size?: number): void
  /** Lets time pass until then. */
  until(ms: number): void
}

function wire(change: Partial<Weather> = {}, overlay: object = {}): Wire {
  const queue = createQueue()
  const arrived: Arrival[] = []
  const lost: string[] = []
  const network = createNetwork({
    plan: {
      seed: 1,
      peers: 4,
      weather: { ...calm, ...change },
      overlay: { regions: 1, regionDelayMs: 0, ...overlay },
    } as Plan,
    queue,
    deliver: ({ bytes }) =>
      arrived.push({ at: queue.now(), first: bytes[0] ?? -1, size: bytes.length }),
    onLost: (_frame, why) => lost.push(why),
    onProbe: () => undefined,
  })
  const node = (index: number): Node => ({ index, isUp: index < 3 }) as Node
  return {
    network,
    queue,
    arrived,
    lost,
    send(first, from = 0, to = 1, size = 100) {
      const bytes = new Uint8Array(size).fill(first)
      network.send({
        from: node(from),
        to: node(to),
        bytes,
        isGossip: false,
        hops: 1,
      } satisfies Frame)
    },
    until(ms) {
      while (queue.step(ms));
    },
  }
}

const sendMany = ({ send }: Wire, count: number): void => {
  for (let index = 0; index < count; index++) send(index % 256)
}

describe('network', () => {
  it('delivers after the delay of the link', () => {
    const link = wire()
    link.send(1)
    link.until(100)
    expect(link.arrived).toEqual([{ at: 10, first: 1, size: 100 }])
  })

  it('keeps the order of a link, unless frames overtake', () => {
    const orders = [0, 1].map((reorderShare) => {
      const link = wire({ delayMeanMs: 50, reorderShare })
      sendMany(link, 100)
      link.until(10_000)
      return link.arrived.map(({ first }) => first)
    })
    const sent = Array.from({ length: 100 }, (_, index) => index)
    expect(orders[0]).toEqual(sent)
    expect(orders[1]).not.toEqual(sent)
    expect(orders[1]!.toSorted((a, b) => a - b)).toEqual(sent)
  })

  it('loses, repeats and truncates the shares that it should', () => {
    const link = wire({
      lossShare: 0.2,
      duplicateShare: 0.1,
      duplicateLaterMs: 3_600_000,
      truncateShare: 0.3,
    })
    sendMany(link, 5_000)
    link.until(3_700_000)
    const share = (count: number): number => Math.round((count / 5_000) * 20) / 20
    expect(share(link.lost.length)).toBe(0.2)
    expect(share(link.arrived.length)).toBe(0.9)
    expect(share(link.arrived.filter(({ size }) => size < 100).length)).toBe(0.25)
    expect(link.arrived.filter(({ at }) => at > 60_000).length).toBeGreaterThan(300)
  })

  it('makes large frames wait for a slow line, and drops what would wait too long', () => {
    const link = wire({ bytesPerSecond: 1_000 })
    link.send(1, 0, 1, 500)
    link.send(2, 0, 1, 500)
    link.send(3, 0, 1, 60_000)
    link.send(4)
    link.until(100_000)
    expect(link.arrived.map(({ at }) => at)).toEqual([510, 1_010, 61_010])
    expect(link.lost).toEqual(['full'])
  })

  it('stops a link that is clogged, and loses nothing', () => {
    const link = wire({ clogShare: 1, clogMs: 5_000 })
    sendMany(link, 10)
    link.until(60_000)
    expect(link.arrived.length).toBe(10)
    expect(link.arrived[0]!.at).toBeGreaterThan(10)
  })

  it('keeps the order of a link that is clogged again and again', () => {
    const link = wire({ clogShare: 0.3, clogMs: 5_000 })
    sendMany(link, 50)
    link.until(60_000)
    expect(link.arrived.map(({ first }) => first)).toEqual([...Array(50).keys()])
  })

  it('takes longer between regions', () => {
    const link = wire({}, { regions: 2, regionDelayMs: 40 })
    link.send(1, 0, 1)
    link.send(2, 0, 2)
    link.until(100)
    expect(link.arrived.map(({ at }) => at)).toEqual([10, 50])
  })

  it('cuts what is sent, and what is on its way, while a partition lasts', () => {
    const link = wire()
    link.send(1)
    link.network.partition('one', 0, 1, 1_000)
    link.send(2)
    link.until(1_000)
    link.send(3)
    link.until(2_000)
    expect([link.arrived.map(({ first }) => first), link.lost]).toEqual([[3], ['cut', 'cut']])
  })

  it('lets only one direction of a half-open link through', () => {
    const link = wire()
    link.network.trouble(0, 1, 'half-open', 1_000)
    link.send(1, 0, 1)
    link.send(2, 1, 0)
    link.until(500)
    expect(link.arrived.map(({ first }) => first)).toEqual([2])
  })

  it('lets a flapping link come and go', () => {
    const link = wire()
    link.network.trouble(0, 1, 'flapping', 30_000)
    for (let at = 0; at < 30_000; at += 500) link.queue.at(at, () => link.send(1))
    link.until(60_000)
    expect(link.arrived.length).toBeGreaterThan(20)
    expect(link.lost.length).toBeGreaterThan(20)
  })

  it('is silent where a link has another trouble beside', () => {
    const link = wire()
    link.network.trouble(0, 1, 'slow', 1_000)
    link.network.trouble(0, 1, 'down', 1_000)
    link.send(1)
    link.until(500)
    expect(link.lost).toEqual(['cut'])
  })

  it('makes no link faster that is slow', () => {
    const link = wire({ bytesPerSecond: 1_000 })
    link.network.trouble(0, 1, 'slow', 1_000)
    link.send(1, 0, 1, 500)
    link.until(1_000)
    expect(link.arrived.map(({ at }) => at)).toEqual([510])
  })

  it('puts one peer out of reach', () => {
    const link = wire()
    link.network.isolate(1, 1_000)
    link.send(1, 0, 1)
    link.send(2, 1, 2)
    link.send(3, 0, 2)
    link.until(500)
    expect(link.arrived.map(({ first }) => first)).toEqual([3])
  })

  it('loses what comes to a peer that is down', () => {
    const link = wire()
    link.send(1, 0, 3)
    link.until(500)
    expect(link.lost).toEqual(['down'])
  })

  it('changes the weather for a while', () => {
    const link = wire()
    link.network.change({ lossShare: 1 }, 1_000)
    link.send(1)
    link.until(1_000)
    link.send(2)
    link.until(2_000)
    expect(link.arrived.map(({ first }) => first)).toEqual([2])
  })

  it('delivers everything once it has healed', () => {
    const link = wire({ lossShare: 1, duplicateShare: 1, truncateShare: 1 })
    link.network.partition('halves', 0, 1, 100_000)
    link.network.trouble(0, 1, 'down', 100_000)
    link.network.heal()
    sendMany(link, 20)
    link.until(1_000)
    expect(link.arrived.map(({ size }) => size)).toEqual(Array(20).fill(100))
  })

  it('lets nothing that was sent before it healed stand in the way', () => {
    const link = wire()
    link.network.trouble(0, 1, 'slow', 1_000)
    link.send(1, 0, 1, 800_000)
    link.network.heal()
    link.send(2)
    link.until(1_000)
    expect(link.arrived).toEqual([{ at: 10, first: 2, size: 100 }])
  })
})
