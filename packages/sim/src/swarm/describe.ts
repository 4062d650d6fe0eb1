import { nameOf } from '../world/names.js'
import { listed, span } from './spell.js'
import { describeTrust } from './describe-trust.js'
import type { Deed, Plan, PlannedEvent, Weather } from '../plan.js'

/** A plan as people read it: what the mesh is like, then what happens, one line each. */
export function describePlan(plan: Plan): string {
  const width = seconds(plan.safetyMs).length
  const lines = plan.events.map(
    (event) => `${seconds(event.at).padStart(width)}  ${describeEvent(plan, event)}`,
  )
  const rest = `${seconds(plan.safetyMs).padStart(width)}  all faults end; it must converge within ${span(plan.livenessMs)}`
  return [...headOf(plan), '', ...lines, rest].join('\n')
}

function headOf(plan: Plan): readonly string[] {
  const { peers, admins, hostile, revocable, overlay, habits, disk } = plan
  const who = [
    `${peers} peers`,
    ...(admins > 0 ? [`the first ${counted(admins, 'admin')}`] : []),
    ...(hostile > 0 ? [`the last ${hostile} hostile`] : []),
    revocable ? 'revocable' : 'not revocable',
    ...(plan.closed === undefined ? [] : ['closed']),
    ...(plan.signatures === 'ed25519' ? ['real signatures'] : []),
  ]
  const how = [
    overlay.links >= peers - 1 ? 'all to all' : `${overlay.topology} with ${overlay.links} links`,
    overlay.gossip ? 'gossip' : 'no gossip',
    `sessions each ${span(habits.sessionMs)}`,
    ...(habits.collectMs > 0 ? [`collecting each ${span(habits.collectMs)}`] : []),
    ...(habits.clockStepMs > 1 ? [`clocks in steps of ${span(habits.clockStepMs)}`] : []),
    `syncs of ${span(disk.syncMs)}`,
  ]
  return [`seed ${plan.seed}: ${who.join(', ')}`, how.join(', '), describeWeather(plan.weather)]
}

const counted = (count: number, noun: string): string =>
  count === 1 ? `${count} ${noun}` : `${count} ${noun}s`

function describeWeather(weather: Partial<Weather>): string {
  const { delayMinMs = 0, delayMeanMs = 0, bytesPerSecond = 0 } = weather
  const shares = [
    ['lost', weather.lossShare],
    ['twice', weather.duplicateShare],
    ['overtaking', weather.reorderShare],
    ['cut short', weather.truncateShare],
    ['clogging', weather.clogShare],
  ] as const
  return [
    ...(delayMinMs + delayMeanMs > 0 ? [`delays of ${delayMinMs} + ${delayMeanMs} ms`] : []),
    ...shares.flatMap(([word, share = 0]) => (share > 0 ? [`${percent(share)} ${word}`] : [])),
    ...(bytesPerSecond > 0 ? [`${Math.round(bytesPerSecond / 1000)} kB/s`] : []),
  ].join(', ')
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`

export function describeEvent(plan: Plan, event: PlannedEvent): string {
  const name = (index: number): string => nameIn(plan, index)
  const who = name(event.who)
  switch (event.do) {
    case 'clone':
      return `a copy of the store of ${who} goes live`
    case 'skip':
      return `${span(event.ms)} pass`
    case 'partition':
      return `a cut (${event.shape}, by ${who}, salt ${event.salt}) for ${span(event.forMs)}`
    case 'weather':
      return `other weather for ${span(event.forMs)}: ${describeWeather(event.change)}`
    case 'link':
      return `the link from ${who} to ${name(event.to)} is ${event.trouble} for ${span(event.forMs)}`
    case 'session':
      return `${who} opens a session with ${name(event.with)}`
    case 'cut':
      return `${who} cuts ${name(event.whom)}, ${event.back} releases back`
    case 'intent':
    case 'badge':
    case 'revoke':
      return describeTrust(event, name)
    default:
      return `${who} ${predicate(event)}`
  }
}

/** Copies of stores come after the planned peers, and nobody knows here whose they are. */
const nameIn = (plan: Plan, index: number): string =>
  index < plan.peers ? nameOf(index, plan.peers, plan.hostile) : `copy ${index - plan.peers + 1}`

type Lone = Exclude<
  Deed,
  {
    readonly do:
      | 'clone'
      | 'skip'
      | 'partition'
      | 'weather'
      | 'link'
      | 'session'
      | 'cut'
      | 'intent'
      | 'badge'
      | 'revoke'
  }
>

function predicate(deed: Lone): string {
  switch (deed.do) {
    case 'write':
      return describeWrite(deed)
    case 'rollback':
      return `rolls back the release that is ${deed.back} releases old`
    case 'refuse':
      return `cannot take ${deed.key}`
    case 'crash':
      return `crashes, unsynced writes ${deed.unsynced}, back after ${span(deed.downMs)}`
    case 'disk-fails':
      return `has a disk that fails ${deed.ops} times, ${deed.afterOps} operations from now`
    case 'image':
      return 'has its store copied aside'
    case 'restore':
      return `gets its old store back, and is ${deed.isTold ? 'told' : 'not told'}`
    case 'lose-disk':
      return 'loses its disk'
    case 'clock':
      return deed.offsetMs === 0 ? 'has its clock put right' : `has its clock ${off(deed.offsetMs)}`
    case 'drift':
      return `has a clock that drifts by ${deed.ppm} ppm`
    case 'pause':
      return `stands still for ${span(deed.forMs)}`
    case 'away':
      return `is out of reach for ${span(deed.forMs)}`
    case 'leave':
      return 'leaves for good'
    case 'join':
      return 'joins with an empty disk'
    case 'collect':
      return 'collects'
    case 'announce':
      return 'and all in sight of it announce themselves'
    case 'seal':
      return 'seals'
    case 'close':
      return 'closes an id that nobody uses any more'
    case 'reincarnate':
      return 'takes a new incarnation'
    case 'trick':
      return `plays a trick: ${deed.trick}`
  }
}

function describeWrite(deed: Extract<Deed, { readonly do: 'write' }>): string {
  const size = deed.valueBytes > 0 ? ` (${deed.valueBytes} bytes each)` : ''
  const parts = [
    ...(deed.put.length > 0 ? [`puts ${listed(deed.put)}${size}`] : []),
    ...(deed.remove.length > 0 ? [`removes ${listed(deed.remove)}`] : []),
    ...(deed.isSame === true ? ['as it is shown'] : []),
    ...(deed.isConditional === true ? ['if nothing changed'] : []),
    ...(deed.retryAfterMs === undefined ? [] : [`asks again after ${span(deed.retryAfterMs)}`]),
  ]
  return parts.length > 0 ? parts.join(', ') : 'writes nothing'
}

const off = (offsetMs: number): string =>
  `${span(Math.abs(offsetMs))} ${offsetMs > 0 ? 'fast' : 'slow'}`

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3).replace(/0{1,2}$/, '')} s`
