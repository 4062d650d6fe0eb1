import { between, moments, some, spread } from './draw.js'
import { linkTroubles, partitionShapes, unsyncedFates } from '../plan.js'
import type { Deed, PlannedEvent, Weather } from '../plan.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'
import { dayMs, deathOf } from './story.js'
import type { Mesh } from './swarm-mesh.js'
import type { Era, FaultClass, Terms } from './swarm-terms.js'
import { tricksOf } from './themes/hostile.js'

interface Field {
  readonly terms: Terms
  readonly mesh: Mesh
  readonly random: Random
  readonly fromMs: number
  readonly toMs: number
  /** Whose store was set back or copied: each at most once (ARCHITECTURE, known gaps). */
  readonly copied: Set<number>
}

type Faults = (field: Field) => readonly PlannedEvent[]

/** What strikes here and there while all the rest goes on. */
export function faultsOf(
  terms: Terms,
  mesh: Mesh,
  span: Pick<Field, 'fromMs' | 'toMs' | 'copied'>,
): readonly PlannedEvent[] {
  return [...terms.faults].flatMap((fault) => {
    const random = randomOf(terms.seed, 'fault', fault)
    return makers[fault]?.({ terms, mesh, random, ...span }) ?? []
  })
}

const honestOf = ({ mesh, random }: Field): number => random.below(mesh.peers - mesh.hostile)

/** Honest, and no admin: what the mesh's statements rest on is neither lost nor set back nor copied. */
function memberOf({ mesh, random }: Field): number | undefined {
  const members = mesh.peers - mesh.hostile - mesh.admins
  return members > 0 ? mesh.admins + random.below(members) : undefined
}

const anyTimes = (low: number, high: number, deedOf: (field: Field) => Deed | undefined): Faults =>
  atMoments(low, high, (field) => {
    const deed = deedOf(field)
    return deed === undefined ? [] : [{ who: honestOf(field), ...deed }]
  })

type Struck = Deed & { readonly who: number; readonly later?: number }

/** So many times, each at a moment of chance; one time may be several events. */
function atMoments(low: number, high: number, strike: (field: Field) => readonly Struck[]): Faults {
  return (field) =>
    moments(field.random, between(field.random, low, high), field.fromMs, field.toMs).flatMap(
      (at) =>
        strike(field).map(({ later = 0, ...deed }): PlannedEvent => ({ at: at + later, ...deed })),
    )
}

const bothWays = (ahead: readonly number[]): readonly number[] => [
  0,
  ...ahead,
  ...ahead.map((ms) => -ms),
]

const jumpsMs: Readonly<Record<Era, readonly number[]>> = {
  // No further than forks may stay hidden.
  forks: bothWays([1_000, 59_000, 61_000, 600_000, dayMs]),
  months: bothWays([1_000, 59_000, 61_000, 600_000, 3_600_000, dayMs, 365 * dayMs, 3_650 * dayMs]),
}

/** Far worse than what is there all the time, and over soon. */
const squalls: readonly Partial<Weather>[] = [
  { lossShare: 0.7 },
  { duplicateShare: 0.8, duplicateLaterMs: 3_000 },
  { reorderShare: 0.9, delayMeanMs: 300 },
  { delayMinMs: 400, delayMeanMs: 800 },
  { truncateShare: 0.3 },
  { clogShare: 0.2, clogMs: 2_000 },
]

