import { describe, expect, it } from 'vitest'
import { BadInput } from './bad-input.js'
import { planRehearsal } from './rehearsal.js'
import { parsePlan } from './stored-plan.js'
import { planOf } from '../swarm/swarm.js'

describe('stored plan', () => {
  it.each([planRehearsal({}, 3), planOf(3)])('comes back as it was', (plan) => {
    expect(parsePlan(JSON.stringify(plan), 'a.json')).toEqual(plan)
  })

  const plan = planRehearsal({}, 3)
  const advice = 'take a file that a failed run has written'

  it.each<[unknown, string]>([
    [[], 'seed is no number'],
    ['plan', 'the plan is missing'],
    [null, 'the plan is missing'],
    [{ ...plan, seed: 'x' }, 'seed is no number'],
    [{ ...plan, overlay: undefined }, 'overlay is missing'],
    [{ ...plan, weather: { ...plan.weather, lossShare: '5%' } }, 'lossShare is no number'],
    [{ ...plan, events: {} }, 'events is no list'],
    [{ ...plan, events: [null] }, 'event 1 does nothing'],
    [{ ...plan, events: [{ do: 'clone', who: 1 }] }, 'event 1 has no time'],
    [{ ...plan, events: [{ do: 'clone', at: 1, who: 'bob' }] }, 'event 1 happens to nobody'],
    [{ ...plan, peers: 0 }, 'there are 0 peers'],
    [{ ...plan, safetyMs: 0 }, 'it takes no time'],
    [{ ...plan, closed: true }, 'closed has no badges and persons'],
    [{ ...plan, peers: 1, closed: { badges: [], persons: [] } }, 'there are 0 badges for 1 peers'],
    [
      { ...plan, peers: 1, closed: { badges: [{ by: 'root' }], persons: [] } },
      'a badge has no issuer or no grants',
    ],
  ])('is refused where a run would stumble over it', (stored, fault) => {
    expect(() => parsePlan(JSON.stringify(stored), 'a.json')).toThrow(
      new BadInput(`a.json: ${fault}, ${advice}`),
    )
  })

  it('is refused where it is no JSON', () => {
    expect(() => parsePlan('{', 'a.json')).toThrow(
      new BadInput(`a.json: this is no JSON, ${advice}`),
    )
  })
})
