import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { BadInput } from './bad-input.js'
import { planRehearsal } from './rehearsal.js'
import { parseScenario, readyMade } from './scenario.js'

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url))
const sourceOf = (name: string): string => readFileSync(`${folder}/${name}.yaml`, 'utf8')

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`

describe('scenario file', () => {
  it('says what a user wishes', () => {
    const { title, wishes } = parseScenario(
      lines(
        'name: two halves # and why',
        'peers: 40',
        'for: 60s',
        'network: { regions: 2, delay: 0.5ms, between: 20ms, gossip: off }',
        'writes: { writers: 4, rate: 5/s, keys: 50, size: 1kB }',
        'mesh: { collect: 5s, revocable: false }',
      ),
      'my.yaml',
    )
    expect(title).toBe('two halves')
    expect(wishes).toEqual({
      peers: 40,
      forMs: 60_000,
      regions: 2,
      delayMs: 0.5,
      betweenMs: 20,
      hasGossip: false,
      writers: 4,
      writesPerSecond: 5,
      keys: 50,
      valueBytes: 1000,
      collectMs: 5000,
      isRevocable: false,
    })
  })

  it('lists faults as fields or as on the command line', () => {
    const faults = (...text: readonly string[]): unknown =>
      parseScenario(lines('faults:', ...text), 'my.yaml').wishes.faults?.map(
        ({ where: _where, ...fault }) => fault,
      )
    const cut = { name: 'partition', value: 'halves', fromMs: 10_000, untilMs: 40_000 }
    expect(faults('  - { partition: halves, from: 10s, until: 40s }')).toEqual([cut])
    expect(faults('  - partition=halves@10s..40s')).toEqual([cut])
    expect(faults('  - partition:', '    from: 10s')).toEqual([
      { name: 'partition', fromMs: 10_000 },
    ])
    expect(faults('  - crash: 3', '    unsynced: torn', '    at: 9s')).toEqual([
      { name: 'crash', value: '3', detail: 'torn', fromMs: 9000 },
    ])
    expect(faults('  - hostile: 2', '    tricks: [forge, replay]')).toEqual([
      { name: 'hostile', value: '2', detail: 'forge+replay' },
    ])
    expect(parseScenario('faults: loss=5%,rolling', 'my.yaml').wishes.faults).toHaveLength(2)
  })

  it.each([
    ['', 'my.yaml: there is no scenario in it, begin with a line like "peers: 20"'],
    ['- a', 'my.yaml: there is no scenario in it, begin with a line like "peers: 20"'],
    ['peeers: 3', 'my.yaml:1:1: peeers is no field of a scenario, did you mean peers?'],
    [
      'color: red',
      'my.yaml:1:1: color is no field of a scenario, choose from name, peers, seed, for, faults, writes, network, disk, settle, mesh',
    ],
    [
      'name: a\npeers: 2',
      'my.yaml:2:8: peers: 2 is too few, write a whole number from 3 to 10,000',
    ],
    ['peers:', 'my.yaml:1:7: peers: it is empty, write it like 40'],
    ['peers: { a: 1 }', 'my.yaml:1:8: peers takes one value, not fields'],
    ['rate: 5/s', 'my.yaml:1:1: rate belongs to writes, write it like writes: { rate: 5/s }'],
    ['peers: [1, 2]', 'my.yaml:1:8: peers takes one value, not a list'],
    ['for: 60', 'my.yaml:1:6: for: 60 has no unit, write 60s or 60ms'],
    ['writes: { writer: 3 }', 'my.yaml:1:11: writer is no field of writes, did you mean writers?'],
    [
      'writes: { colour: 3 }',
      'my.yaml:1:11: colour is no field of writes, choose from writers, rate, keys, size',
    ],
    ['writes: 3', 'my.yaml:1:9: writes has fields, write them like writes: { writers: 4 }'],
    ['peers: 4\npeers: 5', 'my.yaml:2:1: this is no YAML, map keys must be unique'],
    ['\tpeers: 4', 'my.yaml:1:1: this is no YAML, tabs are not allowed as indentation'],
    [
      'faults: [a',
      'my.yaml:1:11: this is no YAML, flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'writes: &w { keys: 3 }\nnetwork: *w',
      'my.yaml:2:1: anchors and aliases do not belong here, write it out',
    ],
    ['{ a: b }: 3', 'my.yaml:1:1: this is no name of a field'],
    ['faults:\n  loss: 5%', 'my.yaml:2:3: faults are a list, begin each of them with "- "'],
    ['faults:\n  - los: 5%', 'my.yaml:2:5: los: there is no such fault, did you mean loss?'],
    ['faults:\n  - {}', 'my.yaml:2:5: an empty fault, write it like "- loss: 5%"'],
    ['faults:\n  - [loss]', 'my.yaml:2:5: a fault is no list, write it like "- loss: 5%"'],
    [
      'faults:\n  - loss: 5%\n    delay: 3ms',
      'my.yaml:3:5: delay is no field of loss, begin another fault with "- "',
    ],
    [
      'faults:\n  - crash: 3\n    when: 4s',
      'my.yaml:3:5: when is no field of crash, choose from from, until, unsynced',
    ],
    ['faults:\n  - crash: 3\n    from: 4', 'my.yaml:3:11: from: 4 has no unit, write 4s or 4ms'],
  ])('refuses %j with its line and column', (source, message) => {
    expect(() => parseScenario(source, 'my.yaml')).toThrow(new BadInput(message))
  })

  it('does not mind in which order the fields of a fault come', () => {
    const faultsIn = (fault: string): unknown =>
      parseScenario(`faults:\n  - ${fault}`, 'my.yaml').wishes.faults
    expect(faultsIn('{ from: 1s, partition: halves }')).toMatchObject([
      { name: 'partition', value: 'halves', fromMs: 1000 },
    ])
  })

  it('keeps the place of a fault until the run is known', () => {
    const { wishes } = parseScenario('faults:\n  - partition: halves\n    from: 20s\n', 'my.yaml')
    expect(() => planRehearsal({ ...wishes, forMs: 10_000 }, 1)).toThrow(
      new BadInput(
        'my.yaml:2:5: partition halves: the run is over at 10s, choose an earlier time or a longer --for',
      ),
    )
  })
})

describe('ready-made scenarios', () => {
  it('are the files in the folder', () => {
    expect([...readyMade].sort()).toEqual(
      readdirSync(folder)
        .map((file) => file.replace('.yaml', ''))
        .sort(),
    )
  })

  it.each(readyMade)('%s is short, explained, and yields a plan', (name) => {
    const source = sourceOf(name)
    const { title, wishes } = parseScenario(source, name)
    const plan = planRehearsal(wishes, 81)
    expect(source.split('\n').length).toBeLessThanOrEqual(40)
    expect(source).toMatch(/^# /)
    expect(title).toBeDefined()
    expect(plan.events.some((event) => event.do === 'write')).toBe(true)
    expect(plan.events.some((event) => event.do !== 'write')).toBe(true)
  })
})
