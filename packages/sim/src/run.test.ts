import * as core from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { calmPlan } from '../test/calm-plan.js'
import type { Node, Observer } from './observer.js'
import type { Deed, Plan, PlannedEvent } from './plan.js'
import { run } from './run.js'

const at = (when: number, who: number, deed: Deed): PlannedEvent => ({ at: when, who, ...deed })
const put = (key: string): Deed => ({ do: 'write', put: [key], remove: [], valueBytes: 0 })

const plan: Plan = {
  ...calmPlan,
  habits: { ...calmPlan.habits, sessionMs: 500 },
  safetyMs: 1_000,
}

/** Plays a plan and answers who was told to have done something, and when. */
function told(change: Partial<Plan>, what: 'opened' | 'acknowledged' | 'planned'): unknown[] {
  const seen: unknown[] = []
  const watch: Observer = {
    [what]: (...args: readonly unknown[]) =>
      seen.push([
        what === 'planned' ? (args[0] as PlannedEvent).do : (args[0] as Node).name,
        args.at(-1),
      ]),
  }
  expect(run(core, { ...plan, ...change }, [watch])).toMatchObject({ verdict: 'passed' })
  return seen
}

describe('the end of all faults', () => {
  it('wakes who is paused, and nothing that waited comes later', () => {
    const events = [at(0, 1, { do: 'pause', forMs: 200_000 }), at(100, 1, put('a'))]
    expect(told({ events }, 'acknowledged')).toEqual([['bob', 1_000]])
  })

  it('keeps hostile peers down that a crash would bring back', () => {
    const events = [
      at(900, 3, { do: 'crash', unsynced: 'kept', downMs: 50 }),
      at(960, 3, { do: 'crash', unsynced: 'kept', downMs: 50 }),
      // Far enough behind that it takes a while to converge.
      at(0, 1, { do: 'away', forMs: 5_000 }),
      at(500, 0, put('a')),
    ]
    const opened = told({ hostile: 1, events: events.toSorted((a, b) => a.at - b.at) }, 'opened')
    expect(opened.filter((one) => String(one).startsWith('mallory'))).toEqual([
      ['mallory', 0],
      ['mallory', 950],
    ])
  })

  it('sets every clock right, also what it has drifted off', () => {
    const nodes: Node[] = []
    const walls: number[] = []
    const watch: Observer = {
      opened: (node) => nodes.push(node),
      healed: () => walls.push(...nodes.map(({ wall }) => wall())),
    }
    run(core, { ...plan, events: [at(0, 1, { do: 'drift', ppm: 50_000 })] }, [watch])
    expect(new Set(walls).size).toBe(1)
  })

  it('is the end of the plan: what is planned for later does not happen', () => {
    const events = [
      at(0, 1, { do: 'away', forMs: 5_000 }),
      at(500, 0, put('a')),
      at(1_001, 2, { do: 'leave' }),
    ]
    expect(told({ events }, 'planned')).toEqual([
      ['away', 0],
      ['write', 500],
    ])
  })
})