const makers: Readonly<Partial<Record<FaultClass, Faults>>> = {
  partitions: anyTimes(1, 3, ({ random }) => ({
    do: 'partition',
    shape: random.pick(partitionShapes),
    salt: random.below(1_000_000),
    forMs: spread(random, 200, 8_000),
  })),
  'link-troubles': anyTimes(1, 5, ({ random, mesh }) => ({
    do: 'link',
    to: random.below(mesh.peers),
    trouble: random.pick(linkTroubles),
    forMs: spread(random, 200, 8_000),
  })),
  squalls: anyTimes(1, 3, ({ random }) => ({
    do: 'weather',
    change: some(random, squalls, between(random, 1, 2)).reduce((all, one) => ({ ...all, ...one })),
    forMs: spread(random, 200, 6_000),
  })),
  absences: anyTimes(1, 4, ({ random }) => ({ do: 'away', forMs: spread(random, 200, 10_000) })),
  crashes: (field) => [
    ...singleCrashes(field),
    ...(field.random.chance(0.3) ? powerCut(field) : []),
  ],
  pauses: anyTimes(1, 4, ({ random }) => ({ do: 'pause', forMs: spread(random, 50, 8_000) })),
  'disk-failures': anyTimes(1, 3, ({ random }) => ({
    do: 'disk-fails',
    afterOps: spread(random, 1, 40),
    ops: between(random, 1, 4),
  })),
  'lost-disks': ofMembers(1, 2, () => [{ do: 'lose-disk' }]),
  restores: ofMembers(1, 2, ({ random }) => [
    { do: 'image' },
    { do: 'restore', isTold: true, later: spread(random, 100, 6_000) },
  ]),
  reverts: ofMembers(1, 1, ({ random }, who, copied) => {
    if (copied.has(who)) return []
    copied.add(who)
    return [{ do: 'image' }, { do: 'restore', isTold: false, later: spread(random, 100, 6_000) }]
  }),
  clones: ofMembers(1, 1, ({ terms }, who, copied) => {
    // A theme of forks makes copies of its own, and knows them by their number.
    if (copied.has(who) || terms.theme?.era === 'forks') return []
    copied.add(who)
    return [{ do: 'clone' }]
  }),
  'clock-jumps': anyTimes(1, 3, ({ random, terms }) => ({
    do: 'clock',
    offsetMs: random.pick(jumpsMs[terms.era]),
  })),
  drift: anyTimes(1, 3, ({ random }) => ({ do: 'drift', ppm: between(random, -500, 500) })),
  churn: ofMembers(1, 2, ({ random }) =>
    random.chance(0.3)
      ? [{ do: 'leave' }]
      : [{ do: 'leave' }, { do: 'join', later: spread(random, 200, 6_000) }],
  ),
  statements: statements,
  months: atMoments(1, 3, (field) => monthOf(field)),
  hostility: ({ mesh, ...field }) =>
    moments(
      field.random,
      mesh.hostile === 0 ? 0 : between(field.random, 2, 8),
      field.fromMs,
      field.toMs,
    ).map((at) => ({
      at,
      who: mesh.peers - 1 - field.random.below(mesh.hostile),
      do: 'trick',
      trick: field.random.pick(tricksOf(field.terms.era)),
    })),
}

const singleCrashes = anyTimes(1, 5, ({ random }) => ({ do: 'crash', ...deathOf(random) }))

/** All at once. */
const powerCut = atMoments(1, 1, ({ mesh, random }) => {
  const unsynced = random.pick(unsyncedFates)
  return Array.from({ length: mesh.peers }, (_, who) => ({
    who,
    do: 'crash',
    unsynced,
    downMs: spread(random, 20, 3_000),
  }))
})

type Later = Deed & { readonly later?: number }

function ofMembers(
  low: number,
  high: number,
  strike: (field: Field, who: number, copied: Set<number>) => readonly Later[],
): Faults {
  return atMoments(low, high, (field) => {
    const who = memberOf(field)
    if (who === undefined) return []
    return strike(field, who, field.copied).map((deed) => ({ ...deed, who }))
  })
}

function statements(field: Field): readonly PlannedEvent[] {
  const { mesh, random } = field
  const issue = atMoments(1, 4, () => {
    const admin = random.below(Math.max(1, mesh.admins))
    const whom = memberOf(field)
    const deed = random.pick(['cut', 'seal', 'close'] as const)
    if (deed === 'close') return [{ do: 'close', who: honestOf(field) }]
    if (mesh.admins === 0 || whom === undefined) return []
    return [
      deed === 'seal'
        ? { do: 'seal', who: admin }
        : { do: 'cut', who: admin, whom, back: random.below(4) },
    ]
  })
  return issue(field)
}

/** Weeks pass, and whoever is in sight settles what it can. */
function monthOf(field: Field): readonly Struck[] {
  const { mesh, random } = field
  const speaker = honestOf(field)
  const honest = Array.from({ length: mesh.peers - mesh.hostile }, (_, index) => index)
  const collectors = some(random, honest, random.chance(0.6) ? honest.length : 1)
  const latencyMs = 50 + 4 * (mesh.weather.delayMinMs + mesh.weather.delayMeanMs)
  return [
    { do: 'skip', who: speaker, ms: between(random, 30, 70) * dayMs },
    { do: 'announce', who: speaker, later: 1 },
    ...honest.slice(0, mesh.admins).map((who): Struck => ({ do: 'seal', who, later: latencyMs })),
    ...collectors.map((who): Struck => ({ do: 'collect', who, later: 2 * latencyMs })),
  ]
}
