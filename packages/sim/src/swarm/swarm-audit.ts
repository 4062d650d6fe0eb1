import type { Plan, PlannedEvent, Weather } from '../plan.js'
import type { Drawn } from './swarm.js'

/** Dimension → value → in how many plans it was drawn. */
export type Audit = ReadonlyMap<string, ReadonlyMap<string, number>>

/**
 * What the plans of many seeds really hold. A generator that never draws something hides every bug
 * behind it, and nothing else would tell.
 */
export function auditOf(plans: Iterable<Drawn>): Audit {
  const audit = new Map<string, Map<string, number>>()
  for (const drawn of plans) {
    for (const name of new Set(traitsOf(drawn))) {
      const [dimension, value] = name.split('\n') as [string, string]
      const values = audit.get(dimension) ?? new Map<string, number>()
      audit.set(dimension, values.set(value, (values.get(value) ?? 0) + 1))
    }
  }
  return audit
}

const trait = (dimension: string, value: string | number | boolean): string =>
  `${dimension}\n${value}`

function* traitsOf({ plan, terms }: Drawn): Generator<string> {
  yield trait('flavour', terms.flavour)
  yield trait('era', terms.era)
  yield trait('theme', terms.theme?.name ?? 'none')
  for (const fault of terms.faults) yield trait('fault', fault)
  yield* meshTraits(plan)
  for (const [knob, value] of Object.entries(plan.weather) as [keyof Weather, number][]) {
    if (value > 0) yield trait('weather', knob)
  }
  for (const event of plan.events) yield* eventTraits(event)
}

function* meshTraits(plan: Plan): Generator<string> {
  const { overlay, habits } = plan
  yield trait('peers', rangeOf(plan.peers, [2, 3, 4, 5, 6, 7, 8, 13, 30]))
  yield trait('admins', plan.admins)
  yield trait('hostile', rangeOf(plan.hostile, [0, 1, 2, 3, 4]))
  yield trait('revocable', plan.revocable)
  yield trait('signatures', plan.signatures)
  yield trait('closed', plan.closed !== undefined)
  if (plan.closed !== undefined) yield trait('persons', plan.closed.persons.length)
  yield trait('gossip', overlay.gossip)
  yield trait('topology', overlay.topology)
  yield trait('links', overlay.links >= plan.peers - 1 ? 'all to all' : 'sparse')
  yield trait('regions', overlay.regions)
  yield trait('flood publish', overlay.floodPublish)
  yield trait('hold', overlay.holdMs > 0)
  yield trait('sync', rangeOf(plan.disk.syncMs, [0, 1, 10, 50, 200]))
  yield trait('session', rangeOf(habits.sessionMs, [500, 1_000, 2_000, 4_000]))
  yield trait('collecting', habits.collectMs > 0 ? 'by habit' : 'planned only')
  yield trait('clock step', habits.clockStepMs)
  yield trait('safety', rangeOf(plan.safetyMs, [0, 5_000, 10_000, 20_000, 40_000, 60_000]))
  yield trait('events', rangeOf(plan.events.length, [0, 10, 30, 60, 100, 200]))
}

function* eventTraits(event: PlannedEvent): Generator<string> {
  yield trait('deed', event.do)
  switch (event.do) {
    case 'write':
      yield trait('keys', rangeOf(event.put.length + event.remove.length, [0, 1, 2, 3, 10, 100]))
      yield trait('value', rangeOf(event.valueBytes, [0, 1, 1_000, 32_768, 100_000]))
      if (event.remove.length > 0) yield trait('write', 'remove')
      if (event.put.length > 0) yield trait('write', 'put')
      if (event.isSame === true) yield trait('write', 'same')
      if (event.isConditional === true) yield trait('write', 'conditional')
      if (event.retryAfterMs !== undefined) yield trait('write', 'retried')
      return
    case 'crash':
      yield trait('unsynced', event.unsynced)
      return
    case 'restore':
      yield trait('restore', event.isTold ? 'told' : 'untold')
      return
    case 'partition':
      yield trait('partition', event.shape)
      return
    case 'link':
      yield trait('link', event.trouble)
      return
    case 'trick':
      yield trait('trick', event.trick)
      return
    case 'revoke':
      yield trait('revoke', event.whom === 'root' || 'peer' in event.whom ? 'a peer' : 'a person')
      if (event.isKept === true) yield trait('revoke', 'keeping whom it let in')
      return
    case 'badge':
      yield trait('badge', event.endsMs === undefined ? 'for ever' : 'for a while')
      return
    case 'clock':
      yield trait('clock', event.offsetMs < 0 ? 'behind' : event.offsetMs > 0 ? 'ahead' : 'right')
      return
    default:
  }
}

/** The range that a number falls into, by the lowest number of each. */
function rangeOf(value: number, lows: readonly number[]): string {
  const place = lows.findLastIndex((low) => value >= low)
  const low = lows[place]
  if (low === undefined) return `below ${lows[0]}`
  const next = lows[place + 1]
  if (next === undefined) return `${low} and more`
  return next - low === 1 ? `${low}` : `${low} to ${next - 1}`
}
