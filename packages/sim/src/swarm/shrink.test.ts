import { describe, expect, it } from 'vitest'
import { describePlan } from './describe.js'
import type { Plan } from '../plan.js'
import { shrink } from './shrink.js'
import { planOf } from './swarm.js'
import { calmWeather } from './swarm-mesh.js'

/** A plan with much in it, of which these two events and some loss are to blame. */
const long = planOf(4)
const blamed: Plan = {
  ...long,
  peers: 6,
  admins: 1,
  hostile: 1,
  weather: { ...long.weather, lossShare: 0.2, reorderShare: 0.2 },
  events: [
    ...long.events.filter(({ do: kind }) => kind !== 'crash' && kind !== 'cut'),
    { at: long.safetyMs - 2_345, who: 3, do: 'crash', unsynced: 'torn', downMs: 777 },
    { at: long.safetyMs - 1_234, who: 0, do: 'cut', whom: 3, back: 3 },
  ],
}

const fails = ({ events, weather }: Plan): boolean => {
  const crash = events.findIndex((event) => event.do === 'crash' && event.unsynced === 'torn')
  const cut = events.findIndex((event) => event.do === 'cut' && event.whom === events[crash]?.who)
  return crash >= 0 && cut > crash && weather.lossShare > 0
}

describe('shrinking', () => {
  const small = shrink(blamed, fails)

  it('leaves what is to blame, and nothing else', () => {
    expect(fails(blamed)).toBe(true)
    expect(fails(small)).toBe(true)
    expect(small.events.map(({ do: kind }) => kind)).toEqual(['crash', 'cut'])
    expect(small.weather).toEqual({ ...calmWeather, lossShare: 0.2 })
  })

  it('leaves out peers, and renumbers those that stay', () => {
    expect(small.peers).toBe(2)
    expect(small.hostile).toBe(0)
    for (const event of small.events) expect(event.who).toBeLessThan(2)
  })

  it('ends the run soon after the last event, at times that are easy to read', () => {
    const last = small.events.at(-1)!.at
    expect(small.safetyMs - last).toBeLessThanOrEqual(1_000)
    expect(last % 1_000).toBe(0)
  })

  it('leaves out peers of a closed mesh with their badges, and the root gives what they gave', () => {
    const grants = [{ prefix: '', can: 'admin' as const }]
    const closed = {
      badges: Array.from({ length: blamed.peers }, () => ({ by: { peer: 1 }, grants })),
      persons: [{ by: { peer: blamed.peers - 1 }, grants }],
    }
    const revoked: Plan = {
      ...blamed,
      closed,
      events: [
        ...blamed.events,
        { at: blamed.safetyMs - 1_000, who: 0, do: 'revoke', whom: { peer: 3 } },
      ],
    }
    const isRevoked = (plan: Plan): boolean =>
      fails(plan) && plan.events.some((event) => event.do === 'revoke' && event.whom !== 'root')
    const { peers, closed: left, events } = shrink(revoked, isRevoked)
    expect(peers).toBe(2)
    expect(left!.badges.map(({ by }) => by)).toEqual(['root', 'root'])
    expect(events.at(-1)).toMatchObject({ do: 'revoke', whom: { peer: 1 } })
  })

  it('comes to the same plan again', () => {
    expect(shrink(blamed, fails)).toEqual(small)
  })

  it('keeps a plan that cannot be made smaller, and stops after so many runs', () => {
    expect(shrink(small, fails)).toEqual(small)
    let runs = 0
    const counted = (plan: Plan): boolean => {
      runs += 1
      return fails(plan)
    }
    shrink(blamed, counted, 20)
    expect(runs).toBe(20)
  })
})

describe('a plan for people', () => {
  it('has one line for each event', () => {
    const text = describePlan({
      ...blamed,
      safetyMs: 20_000,
      events: [
        { at: 12_300, who: 1, do: 'crash', unsynced: 'torn', downMs: 2_000 },
        { at: 12_345, who: 5, do: 'trick', trick: 'forge' },
        { at: 13_000, who: 0, do: 'write', put: ['a', 'b'], remove: [], valueBytes: 0 },
        { at: 14_000, who: 0, do: 'skip', ms: 31 * 24 * 3_600_000 },
      ],
    })
    expect(text.split('\n\n')[1]?.split('\n')).toEqual([
      '12.3 s  bob crashes, unsynced writes torn, back after 2 s',
      '12.345 s  mallory plays a trick: forge',
      '13.0 s  alice puts a, b',
      '14.0 s  31 days pass',
      '20.0 s  all faults end; it must converge within 1 min',
    ])
  })

  it('can be written for every plan', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const plan = planOf(seed)
      const lines = describePlan(plan).split('\n\n')[1]!.split('\n')
      expect(lines).toHaveLength(plan.events.length + 1)
    }
  })
})
