import { between, spread, weighted } from './draw.js'
import type { DiskRules, Habits, Overlay, Plan, Weather } from '../plan.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'
import type { FaultClass, Terms } from './swarm-terms.js'
import { badgesOf } from './swarm-badges.js'

/** Everything of a plan that is no event and no span of time. */
export type Mesh = Omit<Plan, 'seed' | 'safetyMs' | 'livenessMs' | 'events'>

/** More than this are a crowd: they cost much, so that less happens among them. */
export const crowdMin = 13

const realSignatures = 0.01

export function meshOf(terms: Terms): Mesh {
  const random = randomOf(terms.seed, 'mesh')
  const signatures = random.chance(realSignatures) ? 'ed25519' : 'stub'
  const size = sizeOf(terms, random)
  const mesh: Mesh = {
    ...size,
    signatures,
    overlay: overlayOf(terms, size, random),
    weather: weatherOf(terms.faults, randomOf(terms.seed, 'weather')),
    disk: diskOf(terms.faults, random),
    habits: habitsOf(terms.faults, size.peers, random),
  }
  const bent = { ...mesh, ...terms.theme?.bend?.(mesh, random) }
  return terms.isClosed ? { ...bent, closed: badgesOf(terms.seed, bent) } : bent
}

type Size = Pick<Mesh, 'peers' | 'admins' | 'hostile' | 'revocable'>

/** 3 to 7 mostly, up to 50 now and then, and up to two in five of them hostile. */
function sizeOf({ theme, faults, flavour, isClosed }: Terms, random: Random): Size {
  const needs = theme?.needs ?? {}
  const revocable = isClosed || (needs.isRevocable ?? random.chance(0.55))
  const admins = revocable ? Math.max(needs.admins ?? 0, random.chance(0.6) ? 1 : 2) : 0
  const drawn = {
    few: () => between(random, 3, 5),
    some: () => between(random, 4, 7),
    many: () => between(random, 8, 12),
    crowd: () => spread(random, crowdMin, 50),
  }[weighted(random, { few: 60, some: 32, many: 6, crowd: flavour === 'heavy' ? 0 : 2 })]()
  const honest = Math.max(drawn, admins + (needs.people ?? 1), 2)
  const hostileMax = Math.floor((honest * 2) / 3)
  const isHostile = faults.has('hostility') || needs.hostile !== undefined
  const hostile = isHostile
    ? Math.max(needs.hostile ?? 1, Math.min(hostileMax, between(random, 1, 4)))
    : 0
  return { peers: honest + hostile, admins, hostile, revocable }
}

/**
 * All to all, sparse, or strung out. Where somebody may withhold what should pass through, or leave
 * for good, everybody is connected to everybody: else honest peers would be cut off for ever.
 */
function overlayOf({ faults }: Terms, { peers, hostile }: Size, random: Random): Overlay {
  const isSafe = hostile === 0 && !faults.has('churn')
  const kind = weighted(random, {
    full: 60,
    sparse: isSafe ? 25 : 0,
    strung: isSafe ? 15 : 0,
  })
  const isFull = kind === 'full' && peers < crowdMin
  const links = isFull ? peers - 1 : between(random, 2, Math.max(2, Math.min(6, peers - 1)))
  const topology =
    kind === 'strung' ? random.pick(['ring', 'line', 'star', 'regions'] as const) : 'random'
  const isRegional = topology === 'regions' || random.chance(0.1)
  return {
    gossip: faults.size === 0 || !random.chance(0.12),
    links: isSafe ? links : peers - 1,
    degree: between(random, 2, 4),
    holdMs: isFull ? between(random, 0, 30) : between(random, 0, 5),
    floodPublish: random.chance(isFull ? 0.8 : 0.3),
    topology,
    regions: isRegional ? between(random, 2, 3) : 1,
    regionDelayMs: isRegional ? between(random, 20, 150) : 0,
  }
}

/** What the air is like when nothing is wrong with it. */
export const calmWeather: Weather = {
  delayMinMs: 1,
  delayMeanMs: 5,
  lossShare: 0,
  duplicateShare: 0,
  duplicateLaterMs: 0,
  reorderShare: 0,
  truncateShare: 0,
  clogShare: 0,
  clogMs: 0,
  bytesPerSecond: 0,
}

function weatherOf(faults: ReadonlySet<FaultClass>, random: Random): Weather {
  const isStormy = faults.size > 0 && random.chance(0.5)
  const weather = {
    ...calmWeather,
    delayMinMs: isStormy ? between(random, 0, 30) : between(random, 0, 3),
    delayMeanMs: isStormy ? between(random, 20, 100) : between(random, 1, 20),
  }
  if (faults.has('loss')) weather.lossShare = random.pick([0.01, 0.05, 0.1, 0.2, 0.3])
  if (faults.has('duplicates')) {
    weather.duplicateShare = random.pick([0.02, 0.1, 0.3, 0.5])
    weather.duplicateLaterMs = spread(random, 10, 10_000)
  }
  if (faults.has('reordering')) weather.reorderShare = random.pick([0.05, 0.2, 0.5])
  if (faults.has('truncation')) weather.truncateShare = random.pick([0.005, 0.02, 0.05])
  if (faults.has('clogs')) {
    weather.clogShare = random.pick([0.002, 0.01, 0.02])
    weather.clogMs = spread(random, 100, 5_000)
  }
  if (faults.has('narrow-links')) weather.bytesPerSecond = spread(random, 16_000, 1_000_000)
  return weather
}

function diskOf(faults: ReadonlySet<FaultClass>, random: Random): DiskRules {
  if (faults.has('slow-disks')) return { syncMs: spread(random, 50, 500) }
  return { syncMs: random.chance(0.2) ? 0 : spread(random, 1, 20) }
}

function habitsOf(faults: ReadonlySet<FaultClass>, peers: number, random: Random): Habits {
  const isCrowd = peers >= crowdMin
  return {
    sessionMs: isCrowd ? between(random, 2_000, 4_000) : spread(random, 500, 3_000),
    presenceMs: isCrowd ? between(random, 8_000, 15_000) : spread(random, 1_500, 8_000),
    tickMs: spread(random, 1_000, 4_000),
    collectMs: random.chance(0.4) ? spread(random, 1_000, 8_000) : 0,
    clockStepMs: faults.has('coarse-clocks') ? random.pick([10, 100, 1_000, 4_000]) : 1,
  }
}
