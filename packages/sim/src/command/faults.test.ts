import { describe, expect, it } from 'vitest'
import { BadInput } from './bad-input.js'
import { planFaults } from './fault-plan.js'
import { faultForms, faultNames, parseFault, parseFaults } from './faults.js'
import type { PlannedEvent, Weather } from '../plan.js'
import { planRehearsal } from './rehearsal.js'

const scene = { ...planRehearsal({ peers: 20 }, 7), hostile: 0 }

const planned = (text: string): { weather: Partial<Weather>; events: readonly PlannedEvent[] } =>
  planFaults(parseFaults(text, '--faults'), scene)

describe('grammar of faults', () => {
  it.each([
    ['loss=5%', { name: 'loss', value: '5%' }],
    ['rolling', { name: 'rolling' }],
    ['crash@10s', { name: 'crash', fromMs: 10_000 }],
    ['absent=alice@10s..', { name: 'absent', value: 'alice', fromMs: 10_000 }],
    [
      'partition=halves@10s..40s',
      { name: 'partition', value: 'halves', fromMs: 10_000, untilMs: 40_000 },
    ],
    ['clock=+1h:alice@0s', { name: 'clock', value: '+1h', detail: 'alice', fromMs: 0 }],
    ['hostile=2:forge+replay', { name: 'hostile', value: '2', detail: 'forge+replay' }],
    ['half-open=3', { name: 'half-open', value: '3' }],
  ])('reads %s', (text, fault) => {
    expect(parseFault(text, 'x')).toEqual({ ...fault, where: `x: ${text}` })
  })

  it('takes several with commas between them, and blanks around', () => {
    expect(parseFaults('loss=5%, delay=3ms', 'x').map(({ name }) => name)).toEqual([
      'loss',
      'delay',
    ])
  })

  it.each(['', 'none'])('takes "%s" for no faults at all', (text) => {
    expect(parseFaults(text, 'x')).toEqual([])
  })

  it.each(faultNames)('explains %s by an example that works', (name) => {
    const { events, weather } = planned(faultForms[name].example)
    const isPlanned = events.length > 0 || Object.keys(weather).length > 0
    expect(isPlanned || name === 'hostile').toBe(true)
  })

  it.each([
    ['los=5%', 'los=5%: there is no such fault, did you mean loss?'],
    ['earthquake', 'earthquake: there is no such fault, --help faults lists them'],
    ['loss=5%,,delay=3ms', 'there is a comma too many, leave it away'],
    ['loss', 'loss: it needs a value, write it like loss=5%'],
    ['loss=5', 'loss=5: 5 is no share, write it in percent, like 5%'],
    ['loss=500%', 'loss=500%: 500% is more than everything, write 0% to 100%'],
    ['loss=5%:2s', 'loss=5%:2s: nothing goes after the colon, write it like loss=5%'],
    ['loss=5%@', 'loss=5%@: @ is no window, write it like @10s or @10s..40s'],
    ['crash@10', 'crash@10: 10 has no unit, write 10s or 10ms'],
    [
      'crash@1s..2s..3s',
      'crash@1s..2s..3s: @1s..2s..3s is no window, write it like @10s or @10s..40s',
    ],
    ['crash@70s', 'crash@70s: the run is over at 60s, choose an earlier time or a longer --for'],
    [
      'crash@10s..70s',
      'crash@10s..70s: the run is over at 60s, choose an earlier time or a longer --for',
    ],
    ['crash@40s..10s', 'crash@40s..10s: it ends before it begins, swap the two times'],
    ['crash=9999/s', 'crash=9999/s: 599,940 times are too many, stay below 100,000'],
    ['crash=2:burnt', 'crash=2:burnt: there is no burnt, choose from kept, lost, torn, reordered'],
    ['partition=halfs', 'partition=halfs: there is no halfs, did you mean halves?'],
    ['partition=regions', 'partition=regions: all peers are in one region, add --regions 2'],
    [
      'absent=zorro',
      'absent=zorro: nobody is called zorro, write a name (alice), a number (3) or a share (10%)',
    ],
    ['absent=21', 'absent=21: there are only 20 honest peers, write 20 or fewer'],
    ['down=191', 'down=191: there are only 190 links, write 190 or fewer'],
    ['clock=1h', 'clock=1h: 1h says no direction, write it like +1h or -10min'],
    ['drift=200000ppm', 'drift=200000ppm: no clock is so wrong, write 100000ppm or less'],
    ['drift=200', 'drift=200: a drift is said in millionths, write it like drift=200ppm'],
    [
      'hostile=1:forge+beg',
      'hostile=1:forge+beg: there is no beg, choose from forge, replay, equivocate, far-future, over-quota, lie-about-clock, lie-about-state, withhold, drip',
    ],
    ['restore=1:secretly', 'restore=1:secretly: there is no secretly, choose from told, untold'],
  ])('refuses %s in one line', (text, message) => {
    expect(() => planned(text)).toThrow(new BadInput(`--faults: ${message}`))
  })
})

