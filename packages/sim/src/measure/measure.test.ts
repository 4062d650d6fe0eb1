import { describe, expect, it } from 'vitest'
import { messageTypes } from '../../../core/src/message.js'
import { bytesOf, calm, tell } from '../../test/told.js'
import { frameTypes } from './figures.js'
import { frameTypeOf } from './traffic.js'

const typeOf = (name: string): number => frameTypes.findIndex((type) => type === name)

describe('measure of the spread', () => {
  it('counts from the write until the others held it', () => {
    const mesh = tell()
    const written = mesh.write(0, 1000)
    for (const [peer, at] of [
      [1, 1030],
      [2, 1060],
      [3, 1090],
    ] as const) {
      mesh.gossip(peer, written, 1, at)
    }
    const { to50, to99, to100 } = mesh.measure.figures().spread
    expect(to50.ms).toEqual({ p50: 60, p99: 60, max: 60 })
    expect(to99.ms.p50).toBe(90)
    expect(to100.ms.max).toBe(90)
    expect(to100.latencies.max, 'links take 30 ms').toBe(3)
  })

  it('gives the median and the worst of all updates', () => {
    const mesh = tell({ ...calm, peers: 2 })
    for (const after of [10, 20, 30]) {
      const at = after * 100
      mesh.gossip(1, mesh.write(0, at), 1, at + after)
    }
    const { spread, curve } = mesh.measure.figures()
    expect(spread.to100.ms).toEqual({ p50: 20, p99: 30, max: 30 })
    expect([curve.best, curve.median, curve.worst].map((times) => times.at(-1))).toEqual([
      10, 20, 30,
    ])
  })

  it('says null where an update never came to somebody who is there at the end', () => {
    const mesh = tell({ ...calm, peers: 3 })
    mesh.gossip(1, mesh.write(0, 0), 1, 50)
    const { spread, curve, delivery } = mesh.measure.figures()
    expect([spread.to50.ms.max, spread.to100.ms.max]).toEqual([50, null])
    expect([curve.worst[0], curve.worst.at(-1)]).toEqual([50, null])
    expect(delivery.missing).toBe(1)
  })

  it('does not wait for who was down at the write, nor for who left before it came', () => {
    const mesh = tell()
    mesh.down(3, 500)
    const written = mesh.write(0, 1000)
    mesh.down(2, 1010)
    mesh.gossip(1, written, 1, 1040)
    const { spread, delivery } = mesh.measure.figures()
    expect(spread.to100.ms.max).toBe(40)
    expect(delivery.missing).toBe(0)
  })

  it('measures nothing of what hostile peers write or hold', () => {
    const mesh = tell({ ...calm, hostile: 1 })
    const forged = mesh.write(3, 0)
    for (const peer of [1, 2]) mesh.gossip(peer, forged, 1, 30)
    const { updates, peers } = mesh.measure.figures()
    expect([updates.written, peers]).toEqual([0, 3])
  })
})

describe('measure of gossip', () => {
  it('counts hops at the first reception, and no others', () => {
    const mesh = tell()
    const written = mesh.write(0, 0)
    mesh.gossip(1, written, 1, 10)
    mesh.gossip(2, written, 2, 20)
    mesh.gossip(2, written, 3, 30)
    mesh.gossip(3, written, 2, 40)
    const { hops } = mesh.measure.figures()
    expect(hops.counts).toEqual([0, 1, 2])
    expect(hops).toMatchObject({ mean: 5 / 3, p50: 2, max: 2 })
  })

  it('counts every copy, and one for what a session brought', () => {
    const mesh = tell()
    const written = mesh.write(0, 0)
    mesh.gossip(1, written, 1, 10)
    mesh.gossip(1, written, 2, 20)
    mesh.gossip(2, written, 1, 30)
    mesh.session(3, [written], 900)
    const { copies, delivery } = mesh.measure.figures()
    expect(copies.perPeer, '4 receptions by 3 peers').toBeCloseTo(4 / 3)
    expect(delivery.gossipShare).toBeCloseTo(2 / 3)
    expect(delivery.received).toBe(3)
  })

  it('takes a release that gossip had brought and a session made ready for gossip', () => {
    const mesh = tell({ ...calm, peers: 2 })
    const first = mesh.write(0, 0)
    const second = mesh.write(0, 10)
    const frame = { bytes: second.frame, isGossip: true, hops: 1 }
    mesh.measure.arrived!({ ...frame, from: mesh.peers[0]!.node, to: mesh.peers[1]!.node }, 20)
    mesh.session(1, [first, second], 100)
    expect(mesh.measure.figures().delivery.gossipShare).toBe(0.5)
  })

  it('believes the clock after a snapshot', () => {
    const mesh = tell({ ...calm, peers: 2 })
    const written = [mesh.write(0, 0), mesh.write(0, 100)]
    mesh.snapshot(1, written, 500)
    const { spread, delivery } = mesh.measure.figures()
    expect(spread.to100.ms.max).toBe(500)
    expect(delivery).toMatchObject({ gossipShare: 0, received: 2, missing: 0 })
  })
})

