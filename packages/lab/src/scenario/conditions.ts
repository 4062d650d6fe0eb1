import { partitionOf } from '@grapevine/sim'
import type { Plan, PlannedEvent } from '@grapevine/sim'
import type { Air } from '../mesh/conditions.js'
import type { LabState } from '../wire.js'

/** What lies between the peers for some time of a plan. */
export interface Spell {
  readonly at: number
  /** Empty: the mesh is whole. */
  readonly groups: LabState['groups']
  readonly lines: readonly Air[]
}

/** The spells of a plan, in order; each ends where the next begins, and the last one with the plan. */
export function spellsOf(plan: Plan): readonly Spell[] {
  const lasting = plan.events.filter(isLasting)
  const moments = lasting.flatMap((event) => [event.at, event.at + event.forMs])
  const times = [...new Set([0, ...moments, ...flapsOf(lasting)])].filter(
    (at) => at < plan.safetyMs,
  )
  const spells = times
    .toSorted((a, b) => a - b)
    .map((at) =>
      spellAt(
        plan,
        lasting.filter((event) => isOn(event, at)),
        at,
      ),
    )
  return spells.filter((spell, index) => index === 0 || differs(spell, spells[index - 1]!))
}

type Lasting = Extract<PlannedEvent, { readonly do: 'partition' | 'away' | 'link' | 'weather' }>

const isLasting = (event: PlannedEvent): event is Lasting =>
  ['partition', 'away', 'link', 'weather'].includes(event.do)

const isOn = ({ at, forMs }: Lasting, now: number): boolean => at <= now && now < at + forMs

/** A line that flaps is down every other time. */
const flapMs = 2_000

const flapsOf = (lasting: readonly Lasting[]): readonly number[] =>
  lasting.flatMap((event) =>
    event.do === 'link' && event.trouble === 'flapping'
      ? Array.from(
          { length: Math.floor(event.forMs / flapMs) },
          (_, nth) => event.at + nth * flapMs,
        )
      : [],
  )

const differs = (one: Spell, other: Spell): boolean =>
  JSON.stringify({ ...one, at: 0 }) !== JSON.stringify({ ...other, at: 0 })

type Pair = readonly [one: number, other: number]

function spellAt(plan: Plan, on: readonly Lasting[], at: number): Spell {
  const pairs = pairsOf(plan.peers)
  const isBlocked = blocksOf(plan, on)
  const groups = groupsOf(plan.peers, isBlocked)
  const isCut = ([one, other]: Pair): boolean => groupAt(groups, one) !== groupAt(groups, other)
  const lines = pairs.flatMap((pair): readonly Air[] => {
    const air = airOf(plan, on, pair, at)
    const isDown = groups.length === 0 && isBlocked(...pair)
    if (isCut(pair)) return [air]
    return [isDown ? { ...air, state: 'down' } : air]
  })
  return { at, groups, lines: lines.filter(isOfNote) }
}

const isOfNote = ({ state, delayMs, jitterMs, lossShare, bytesPerSecond }: Air): boolean =>
  state !== 'clear' ||
  delayMs + (jitterMs ?? 0) > loopbackMs ||
  lossShare > 0 ||
  bytesPerSecond !== undefined

/** So much a busy machine takes by itself. */
const loopbackMs = 1

const pairsOf = (peers: number): readonly Pair[] =>
  Array.from({ length: peers }, (_, one) =>
    Array.from({ length: peers - one - 1 }, (__, more): Pair => [one + 1, one + more + 2]),
  ).flat()

function blocksOf(plan: Plan, on: readonly Lasting[]): (one: number, other: number) => boolean {
  const regionOf = (index: number): number => index % plan.overlay.regions
  const blocks = on.flatMap((event) => {
    if (event.do === 'away') {
      return [(from: number, to: number) => (from === event.who) !== (to === event.who)]
    }
    if (event.do !== 'partition' || event.shape === 'asymmetric') return []
    const { shape, who, salt } = event
    return [partitionOf({ shape, who, salt, peers: plan.peers, regionOf })]
  })
  return (one, other) => blocks.some((block) => block(one - 1, other - 1))
}

const groupAt = (groups: LabState['groups'], number: number): number =>
  groups.findIndex((group) => group.includes(number))

/** Groups that reach each other within, and nobody else; none where it is no such cut. */
function groupsOf(
  peers: number,
  isBlocked: (one: number, other: number) => boolean,
): LabState['groups'] {
  let groups: number[][] = []
  for (let number = 1; number <= peers; number++) {
    const reached = groups.filter((group) => group.some((other) => !isBlocked(other, number)))
    groups = [...groups.filter((group) => !reached.includes(group)), [...reached.flat(), number]]
  }
  const isWhole = groups.every((group) =>
    group.every((one) => group.every((other) => one === other || !isBlocked(one, other))),
  )
  if (groups.length < 2 || !isWhole) return []
  return groups.map((group) => group.toSorted((a, b) => a - b)).toSorted((a, b) => a[0]! - b[0]!)
}

/** That of a link which carries 8 kB/s, and of one that loses every other frame. */
const slowBytesPerSecond = 8_000
const lossyShare = 0.5

function airOf(plan: Plan, on: readonly Lasting[], [from, to]: Pair, at: number): Air {
  const changes = on.flatMap((event) => (event.do === 'weather' ? [event.change] : []))
  const { delayMinMs, delayMeanMs, lossShare, bytesPerSecond } = Object.assign(
    { ...plan.weather },
    ...changes,
  ) as Plan['weather']
  const { regions, regionDelayMs } = plan.overlay
  const farMs = (from - 1) % regions === (to - 1) % regions ? 0 : regionDelayMs
  const troubles = on.flatMap((event) =>
    event.do === 'link' && isBetween(event, from, to) ? [troubleAt(event, at)] : [],
  )
  const speed = troubles.includes('slow') ? slowBytesPerSecond : bytesPerSecond || undefined
  return {
    from,
    to,
    state: troubles.includes('down') ? 'down' : 'clear',
    delayMs: Math.round(delayMinMs + farMs),
    // As much as the mean, evenly.
    jitterMs: Math.round(2 * delayMeanMs),
    lossShare: troubles.includes('lossy') ? lossyShare : lossShare,
    ...(speed !== undefined && { bytesPerSecond: speed }),
  }
}

type LinkEvent = Extract<PlannedEvent, { readonly do: 'link' }>

const isBetween = ({ who, to: other }: LinkEvent, from: number, to: number): boolean =>
  Math.min(who, other) + 1 === from && Math.max(who, other) + 1 === to

function troubleAt({ trouble, at: since }: LinkEvent, at: number): string {
  if (trouble !== 'flapping') return trouble
  return Math.floor((at - since) / flapMs) % 2 === 0 ? 'down' : 'up'
}
