import type { ClosedMesh, Deed, Plan, PlannedBadge, PlannedEvent, Weather } from '../plan.js'
import { fewerPeers } from './shrink-peers.js'
import { calmWeather } from './swarm-mesh.js'

/** Whether a plan still goes wrong in the way that is looked into. */
type Fails = (plan: Plan) => boolean

const runsMaxDefault = 600

/**
 * The smallest plan that was found to fail in the same way: fewer events first, then fewer peers,
 * less weather, a shorter run, simpler deeds; again, until nothing more can go. The same plan is
 * always shrunk to the same one.
 */
export function shrink(plan: Plan, fails: Fails, runsMax = runsMaxDefault): Plan {
  let best = plan
  let runs = 0
  const attempt = (candidate: Plan): boolean => {
    if (runs >= runsMax) return false
    runs += 1
    if (!fails(candidate)) return false
    best = candidate
    return true
  }
  const search: Search = { best: () => best, attempt, isOver: () => runs >= runsMax }
  let before: Plan | undefined
  while (before !== best && !search.isOver()) {
    before = best
    fewerEvents(search)
    fewerPeers(search)
    shorter(search)
    simplerMesh(search)
    simplerDeeds(search)
    rounder(search)
  }
  return best
}

/** The best plan so far; an attempt that fails as it should becomes the best. */
export interface Search {
  best(this: void): Plan
  attempt(this: void, candidate: Plan): boolean
  isOver(this: void): boolean
}

const withEvents = (plan: Plan, events: readonly PlannedEvent[]): Plan => ({ ...plan, events })

/** Delta debugging: leaves out halves, then quarters, down to single events, the last ones first. */
function fewerEvents({ best, attempt, isOver }: Search): void {
  let size = Math.ceil(best().events.length / 2)
  while (size >= 1 && !isOver()) {
    let end = best().events.length
    while (end > 0 && !isOver()) {
      const { events } = best()
      const start = Math.max(0, end - size)
      attempt(withEvents(best(), [...events.slice(0, start), ...events.slice(end)]))
      end = start
    }
    if (size === 1) return
    size = Math.ceil(size / 2)
  }
}

/** The faults end right after the last event, or as soon after it as possible. */
function shorter({ best, attempt }: Search): void {
  const last = best().events.at(-1)?.at ?? 0
  for (const spareMs of [1, 100, 1_000, 5_000]) {
    if (last + spareMs >= best().safetyMs) return
    if (attempt({ ...best(), safetyMs: last + spareMs })) return
  }
}

/** Each knob on its own, and all of the weather at once before that. */
function simplerMesh({ best, attempt }: Search): void {
  const tryChange = (change: (plan: Plan) => Partial<Plan>): void => {
    const plan = best()
    const simpler = { ...plan, ...change(plan) }
    if (JSON.stringify(simpler) !== JSON.stringify(plan)) attempt(simpler)
  }
  tryChange(() => ({ weather: calmWeather }))
  for (const knob of Object.keys(calmWeather) as (keyof Weather)[]) {
    tryChange(({ weather }) => ({ weather: { ...weather, [knob]: calmWeather[knob] } }))
  }
  tryChange(({ overlay, peers }) => ({
    overlay: { ...overlay, topology: 'random', links: peers - 1, regions: 1, regionDelayMs: 0 },
  }))
  tryChange(({ overlay }) => ({ overlay: { ...overlay, gossip: false } }))
  tryChange(({ overlay }) => ({ overlay: { ...overlay, holdMs: 0, floodPublish: true } }))
  tryChange(({ habits }) => ({ habits: { ...habits, collectMs: 0 } }))
  tryChange(({ habits }) => ({ habits: { ...habits, clockStepMs: 1 } }))
  tryChange(() => ({ disk: { syncMs: 0 } }))
  tryChange(() => ({ signatures: 'stub' }))
  tryChange(({ admins }) => ({ admins: Math.min(admins, 1) }))
  tryChange(({ closed }) => (closed === undefined ? {} : { closed: plain(closed) }))
}

/** Everybody has a badge of the root, for everything that it may do already. */
const plain = ({ badges, persons }: ClosedMesh): ClosedMesh => {
  const straight = ({ grants }: PlannedBadge): PlannedBadge => ({ by: 'root', grants })
  return { badges: badges.map(straight), persons: persons.map(straight) }
}

/** Each event in its simplest form, or one step simpler. */
function simplerDeeds({ best, attempt, isOver }: Search): void {
  for (let index = 0; index < best().events.length && !isOver(); index++) {
    for (const simplify of simplifications) {
      const { events } = best()
      const event = events[index]!
      const simpler = { at: event.at, who: event.who, ...simplify(event) }
      if (JSON.stringify(simpler) === JSON.stringify(event)) continue
      attempt(withEvents(best(), events.with(index, simpler)))
    }
  }
}

const without = (from: readonly string[], place: number): readonly string[] =>
  from.length > 1 ? from.toSpliced(place, 1) : from

type Simplify = (deed: Deed) => Deed

/** Only for one kind of deed; others stay as they are. */
const ofWrites =
  (simplify: (write: Extract<Deed, { readonly do: 'write' }>) => Deed): Simplify =>
  (deed) =>
    deed.do === 'write' ? simplify(deed) : deed

const simplifications: readonly Simplify[] = [
  // A put of numbers, on no condition and asked for once.
  ofWrites(({ put, remove }) => ({ do: 'write', put, remove, valueBytes: 0 })),
  ofWrites((write) => ({ ...write, valueBytes: 0 })),
  ofWrites((write) => (write.put.length > 0 ? { ...write, remove: [] } : write)),
  ofWrites((write) => (write.remove.length > 0 ? { ...write, put: [] } : write)),
  ofWrites((write) => ({ ...write, put: write.put.slice(0, 1) })),
  ofWrites((write) => ({ ...write, put: without(write.put, 0) })),
  ofWrites((write) => ({ ...write, put: without(write.put, -1) })),
  ofWrites((write) => ({ ...write, remove: write.remove.slice(0, 1) })),
  (deed) => (deed.do === 'crash' ? { ...deed, unsynced: 'lost' } : deed),
  (deed) => (deed.do === 'crash' ? { ...deed, downMs: 100 } : deed),
  (deed) => (deed.do === 'cut' ? { ...deed, back: Math.min(deed.back, 1) } : deed),
  (deed) => ('forMs' in deed ? { ...deed, forMs: roundUp(deed.forMs) } : deed),
]

const roundUp = (ms: number): number => Math.ceil(ms / 1_000) * 1_000

/** Times that are easy to read. */
function rounder({ best, attempt }: Search): void {
  for (const stepMs of [1_000, 100, 10]) {
    const rounded = best().events.map((event) => ({
      ...event,
      at: Math.round(event.at / stepMs) * stepMs,
    }))
    if (rounded.every(({ at }, index) => at === best().events[index]!.at)) return
    const safetyMs = Math.max(best().safetyMs, (rounded.at(-1)?.at ?? 0) + 1)
    if (attempt({ ...withEvents(best(), rounded), safetyMs })) return
  }
}