describe('measure of bytes', () => {
  it('knows the types of frames in the order that the wire has', () => {
    expect(frameTypes).toEqual([...messageTypes, 'other'])
  })

  it('reads the type of a frame from its second byte, and trusts nothing', () => {
    expect(frameTypeOf(bytesOf(typeOf('delta'), 50))).toBe('delta')
    expect(frameTypeOf(new Uint8Array())).toBe('other')
    expect(frameTypeOf(Uint8Array.of(0x82))).toBe('other')
    expect(frameTypeOf(Uint8Array.of(0x82, 0xff, 3))).toBe('other')
    expect(frameTypeOf(Uint8Array.of(0x00, 0x00))).toBe('other')
  })

  it('tells what an update costs from what goes on without one', () => {
    const mesh = tell({ ...calm, peers: 2 })
    mesh.gossip(1, mesh.write(0, 0), 1, 10)
    mesh.frame(0, 1, typeOf('release'), 300, 10)
    mesh.frame(0, 1, typeOf('delta'), 100, 20)
    mesh.frame(0, 1, typeOf('summary'), 105, 30)
    mesh.frame(1, 0, typeOf('presence'), 50, 40)
    mesh.lost('loss', 10_000)
    const { bytes, lostFrames } = mesh.measure.figures()
    expect(bytes.perUpdate).toBe(400)
    expect(bytes.idleSessionPerSecond, '105 sent and received in 2 × 10 s').toBe(10.5)
    expect(bytes.idlePresencePerSecond).toBe(5)
    expect(bytes.byType.map(({ type }) => type)).toEqual([
      'release',
      'summary',
      'delta',
      'presence',
    ])
    expect(lostFrames.loss).toBe(1)
  })
})

describe('measure of partitions', () => {
  const cut = { do: 'partition', shape: 'one', forMs: 1000, salt: 1 } as const

  it('counts the writes on each side and the time until all is everywhere', () => {
    const mesh = tell()
    mesh.plan(2, cut, 1000)
    const alone = mesh.write(2, 1500)
    const others = [mesh.write(0, 1600), mesh.write(1, 1700)]
    for (const [peer, missing] of [
      [0, [others[1]!]],
      [1, [others[0]!]],
      [3, others],
    ] as const) {
      for (const written of missing) mesh.gossip(peer, written, 1, 1750)
      mesh.session(peer, [alone], 2100 + peer * 100)
    }
    mesh.session(2, others, 2250)
    expect(mesh.measure.figures().partitions).toEqual([
      { shape: 'one', fromMs: 1000, toMs: 2000, writes: [1, 2], healMs: 400, isDisturbed: false },
    ])
  })

  it('does not wait for who was not there when it ended', () => {
    const mesh = tell()
    mesh.plan(2, cut, 1000)
    const written = mesh.write(2, 1500)
    mesh.down(3, 1900)
    mesh.plan(1, { do: 'away', forMs: 5000 }, 1950)
    mesh.session(0, [written], 2300)
    mesh.up(3, 'restarted', 5000)
    mesh.session(3, [written], 6000)
    mesh.session(1, [written], 7000)
    expect(mesh.measure.figures().partitions[0]!.healMs).toBe(300)
  })

  it('says null where it never healed', () => {
    const mesh = tell()
    mesh.plan(2, cut, 1000)
    mesh.write(2, 1500)
    mesh.lost('cut', 9000)
    expect(mesh.measure.figures().partitions[0]!.healMs).toBeNull()
  })

  it('ends them all when everything heals, and marks those that overlap', () => {
    const mesh = tell()
    mesh.plan(2, { ...cut, forMs: 500 }, 1000)
    mesh.plan(1, { ...cut, forMs: 9000 }, 1200)
    mesh.measure.healed!(3000)
    const partitions = mesh.measure.figures().partitions
    expect(partitions.map(({ toMs }) => toMs)).toEqual([1500, 3000])
    expect(partitions.map(({ isDisturbed }) => isDisturbed)).toEqual([true, false])
  })
})