describe('what faults make happen', () => {
  it('is how the links are where there is no window', () => {
    expect(planned('loss=5%,delay=20ms,clog=1%:3s,duplicate=2%')).toEqual({
      weather: {
        lossShare: 0.05,
        delayMeanMs: 20,
        clogShare: 0.01,
        clogMs: 3000,
        duplicateShare: 0.02,
        duplicateLaterMs: 1000,
      },
      events: [],
    })
  })

  it('is a change of the weather within a window', () => {
    expect(planned('loss=30%@10s..20s')).toEqual({
      weather: {},
      events: [{ at: 10_000, who: 0, do: 'weather', change: { lossShare: 0.3 }, forMs: 10_000 }],
    })
  })

  it.each([
    [
      'partition=one:bob@10s..20s',
      { at: 10_000, who: 1, do: 'partition', shape: 'one', forMs: 10_000 },
    ],
    ['absent=bob@50s', { at: 50_000, who: 1, do: 'away', forMs: 10_000 }],
    ['pause=bob', { at: 0, who: 1, do: 'pause', forMs: 60_000 }],
    ['crash=bob:torn@9s', { at: 9000, who: 1, do: 'crash', unsynced: 'torn' }],
    ['disk-full=bob@9s', { at: 9000, who: 1, do: 'disk-fails' }],
    ['lose-disk=bob@9s', { at: 9000, who: 1, do: 'lose-disk' }],
    ['clone=bob@9s', { at: 9000, who: 1, do: 'clone' }],
    ['skip=2w@9s', { at: 9000, do: 'skip', ms: 1_209_600_000 }],
    ['clock=-1h:bob@9s', { at: 9000, who: 1, do: 'clock', offsetMs: -3_600_000 }],
    ['drift=200ppm:bob@9s', { at: 9000, who: 1, do: 'drift' }],
  ])('is one event for %s', (text, event) => {
    const { events } = planned(text)
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject(event)
  })

  it.each([
    [
      'leave=bob@5s..9s',
      [
        { at: 5000, do: 'leave' },
        { at: 9000, do: 'join' },
      ],
    ],
    [
      'leave=bob@5s..60s',
      [
        { at: 5000, do: 'leave' },
        { at: 59_999, do: 'join' },
      ],
    ],
    [
      'restore=bob@5s..9s',
      [
        { at: 5000, do: 'image' },
        { at: 9000, do: 'restore', isTold: true },
      ],
    ],
    [
      'restore=bob:untold@5s..9s',
      [
        { at: 5000, do: 'image' },
        { at: 9000, do: 'restore', isTold: false },
      ],
    ],
    [
      'clock=+1h:bob@5s..9s',
      [
        { at: 5000, offsetMs: 3_600_000 },
        { at: 9000, offsetMs: 0 },
      ],
    ],
  ])('ends with the window for %s', (text, events) => {
    expect(planned(text).events).toMatchObject(events.map((event) => ({ ...event, who: 1 })))
  })

  it('meets so many peers, or a share of them, and none twice', () => {
    const met = (text: string): number => new Set(planned(text).events.map(({ who }) => who)).size
    expect([met('absent=3'), met('absent=10%'), met('absent=1%'), met('drift=9ppm')]).toEqual([
      3, 2, 1, 20,
    ])
  })

  it('happens as often as a rate says, within its window', () => {
    const { events } = planned('crash=30/min@10s..30s')
    expect(events).toHaveLength(10)
    expect(events.every(({ at }) => at >= 10_000 && at <= 30_000)).toBe(true)
  })

  it('meets links that there are: so many, a share, or all of one peer', () => {
    const links = (text: string): number => planned(text).events.length
    expect([links('down=3'), links('flap=10%'), links('lossy=alice')]).toEqual([3, 19, 19])
  })

  it('restarts everybody once, in order', () => {
    const { events } = planned('rolling=2s@10s..50s')
    expect(events.map(({ who }) => who)).toEqual(Array.from({ length: 20 }, (_, who) => who))
    expect(events[0]).toMatchObject({ at: 11_000, do: 'crash', unsynced: 'kept', downMs: 2000 })
  })

  it('lets hostile members, and nobody else, play the tricks that were named', () => {
    const { events, hostile } = planRehearsal(
      { peers: 20, writers: 0, faults: parseFaults('hostile=2:forge+replay', 'x') },
      7,
    )
    expect(hostile).toBe(2)
    expect(new Set(events.map(({ who }) => who))).toEqual(new Set([18, 19]))
    expect(new Set(events.map((event) => event.do === 'trick' && event.trick))).toEqual(
      new Set(['forge', 'replay']),
    )
  })

  it('moves nothing of what another fault does', () => {
    const alone = planned('crash=3').events
    const among = planned('flap=10%,crash=3,drift=10ppm').events.filter(
      (event) => event.do === 'crash',
    )
    expect(among).toEqual(alone)
  })
})
