import { BadInput } from './bad-input.js'
import { hostileOf, planFaults } from './fault-plan.js'
import type { Habits, Overlay, Plan, PlannedEvent, Weather } from '../plan.js'
import { calmWeather } from '../swarm/swarm-mesh.js'
import type { Wishes } from './wishes.js'
import { planWrites } from './workload.js'

/** From what a user wished to everything that is decided before a run begins. */
export function planRehearsal(wishes: Wishes, seed: number): Plan {
  const peers = wishes.peers ?? 20
  const safetyMs = wishes.forMs ?? (peers > crowdMin ? 20_000 : 60_000)
  const faults = wishes.faults ?? []
  const hostile = hostileOf(faults)
  const honest = peers - hostile
  if (honest < 2) {
    const where = faults.find(({ name }) => name === 'hostile')!.where
    throw new BadInput(
      `${where}: of ${peers} peers two must be honest, write ${peers - 2} or fewer`,
    )
  }
  const { writers = Math.min(4, honest) } = wishes
  if (writers > honest) {
    throw new BadInput(`writers: there are only ${honest} honest peers, write ${honest} or fewer`)
  }
  const calm = weatherOf(wishes)
  const overlay = overlayOf(wishes, peers, calm)
  const planned = planFaults(faults, { seed, peers, hostile, safetyMs, overlay })
  const writes = planWrites({
    seed,
    honest,
    regions: overlay.regions,
    writers,
    perSecond: wishes.writesPerSecond ?? affordableRate(peers, safetyMs),
    keys: wishes.keys ?? 50,
    valueBytes: wishes.valueBytes ?? 100,
    forMs: safetyMs,
  })
  const habits = habitsOf(wishes, peers)
  const weather = { ...calm, ...planned.weather }
  const { syncMs = 1 } = wishes
  const events = [...writes, ...planned.events].sort((a, b) => a.at - b.at)
  return {
    seed,
    peers,
    admins: 1,
    hostile,
    revocable: wishes.isRevocable ?? true,
    signatures: wishes.signatures ?? 'stub',
    overlay,
    weather,
    disk: { syncMs },
    habits,
    safetyMs,
    livenessMs: wishes.settleMs ?? settleMsOf({ overlay, peers, habits, weather, syncMs, events }),
    events,
  }
}

/** More peers than that cost so much that less happens among them unless one asks for it. */
const crowdMin = 1000

/** More writes than that to so many peers, and nobody would wait for the end of the run. */
const deliveriesMax = 150_000

const affordableRate = (peers: number, safetyMs: number): number =>
  Math.min(5, deliveriesMax / peers / (safetyMs / 1000))

/** A quiet network in one place, where nothing goes wrong. */
function weatherOf({ delayMs = 0.5 }: Wishes): Weather {
  return {
    ...calmWeather,
    delayMinMs: Math.min(0.3, delayMs),
    delayMeanMs: delayMs,
  }
}

/** So many peers connect all to all. */
const allToAllMax = 32
/** Up to so many, a writer sends to all its connections at once. */
const floodMax = 200

function overlayOf(wishes: Wishes, peers: number, weather: Weather): Overlay {
  const { topology, regions = topology === 'regions' ? 3 : 1, betweenMs } = wishes
  if (topology === 'regions' && regions < 2) {
    throw new BadInput('regions: a mesh of regions has more than one, write --regions 2 or more')
  }
  if (betweenMs !== undefined && regions < 2) {
    throw new BadInput('between: there is only one region, add --regions 2')
  }
  if (regions > peers) {
    throw new BadInput(`regions: there are only ${peers} peers, write ${peers} or fewer`)
  }
  const chosen = topology ?? (regions > 1 ? 'regions' : 'random')
  const regionDelayMs = regions > 1 ? (betweenMs ?? 20) : 0
  const isAllToAll = peers <= allToAllMax && chosen === 'random'
  // Waits as long as a neighbour needs to say that it has the frame already.
  const roundTripMs = 2 * (weather.delayMinMs + weather.delayMeanMs + regionDelayMs)
  return {
    gossip: wishes.hasGossip ?? true,
    links: isAllToAll ? peers - 1 : 12,
    degree: isAllToAll ? 4 : 6,
    holdMs: isAllToAll ? Math.min(30, Math.max(5, 2 * roundTripMs)) : 0,
    floodPublish: peers <= floodMax,
    topology: chosen,
    regions,
    regionDelayMs,
  }
}

/** Small meshes compare every second. */
const oftenMax = 64

function habitsOf({ collectMs = 0 }: Wishes, peers: number): Habits {
  const isSmall = peers <= oftenMax
  return {
    sessionMs: isSmall ? 1000 : 5000,
    presenceMs: presenceMsOf(peers),
    tickMs: isSmall ? 1000 : 5000,
    collectMs,
    clockStepMs: 1,
  }
}

/**
 * Each says where it stands three times within the time after which it would count as silent. Every
 * word goes to everybody, so the work grows with the square of the peers: a larger mesh says it less
 * often, each peer at least every five minutes, and a crowd not at all.
 */
const presenceMsOf = (peers: number): number =>
  peers > crowdMin ? 0 : Math.min(300_000, Math.max(10_000, peers ** 2))

/** What decides how long a mesh needs. Delays, bandwidth and disks stay when all else heals. */
interface Settling {
  readonly overlay: Overlay
  readonly peers: number
  readonly habits: Habits
  readonly weather: Weather
  readonly syncMs: number
  readonly events: readonly PlannedEvent[]
}

/** Several times what comparing with chance partners needs until everybody has everything. */
function settleMsOf(mesh: Settling): number {
  const { overlay, peers, habits, weather, syncMs, events } = mesh
  const rounds = {
    line: peers,
    ring: peers / 2,
    star: 4,
    random: Math.log2(peers) + 4,
    regions: Math.log2(peers) + 8,
  }[overlay.topology]
  const linkMs = weather.delayMinMs + weather.delayMeanMs + overlay.regionDelayMs
  const roundMs = habits.sessionMs + 6 * linkMs + 2 * syncMs
  return Math.max(60_000, Math.ceil(3 * roundMs * rounds + longestWayMs(weather, events)))
}

/** The slowest of very many frames is ten times as slow as they are on average. */
const slowestOverMean = 10

/** What was sent in bad weather has yet to arrive when it is over. */
function longestWayMs(weather: Weather, events: readonly PlannedEvent[]): number {
  const changes = events.flatMap((event) => (event.do === 'weather' ? [event.change] : []))
  const ways = [weather, ...changes].map(
    ({ delayMeanMs = 0, clogMs = 0 }) => slowestOverMean * delayMeanMs + clogMs,
  )
  return Math.max(...ways)
}