describe('measure of what goes away', () => {
  it('measures a cold join until the newcomer holds what there was', () => {
    const mesh = tell({ ...calm, peers: 3 })
    mesh.down(2, 10)
    const old = [mesh.write(0, 100), mesh.write(0, 200)]
    for (const written of old) mesh.gossip(1, written, 1, 250)
    mesh.up(2, 'lost', 1000)
    const young = mesh.write(0, 1100)
    mesh.session(2, [old[0]!], 1200, 300)
    mesh.session(2, [old[1]!], 1300, 350)
    mesh.gossip(2, young, 1, 1400)
    expect(mesh.measure.figures().joins).toEqual([
      { name: 'peer-2', atMs: 1000, tookMs: 300, bytes: 650, lackedBytes: 400 },
    ])
  })

  it('counts no update that a limit took away', () => {
    const mesh = tell({ ...calm, peers: 2 })
    const kept = mesh.write(0, 0)
    const gone = mesh.write(0, 100)
    mesh.gossip(1, kept, 1, 20)
    mesh.gossip(1, gone, 1, 150)
    mesh.voided(1, gone, 300)
    const { updates, spread } = mesh.measure.figures()
    expect(updates).toEqual({ written: 2, voided: 1, lost: 0, gone: 0 })
    expect(spread.to100.ms.max).toBe(20)
  })

  it('counts neither half of a fork', () => {
    const clone = { at: 0, who: 0, do: 'clone' } as const
    const mesh = tell({ ...calm, peers: 2, events: [clone] }, 3)
    mesh.peers[2]!.id = mesh.peers[0]!.id
    mesh.up(2, 'cloned', 10)
    mesh.write(0, 100)
    mesh.write(2, 110)
    expect(mesh.measure.figures().updates).toEqual({ written: 2, voided: 2, lost: 0, gone: 0 })
  })

  it('does not call lost what the only disk that had it took along', () => {
    const mesh = tell()
    mesh.write(0, 100)
    mesh.down(0, 110)
    mesh.peers[0]!.clock.clear()
    mesh.up(0, 'lost', 500)
    mesh.write(1, 600)
    mesh.plan(1, { do: 'leave' }, 700)
    mesh.down(1, 700)
    mesh.lost('loss', 900)
    const { updates, delivery, lacking } = mesh.measure.figures()
    expect(updates).toEqual({ written: 2, voided: 0, lost: 0, gone: 2 })
    expect(delivery.missing).toBe(0)
    expect(lacking.rows[2]!.cells.at(-1), 'nobody lacks it any more').toBe(0)
  })

  it('names an acknowledged write lost when nobody holds it any more', () => {
    const mesh = tell({ ...calm, peers: 2 })
    mesh.write(0, 100)
    mesh.down(0, 110)
    mesh.peers[0]!.clock.clear()
    mesh.up(0, 'restarted', 500)
    expect(mesh.measure.figures().updates).toEqual({ written: 1, voided: 0, lost: 1, gone: 0 })
    // Its number is free again, and the next write is another update.
    mesh.gossip(1, mesh.write(0, 1000), 1, 1020)
    mesh.up(0, 'restarted', 1100)
    expect(mesh.measure.figures().updates).toEqual({ written: 2, voided: 0, lost: 1, gone: 0 })
    expect(mesh.measure.figures().spread.to100.ms.max).toBe(20)
  })
})

