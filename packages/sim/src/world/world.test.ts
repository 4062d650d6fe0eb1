import * as core from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { calmPlan } from '../../test/calm-plan.js'
import { createDoer } from './deeds.js'
import type { Observer } from '../observer.js'
import type { Deed, Plan, PlannedEvent } from '../plan.js'
import { createWorld } from './world.js'
import type { World } from './world.js'

const at = (when: number, who: number, deed: Deed): PlannedEvent => ({ at: when, who, ...deed })

const put = (key = 'a'): Deed => ({ do: 'write', put: [key], remove: [], valueBytes: 0 })

/** Plays the events of a plan up to its end; nothing heals. */
function play(change: Partial<Plan>, ...watch: readonly Observer[]): World {
  const plan = { ...calmPlan, ...change }
  const world = createWorld(core, plan, () => watch)
  const doer = createDoer(world)
  for (const event of plan.events) world.queue.at(event.at, () => doer.act(event))
  while (world.queue.step(plan.safetyMs));
  return world
}

/** Counts gossiped frames as they arrive. */
function counting(): Observer & { readonly gossiped: () => number } {
  let count = 0
  return {
    arrived: ({ isGossip }) => {
      if (isGossip) count += 1
    },
    gossiped: () => count,
  }
}

const values = ({ peers }: World, key = 'a'): readonly unknown[] =>
  peers.map(({ replica }) => replica.get(key))

describe('gossip', () => {
  const crowd = {
    peers: 200,
    overlay: { ...calmPlan.overlay, links: 12, degree: 6, floodPublish: false },
  }

  it('brings a release to everybody over a mesh, each edge carrying it once or twice', () => {
    const count = counting()
    const world = play({ ...crowd, events: [at(0, 0, put())] }, count)
    expect(values(world)).toEqual(Array(200).fill(1))
    const copies = count.gossiped() / 199
    expect(copies).toBeGreaterThan(3)
    expect(copies).toBeLessThan(5.1)
  })

  it('brings it once to each where all are connected and whoever has it says so', () => {
    const count = counting()
    const overlay = { ...calmPlan.overlay, holdMs: 25 }
    const world = play({ peers: 20, overlay, events: [at(0, 0, put())] }, count)
    expect(values(world)).toEqual(Array(20).fill(1))
    expect(count.gossiped()).toBe(19)
  })

  it('pushes nothing when it is off; sessions bring everything', () => {
    const count = counting()
    const overlay = { ...calmPlan.overlay, gossip: false }
    const habits = { ...calmPlan.habits, sessionMs: 500 }
    const world = play({ overlay, habits, events: [at(0, 0, put())] }, count)
    expect(count.gossiped()).toBe(0)
    expect(values(world)).toEqual([1, 1, 1, 1])
  })

  it('goes round peers that are down', () => {
    const down = Array.from({ length: 60 }, (_, index) => at(0, 10 + 3 * index, { do: 'leave' }))
    const world = play({ ...crowd, events: [...down, at(10, 0, put())] })
    const living = world.peers.filter(({ isUp }) => isUp)
    expect(living.length).toBe(140)
    expect(living.every(({ replica }) => replica.get('a') === 1)).toBe(true)
  })

  it('does not pass on what nobody can read', () => {
    const count = counting()
    const weather = { ...calmPlan.weather, truncateShare: 1 }
    play({ ...crowd, weather, events: [at(0, 0, put())] }, count)
    expect(count.gossiped()).toBe(6)
  })
})

