import { describe, expect, it } from 'vitest'
import { BadInput } from './bad-input.js'
import { parseFaults } from './faults.js'
import type { PlannedDeed } from '../plan.js'
import { planRehearsal } from './rehearsal.js'
import type { Wishes } from './wishes.js'

const writesOf = (wishes: Wishes, seed = 1): readonly PlannedDeed<'write'>[] =>
  planRehearsal(wishes, seed).events.filter((event) => event.do === 'write')

describe('rehearsal', () => {
  it('is the same for the same seed, and another one for another', () => {
    const wishes = { peers: 20, faults: parseFaults('crash=3,partition=halves', 'x') }
    expect(planRehearsal(wishes, 5)).toEqual(planRehearsal(wishes, 5))
    expect(planRehearsal(wishes, 5).events).not.toEqual(planRehearsal(wishes, 6).events)
  })

  it('is plain JSON with its events in order of time', () => {
    const plan = planRehearsal({ faults: parseFaults('rolling,crash=3,hostile=1', 'x') }, 5)
    const times = plan.events.map(({ at }) => at)
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times.at(-1)).toBeLessThan(plan.safetyMs)
  })

  it('writes about as often as it should, by so many writers, on so many keys', () => {
    const writes = writesOf({ peers: 40, writers: 4, writesPerSecond: 5, keys: 30, forMs: 60_000 })
    expect(writes.length).toBeGreaterThan(240)
    expect(writes.length).toBeLessThan(360)
    expect(new Set(writes.map(({ who }) => who)).size).toBe(4)
    expect(
      new Set(writes.flatMap(({ put, remove }) => [...put, ...remove])).size,
    ).toBeLessThanOrEqual(30)
  })

  it('puts several keys together now and then, and sometimes removes one', () => {
    const writes = writesOf({})
    expect(writes.some(({ put }) => put.length > 1)).toBe(true)
    expect(writes.some(({ remove }) => remove.length > 0)).toBe(true)
    for (const { put, remove } of writes) {
      const keys = [...put, ...remove]
      expect(keys.length).toBeGreaterThan(0)
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  it('is only quiet where nobody wants to write', () => {
    expect(writesOf({ writers: 0 })).toEqual([])
    expect(writesOf({ writesPerSecond: 0 })).toEqual([])
  })

  it('lets no hostile peer write', () => {
    const writes = writesOf({ peers: 6, writers: 4, faults: parseFaults('hostile=2', 'x') })
    expect(writes.every(({ who }) => who < 4)).toBe(true)
  })

  it.each([
    [20, { links: 19, degree: 4, floodPublish: true }],
    [33, { links: 12, degree: 6, floodPublish: true, holdMs: 0 }],
    [1000, { links: 12, degree: 6, floodPublish: false, holdMs: 0 }],
  ])('connects %d peers as meshes of that size should be', (peers, overlay) => {
    expect(planRehearsal({ peers }, 1).overlay).toMatchObject(overlay)
  })

  it('waits for a round trip before it forwards, between 5 and 30 ms', () => {
    const holdMs = (delayMs: number): number => planRehearsal({ delayMs }, 1).overlay.holdMs
    expect([holdMs(0.5), holdMs(5), holdMs(50)]).toEqual([5, 21.2, 30])
  })

  it('deals the peers out to places where there are several', () => {
    expect(planRehearsal({ regions: 2, betweenMs: 30 }, 1).overlay).toMatchObject({
      topology: 'regions',
      regions: 2,
      regionDelayMs: 30,
    })
    expect(planRehearsal({ topology: 'regions' }, 1).overlay.regions).toBe(3)
  })

  it('asks for no more than a minute of work from a crowd that was not told more', () => {
    for (const peers of [20, 1000, 3000, 10_000]) {
      const deliveries = writesOf({ peers }).length * peers
      expect(deliveries).toBeLessThan(200_000)
    }
  })

  it('gives long roads longer to settle', () => {
    const settleMs = (wishes: Wishes): number => planRehearsal(wishes, 1).livenessMs
    expect(settleMs({})).toBe(60_000)
    expect(settleMs({ peers: 200, topology: 'line' })).toBeGreaterThan(600_000)
    expect(settleMs({ peers: 200, topology: 'line', settleMs: 5000 })).toBe(5000)
  })

  it('gives slow frames and slow disks longer, whoever made them slow', () => {
    const settleMs = (faults: string, wishes: Wishes = {}): number =>
      planRehearsal({ ...wishes, faults: parseFaults(faults, 'x') }, 1).livenessMs
    for (const slow of ['delay=1min', 'delay=1min@10s..20s', 'clog=1%:1min@10s..20s']) {
      expect(settleMs(slow)).toBeGreaterThan(80_000)
    }
    expect(settleMs('none', { syncMs: 10_000 })).toBeGreaterThan(300_000)
  })

  it.each<[Wishes, string]>([
    [{ peers: 3, writers: 4 }, 'writers: there are only 3 honest peers, write 3 or fewer'],
    [{ betweenMs: 20 }, 'between: there is only one region, add --regions 2'],
    [
      { topology: 'regions', regions: 1 },
      'regions: a mesh of regions has more than one, write --regions 2 or more',
    ],
    [{ peers: 3, regions: 4 }, 'regions: there are only 3 peers, write 3 or fewer'],
    [
      { topology: 'ring', regions: 1, betweenMs: 3 },
      'between: there is only one region, add --regions 2',
    ],
    [
      { peers: 4, faults: parseFaults('hostile=3', 'x') },
      'x: hostile=3: of 4 peers two must be honest, write 2 or fewer',
    ],
    [
      { faults: parseFaults('hostile,hostile', 'x') },
      'x: hostile: hostile is there already, say it once for all of them',
    ],
    [
      { writesPerSecond: 100_000 },
      'rate: 6,000,000 writes are too many for one run, stay below 200,000 or shorten --for',
    ],
  ])('refuses wishes that contradict each other: %j', (wishes, message) => {
    expect(() => planRehearsal(wishes, 1)).toThrow(new BadInput(message))
  })
})