describe('measure over time', () => {
  it('gives the mean number of releases that each peer lacked in each piece of time', () => {
    // 9,600 ms foreseen make pieces of 100 ms.
    const mesh = tell({ ...calm, peers: 2 })
    const first = mesh.write(0, 100)
    const second = mesh.write(0, 150)
    mesh.gossip(1, first, 1, 175)
    mesh.gossip(1, second, 1, 225)
    mesh.lost('loss', 400)
    const { rows, isAll } = mesh.measure.figures().lacking
    expect(isAll).toBe(true)
    expect(rows.map(({ name }) => name)).toEqual(['peer-0', 'peer-1'])
    expect(rows[0]!.cells).toEqual([0, 0, 0, 0])
    expect(rows[1]!.cells).toEqual([0, 1.25, 0.25, 0])
  })

  it('shows who was not running', () => {
    const mesh = tell({ ...calm, peers: 2 })
    mesh.down(1, 100)
    mesh.write(0, 210)
    mesh.up(1, 'restarted', 350)
    mesh.lost('loss', 500)
    expect(mesh.measure.figures().lacking.rows[1]!.cells).toEqual([0, -1, -1, 1, 1])
  })

  it('joins pieces of time when a run takes longer, and keeps all sums', () => {
    const mesh = tell({ ...calm, peers: 2 })
    for (let at = 0; at < 60_000; at += 500) {
      const written = mesh.write(0, at)
      mesh.gossip(1, written, 1, at + 250)
      mesh.frame(0, 1, typeOf('release'), 100, at + 250)
    }
    const { timeline, lacking } = mesh.measure.figures()
    expect(timeline.bucketMs).toBe(800)
    expect(timeline.writes.length).toBeLessThanOrEqual(120)
    expect(timeline.writes.reduce((sum, count) => sum + count, 0)).toBe(120)
    const bytes = timeline.updateBytesPerSecond.reduce((sum, rate) => sum + rate * 0.8, 0)
    expect(bytes).toBeCloseTo(12_000)
    const cells = lacking.rows[1]!.cells.slice(0, 70)
    expect(cells.reduce((sum, cell) => sum + cell, 0) / cells.length).toBeCloseTo(0.5, 1)
  })

  it('keeps at most sixty rows: those who lacked most, and some from the middle', () => {
    const mesh = tell({ ...calm, peers: 300 })
    const written = mesh.write(0, 0)
    for (let peer = 1; peer < 300; peer++) mesh.gossip(peer, written, 1, peer * 10)
    const { rows, isAll } = mesh.measure.figures().lacking
    expect([rows.length, isAll]).toEqual([60, false])
    expect(rows[0]!.name).toBe('peer-299')
    const middle = rows
      .filter(({ group }) => group === 'middle')
      .map(({ name }) => Number(name.slice(5)))
    expect(middle).toHaveLength(20)
    expect(Math.abs(middle[10]! - 150)).toBeLessThan(5)
  })

  it('writes each fault in one line, with its time', () => {
    const mesh = tell()
    mesh.plan(1, { do: 'crash', unsynced: 'torn', downMs: 2000 }, 100)
    mesh.plan(0, { do: 'clock', offsetMs: -3_600_000 }, 200)
    mesh.plan(0, { do: 'seal' }, 300)
    mesh.measure.healed!(1000)
    expect(mesh.measure.figures().faults).toEqual([
      {
        kind: 'crash',
        text: 'bob crashes, unsynced writes torn, back after 2 s',
        fromMs: 100,
        toMs: 1000,
      },
      { kind: 'clock', text: 'alice has its clock 1 h slow', fromMs: 200, toMs: 200 },
    ])
  })
})

describe('measure at the end', () => {
  it('lists conflicts with who wrote what', () => {
    const mesh = tell()
    const release = (peer: number, ms: number) => ({
      peer: mesh.peers[peer]!.node.peer,
      stamp: { ms, counter: 0 },
    })
    mesh.peers[0]!.conflicts = [
      {
        key: 'shop/banner',
        value: 'Sale!',
        release: release(1, 20),
        others: [{ value: new Uint8Array(7), release: release(2, 10) }],
      },
    ]
    expect(mesh.measure.figures().conflicts).toEqual({
      count: 1,
      listed: [
        {
          key: 'shop/banner',
          shown: { value: '"Sale!"', by: 'peer-1', stampMs: 20 },
          others: [{ value: '000000000000… (7 bytes)', by: 'peer-2', stampMs: 10 }],
        },
      ],
    })
  })

  it('has figures for a run in which nothing happened', () => {
    const { spread, hops, copies, bytes, lacking } = tell().measure.figures()
    expect(spread.to100.ms.max).toBeNull()
    expect(hops).toMatchObject({ counts: [], mean: null, p99: null })
    expect(copies).toMatchObject({ perPeer: null, counts: [] })
    expect(bytes).toMatchObject({ perUpdate: null, release: null })
    expect(lacking.rows).toEqual([])
  })
})