describe('peer', () => {
  it('acknowledges and tells others only what is durable', () => {
    const told: string[] = []
    const world = play(
      { disk: { syncMs: 100 }, safetyMs: 20, events: [at(0, 0, put())] },
      { acknowledged: ({ name }) => told.push(name), sent: () => told.push('frame') },
    )
    expect([values(world), told]).toEqual([[1, undefined, undefined, undefined], []])
    while (world.queue.step(10_000));
    expect([values(world), told]).toEqual([[1, 1, 1, 1], expect.arrayContaining(['alice'])])
    expect(told[0]).toBe('alice')
  })

  it('comes back from a crash with what was durable, and without what was not', () => {
    const crash = (unsynced: 'kept' | 'lost'): Deed => ({ do: 'crash', unsynced, downMs: 100 })
    for (const [fate, shown] of [
      ['kept', 1],
      ['lost', undefined],
    ] as const) {
      const world = play({
        disk: { syncMs: 100 },
        events: [at(500, 0, put()), at(510, 0, crash(fate))],
      })
      expect([fate, world.peers[0]!.isUp, values(world)[0]]).toEqual([fate, true, shown])
    }
  })

  it('does nothing while it is paused, and then all that it missed', () => {
    const pause: Deed = { do: 'pause', forMs: 2_000 }
    const events = [at(0, 1, pause), at(100, 0, put())]
    expect(values(play({ events, safetyMs: 1_000 }))).toEqual([1, undefined, 1, 1])
    expect(values(play({ events }))).toEqual([1, 1, 1, 1])
  })

  it('sends and acknowledges nothing while it is paused', () => {
    const told: number[] = []
    play(
      {
        disk: { syncMs: 100 },
        events: [at(0, 0, put()), at(10, 0, { do: 'pause', forMs: 2_000 })],
      },
      {
        sent: (_frame, when) => told.push(when),
        acknowledged: (_node, _release, when) => told.push(when),
      },
    )
    expect(told.length).toBeGreaterThan(0)
    expect(Math.min(...told)).toBe(2_010)
  })

  it('hears what came in a pause in its order, however often the pause is prolonged', () => {
    const pause = (forMs: number): Deed => ({ do: 'pause', forMs })
    const events = [at(0, 1, pause(1_000)), at(100, 0, put()), at(500, 1, pause(1_500))]
    const verdicts: unknown[] = []
    play(
      { events: [...events, at(600, 0, put('b'))] },
      {
        handled: ({ index }, _input, effects) => {
          if (index !== 1) return
          for (const effect of effects) if (effect.type === 'verdict') verdicts.push(effect.verdict)
        },
      },
    )
    expect(verdicts.slice(0, 2)).toEqual(['applied', 'applied'])
  })

  it('that dies in a pause has lost what waited, and its next process is awake', () => {
    const told: unknown[] = []
    play(
      {
        events: [
          at(0, 1, { do: 'pause', forMs: 5_000 }),
          at(100, 0, put()),
          at(200, 1, { do: 'crash', unsynced: 'kept', downMs: 100 }),
          at(250, 1, { do: 'pause', forMs: 5_000 }),
          at(400, 1, put('b')),
        ],
      },
      {
        arrived: ({ to }, when) => {
          if (to.index === 1) told.push(['arrived', when])
        },
        lost: ({ to }, why, when) => {
          if (to.index === 1) told.push([why, when])
        },
        acknowledged: ({ name }, _release, when) => told.push([name, when]),
      },
    )
    expect(told).toContainEqual(['down', 200])
    expect(told).toContainEqual(['bob', 400])
    expect(told.filter((one) => String(one).startsWith('arrived'))).toEqual([])
  })

  it('stays down for as long as its last crash says, whatever an earlier one said', () => {
    const crash = (downMs: number): Deed => ({ do: 'crash', unsynced: 'kept', downMs })
    const opened: unknown[] = []
    play(
      {
        events: [
          at(0, 1, { do: 'image' }),
          at(10, 1, crash(3_000)),
          at(100, 1, { do: 'restore', isTold: true }),
          at(2_000, 1, crash(5_000)),
        ],
      },
      {
        opened: ({ index }, how, when) => {
          if (index === 1) opened.push([how, when])
        },
      },
    )
    expect(opened.slice(1)).toEqual([
      ['restored', 100],
      ['restarted', 7_000],
    ])
  })

  it('starts again from its store where the disk fails, and then acknowledges', () => {
    const acknowledged: number[] = []
    const fails: Deed = { do: 'disk-fails', afterOps: 1, ops: 1 }
    const world = play(
      { events: [at(0, 0, fails), at(10, 0, put()), at(5_000, 0, put())] },
      { acknowledged: (_node, _release, when) => acknowledged.push(when) },
    )
    expect(acknowledged).toEqual([5_000])
    expect(values(world)).toEqual([2, 2, 2, 2])
  })

  it('comes with an empty disk where its first coming or going is a coming', () => {
    const opened: unknown[] = []
    const world = play(
      {
        habits: { ...calmPlan.habits, sessionMs: 500 },
        events: [at(0, 0, put()), at(1_000, 3, { do: 'join' })],
      },
      { opened: ({ name }, how, when) => opened.push([name, how, when]) },
    )
    expect(opened.at(-1)).toEqual(['dave', 'first', 1_000])
    expect(opened.length).toBe(4)
    expect(values(world)).toEqual([1, 1, 1, 1])
  })

  it('that is copied lives beside its copy, under one identity', () => {
    const world = play({
      events: [at(0, 1, put()), at(100, 1, { do: 'clone' }), at(200, 4, put('b'))],
    })
    const [original, copy] = [world.peers[1]!, world.peers[4]!]
    expect([copy.name, copy.peer]).toEqual(["bob'", original.peer])
    expect(values(world, 'b')).toEqual([2, 2, 2, 2, 2])
  })

  it('gives each copy a name of its own, copies of copies too', () => {
    const clone: Deed = { do: 'clone' }
    const { peers } = play({ events: [at(0, 0, clone), at(1, 4, clone), at(2, 0, clone)] })
    expect(peers.slice(4).map(({ name }) => name)).toEqual([`alice'`, `alice''`, `alice'''`])
  })
})

describe('weather', () => {
  it('changes for all, though whoever it is said of has left', () => {
    const count = counting()
    const change: Deed = { do: 'weather', change: { lossShare: 1 }, forMs: 5_000 }
    play({ events: [at(0, 1, { do: 'leave' }), at(10, 1, change), at(20, 0, put())] }, count)
    expect(count.gossiped()).toBe(0)
  })
})

describe('clocks', () => {
  it('stamp writes by what they show, and weeks pass for all of them', () => {
    const stamps: number[] = []
    const month = 31 * 86_400_000
    play(
      {
        events: [
          at(0, 0, { do: 'clock', offsetMs: 5_000 }),
          at(100, 0, put()),
          at(200, 2, { do: 'skip', ms: month }),
          at(300, 1, put('b')),
        ],
      },
      { acknowledged: (_node, { stamp }) => stamps.push(stamp.ms) },
    )
    expect(stamps[1]! - stamps[0]!).toBe(month + 300 - 5_100)
  })
})
