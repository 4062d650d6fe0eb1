import { describe, expect, it } from 'vitest'
import {
  linkTroubles,
  partitionShapes,
  topologies,
  tricks,
  trustTricks,
  unsyncedFates,
} from '../plan.js'
import type { Plan } from '../plan.js'
import { drawPlan, planOf } from './swarm.js'
import { auditOf } from './swarm-audit.js'
import { faultClasses } from './swarm-terms.js'
import { calmWeather } from './swarm-mesh.js'
import { themes } from './themes.js'

const seeds = Array.from({ length: 1_000 }, (_, index) => index + 1)
const drawn = seeds.map(drawPlan)
const plans = drawn.map(({ plan }) => plan)
const audit = auditOf(drawn)
const shareOf = (dimension: string, value: string): number =>
  (audit.get(dimension)?.get(value) ?? 0) / seeds.length

/** Those whose plan breaks a rule, by their seeds. */
const culprits = (isWrong: (plan: Plan) => boolean): readonly number[] =>
  plans.filter(isWrong).map(({ seed }) => seed)

const has = (plan: Plan, ...kinds: readonly string[]): boolean =>
  plan.events.some((event) => kinds.includes(event.do))

const copiesIn = ({ events }: Plan): readonly number[] =>
  events
    .filter((event) => event.do === 'clone' || (event.do === 'restore' && !event.isTold))
    .map(({ who }) => who)

const plays = ({ events }: Plan, trick: string): boolean =>
  events.some((event) => event.do === 'trick' && event.trick === trick)

const areAll = <T>(of: readonly T[], isRight: (one: T) => boolean): boolean => of.every(isRight)

describe('a drawn plan', () => {
  it('is the same for the same seed, and plain data', () => {
    for (const plan of plans.slice(0, 100)) {
      expect(planOf(plan.seed)).toEqual(plan)
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    }
  })

  it('has its events in order, and all of them within the safety phase', () => {
    const isInOrder = ({ events, safetyMs }: Plan): boolean =>
      areAll([...events.keys()], (place) => {
        const { at } = events[place]!
        return at >= (events[place - 1]?.at ?? 0) && at < safetyMs
      })
    expect(culprits((plan) => !isInOrder(plan))).toEqual([])
    expect(culprits(({ safetyMs }) => safetyMs > 90_000)).toEqual([])
  })

  it('lets things happen to those who are there, and to the right ones', () => {
    const isRight = (plan: Plan): boolean => {
      const { peers, admins, hostile, events } = plan
      const clones = events.filter((event) => event.do === 'clone').length
      return areAll(events, ({ do: kind, who }) => {
        if (kind === 'trick') return who >= peers - hostile && who < peers
        if (kind === 'seal' || kind === 'cut') return who < admins
        return who < peers + clones
      })
    }
    expect(culprits((plan) => !isRight(plan))).toEqual([])
  })

  it('keeps the stores of admins, and copies none twice', () => {
    const risky = ['lose-disk', 'restore', 'clone', 'leave']
    const isSafe = ({ admins, events }: Plan): boolean =>
      areAll(events, ({ do: kind, who }) => !risky.includes(kind) || who >= admins)
    expect(culprits((plan) => !isSafe(plan))).toEqual([])
    expect(culprits((plan) => new Set(copiesIn(plan)).size < copiesIn(plan).length)).toEqual([])
  })

  it('never lets a fork stay hidden until what it touches is collected', () => {
    const forks = (plan: Plan): boolean => copiesIn(plan).length > 0 || plays(plan, 'equivocate')
    const collects = (plan: Plan): boolean => has(plan, 'collect') || plan.habits.collectMs > 0
    expect(culprits((plan) => forks(plan) && has(plan, 'skip') && collects(plan))).toEqual([])
  })

  it('never closes an id in a mesh where months pass and no seal keeps what was collected', () => {
    expect(culprits((plan) => !plan.revocable && has(plan, 'skip') && has(plan, 'close'))).toEqual(
      [],
    )
  })

  it('never lets a newcomer meet one who lies about its state', () => {
    expect(
      culprits((plan) => plays(plan, 'lie-about-state') && has(plan, 'join', 'lose-disk')),
    ).toEqual([])
  })
})

describe('the plans of many seeds', () => {
  it('are calm, of one fault, heavy and mixed in their shares', () => {
    expect(shareOf('flavour', 'calm')).toBeCloseTo(0.1, 1)
    expect(shareOf('flavour', 'single')).toBeCloseTo(0.1, 1)
    expect(shareOf('flavour', 'heavy')).toBeCloseTo(0.1, 1)
    expect(shareOf('flavour', 'mixture')).toBeCloseTo(0.7, 1)
    const calm = drawn.filter(({ terms }) => terms.flavour === 'calm')
    expect(calm.every(({ plan }) => plan.events.every(isWork))).toBe(true)
  })

  it('leave out no deed, shape, trouble, fate, trick, fault, theme or weather', () => {
    const expected: Readonly<Record<string, readonly string[]>> = {
      deed: deeds,
      fault: faultClasses,
      theme: [...themes.always, ...themes.closed].map(({ name }) => name),
      partition: partitionShapes,
      link: linkTroubles,
      unsynced: unsyncedFates,
      trick: [...tricks, ...trustTricks],
      closed: ['true', 'false'],
      topology: topologies,
      weather: Object.keys(calmWeather),
      signatures: ['stub', 'ed25519'],
      restore: ['told', 'untold'],
      write: ['put', 'remove', 'same', 'conditional', 'retried'],
      gossip: ['true', 'false'],
      revocable: ['true', 'false'],
      admins: ['0', '1', '2'],
      clock: ['ahead', 'behind', 'right'],
    }
    for (const [dimension, values] of Object.entries(expected)) {
      for (const value of values) {
        expect(shareOf(dimension, value), `${dimension}: ${value}`).toBeGreaterThan(0.002)
      }
    }
  })

  it('are small meshes mostly, large ones now and then', () => {
    const few = plans.filter(({ peers }) => peers >= 3 && peers <= 8).length / plans.length
    expect(few).toBeGreaterThan(0.8)
    expect(plans.some(({ peers }) => peers > 20)).toBe(true)
    expect(plans.every(({ peers, hostile }) => hostile <= peers * 0.4)).toBe(true)
  })
})

const isWork = ({ do: kind }: Plan['events'][number]): boolean =>
  ['write', 'rollback', 'refuse', 'intent', 'badge'].includes(kind)

const deeds = [
  'write',
  'rollback',
  'refuse',
  'crash',
  'disk-fails',
  'image',
  'restore',
  'lose-disk',
  'clone',
  'clock',
  'drift',
  'pause',
  'away',
  'leave',
  'join',
  'skip',
  'partition',
  'weather',
  'link',
  'collect',
  'announce',
  'session',
  'seal',
  'cut',
  'close',
  'trick',
  'intent',
  'badge',
  'revoke',
  'reincarnate',
]
