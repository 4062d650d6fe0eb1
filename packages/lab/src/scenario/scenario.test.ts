import { readFile } from 'node:fs/promises'
import { loadPlan } from '@grapevine/sim'
import type { Plan } from '@grapevine/sim'
import { describe, expect, it } from 'vitest'
import { spellsOf } from './conditions.js'
import { leftOutOf, stepsOf } from './steps.js'

async function planOf(scenario: string, peers: number): Promise<Plan> {
  const { plan } = await loadPlan({ from: 'wishes', scenario, wishes: { peers } }, 81, {
    called: '',
    out: () => {},
    err: () => {},
    isTerminal: false,
    columns: 80,
    outColumns: 80,
    readFile: async (path) => readFile(path, 'utf8'),
    writeFile: async () => {},
    now: () => 0,
  })
  return plan
}

describe('a scenario on real peers', () => {
  it('cuts two datacentres from each other, and nothing within them', async () => {
    const plan = await planOf('two-datacentres', 6)
    const spells = spellsOf(plan).map(({ at, groups }) => ({ at, groups }))
    const sides = [
      [1, 3, 5],
      [2, 4, 6],
    ]
    expect(spells).toEqual([
      { at: 0, groups: [] },
      { at: 20_000, groups: sides },
      { at: 45_000, groups: [] },
    ])
    const [first] = spellsOf(plan)
    expect(first!.lines).toHaveLength(9)
    expect(first!.lines[0]).toMatchObject({ from: 1, to: 2, delayMs: 20, state: 'clear' })
    expect(leftOutOf(plan)).toEqual([])
  })

  it('restarts everybody in turn, each once what was down is up again', async () => {
    const plan = await planOf('rolling-restart', 6)
    const steps = stepsOf(plan)
    const times = steps.map(({ at }) => at)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const kills = steps.filter((step) => step.do === 'kill').length
    expect(kills).toBeGreaterThanOrEqual(6)
    expect(steps.filter((step) => step.do === 'start')).toHaveLength(kills)
    expect(new Set(steps.map(({ number }) => number))).toEqual(new Set([1, 2, 3, 4, 5, 6]))
    expect(leftOutOf(plan)).toEqual([
      'crash lost, torn, reordered: peers die, and what their disk has it keeps',
    ])
  })

  it('pauses laptops, takes one out of reach, and makes lines lossy and slow', async () => {
    const plan = await planOf('flaky-wifi', 8)
    const deeds = stepsOf(plan).filter((step) => step.do !== 'write')
    expect(deeds.filter((step) => step.do === 'pause')).toHaveLength(4)
    expect(deeds.filter((step) => step.do === 'resume')).toHaveLength(4)
    const away = spellsOf(plan).find(({ at }) => at === 20_000)!
    expect(away.groups).toEqual([[1, 2, 4, 5, 6, 7, 8], [3]])
    const line = away.lines.find(({ state }) => state === 'clear')!
    expect(line).toMatchObject({ lossShare: 0.1, bytesPerSecond: 250_000 })
    expect(away.lines.some(({ state }) => state === 'down')).toBe(true)
  })

  it('names what real peers cannot be made to do, and lets who left come back as somebody new', async () => {
    expect(leftOutOf(await planOf('bad-clock', 20))).toEqual([
      'clock, drift: the clock of this machine is everybody’s',
    ])
    expect(leftOutOf(await planOf('hostile-member', 8))).toEqual([
      'hostile: the peers of the lab are honest',
    ])
    const plan = await planOf('long-absence', 20)
    expect(leftOutOf(plan)).toEqual(['skip: weeks take weeks here'])
    const left = stepsOf(plan).filter((step) => step.do === 'wipe' || step.do === 'start')
    expect(left.map((step) => [step.at, step.number, step.do])).toEqual([
      [12_000, 3, 'wipe'],
      [95_000, 3, 'start'],
    ])
  })

  it('writes as the file says, but no more than a laptop can take', async () => {
    const plan = await planOf('two-datacentres', 6)
    const writes = stepsOf(plan).filter((step) => step.do === 'write')
    expect(writes).toEqual(stepsOf(plan).filter((step) => step.do === 'write'))
    expect(writes.length).toBe(plan.events.filter((event) => event.do === 'write').length)
    const many = plan.events.flatMap((event) =>
      event.do === 'write' ? Array.from({ length: 50 }, () => event) : [],
    )
    const busy = { ...plan, events: many }
    expect(stepsOf(busy)).toHaveLength(40 * 60)
  })
})
