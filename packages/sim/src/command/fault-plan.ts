import { BadInput } from './bad-input.js'
import { between, some } from '../swarm/draw.js'
import { formOf } from './faults.js'
import type { FaultName, FaultWish } from './faults.js'
import { drawGraph } from '../world/graph.js'
import { partitionShapes, tricks, unsyncedFates } from '../plan.js'
import type { Deed, LinkTrouble, Overlay, PlannedEvent, Weather } from '../plan.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'
import { bandwidth, count, delay, duration, offset, oneOf, share } from './units.js'
import type { Read } from './units.js'
import { howMany, named, occasionsOf, someone, windowOf } from './who.js'
import type { Mesh, Window } from './who.js'

/** The mesh that the faults are for. */
interface Scene extends Mesh {
  readonly seed: number
  readonly overlay: Overlay
}

/** What a fault adds to a plan: weather for the whole run, and events in no order. */
interface FaultPlan {
  readonly weather: Partial<Weather>
  readonly events: readonly PlannedEvent[]
}

/** How many members the faults make hostile. */
export function hostileOf(faults: readonly FaultWish[]): number {
  const [one, second] = faults.filter(({ name }) => name === 'hostile')
  if (second !== undefined) {
    throw new BadInput(`${second.where}: hostile is there already, say it once for all of them`)
  }
  return one === undefined ? 0 : count(1, 1000)(one.value ?? '1', one.where)
}

/** Everything that the faults make happen. Each draws from a stream of its own. */
export function planFaults(faults: readonly FaultWish[], scene: Scene): FaultPlan {
  const times = new Map<FaultName, number>()
  const parts = faults.map((fault): FaultPlan => {
    const nth = times.get(fault.name) ?? 0
    times.set(fault.name, nth + 1)
    const random = randomOf(scene.seed, 'faults', fault.name, nth)
    return makers[fault.name]({ fault, scene, random, window: windowOf(fault, scene) })
  })
  return {
    weather: Object.assign({}, ...parts.map((part) => part.weather)) as Partial<Weather>,
    events: parts.flatMap((part) => part.events),
  }
}

interface Cause {
  readonly fault: FaultWish
  readonly scene: Scene
  readonly random: Random
  readonly window: Window
}

type Maker = (cause: Cause) => FaultPlan

const makers: Readonly<Record<FaultName, Maker>> = {
  loss: weather(share, (lossShare) => ({ lossShare })),
  duplicate: weather(share, (duplicateShare, { detail = '1s', where }) => ({
    duplicateShare,
    duplicateLaterMs: delay(detail, where),
  })),
  reorder: weather(share, (reorderShare) => ({ reorderShare })),
  truncate: weather(share, (truncateShare) => ({ truncateShare })),
  delay: weather(delay, (delayMeanMs) => ({ delayMeanMs })),
  clog: weather(share, (clogShare, { detail = '2s', where }) => ({
    clogShare,
    clogMs: delay(detail, where),
  })),
  bandwidth: weather(bandwidth, (bytesPerSecond) => ({ bytesPerSecond })),
  down: links('down'),
  'half-open': links('half-open'),
  slow: links('slow'),
  flap: links('flapping'),
  lossy: links('lossy'),
  partition: events(partition),
  absent: spans((forMs) => ({ do: 'away', forMs })),
  pause: spans((forMs) => ({ do: 'pause', forMs })),
  leave: events(leave),
  clock: events(clock),
  drift: events(drift),
  restore: events(restore),
  rolling: events(rolling),
  hostile: events(hostile),
  crash: events(crash),
  'disk-full': moments(() => ({ do: 'disk-fails', afterOps: 0, ops: diskFullOps })),
  'lose-disk': moments(() => ({ do: 'lose-disk' })),
  clone: moments(() => ({ do: 'clone' })),
  skip: events(skip),
}

/** So often a full disk refuses what is written to it, until somebody makes room. */
const diskFullOps = 10

function events(make: (cause: Cause) => readonly PlannedEvent[]): Maker {
  return (cause) => ({ weather: {}, events: make(cause) })
}

/** For the whole run it is how the links are; within a window it is a change of the weather. */
function weather<T>(read: Read<T>, make: (value: T, fault: FaultWish) => Partial<Weather>): Maker {
  return ({ fault, window }) => {
    const change = make(read(needed(fault), fault.where), fault)
    if (fault.fromMs === undefined && fault.untilMs === undefined)
      return { weather: change, events: [] }
    const at = window.fromMs
    const event: PlannedEvent = { at, who: 0, do: 'weather', change, forMs: window.toMs - at }
    return { weather: {}, events: [event] }
  }
}

function spans(make: (forMs: number) => Deed): Maker {
  return events(({ fault, scene, random, window: { fromMs, toMs } }) =>
    someone(fault.value ?? '1', fault.where, scene, random).map((who) => ({
      at: fromMs,
      who,
      ...make(toMs - fromMs),
    })),
  )
}

function moments(make: () => Deed): Maker {
  return events(({ fault, scene, random }) =>
    occasionsOf(fault, scene, random).map((occasion) => ({ ...occasion, ...make() })),
  )
}

/** Of the connections that there are: so many, a share, or all of one peer. */
function links(trouble: LinkTrouble): Maker {
  return events(({ fault, scene, random, window: { fromMs, toMs } }) => {
    const { value = '1', where } = fault
    const graph = drawGraph(scene.peers, scene.overlay, randomOf(scene.seed, 'overlay'))
    const all = graph.links.flatMap((others, who) =>
      others.filter((to) => to > who).map((to) => ({ who, to })),
    )
    const owner = named(value, scene)
    const chosen =
      owner === undefined
        ? some(random, all, howMany(value, where, all.length, 'links'))
        : all.filter(({ who, to }) => who === owner || to === owner)
    return chosen.map((link) => ({
      at: fromMs,
      do: 'link',
      ...link,
      trouble,
      forMs: toMs - fromMs,
    }))
  })
}

function partition({ fault, scene, random, window: { fromMs, toMs } }: Cause): PlannedEvent[] {
  const { value = 'halves', detail, where } = fault
  const shape = oneOf(partitionShapes)(value, where)
  if (shape === 'regions' && scene.overlay.regions < 2) {
    throw new BadInput(`${where}: all peers are in one region, add --regions 2`)
  }
  const salt = random.below(2 ** 31)
  const [who] = someone(detail ?? '1', where, scene, random)
  return [{ at: fromMs, who: who ?? 0, do: 'partition', shape, forMs: toMs - fromMs, salt }]
}

function leave({ fault, scene, random, window: { fromMs, lastMs } }: Cause): PlannedEvent[] {
  return someone(fault.value ?? '1', fault.where, scene, random).flatMap((who): PlannedEvent[] => [
    { at: fromMs, who, do: 'leave' },
    ...(fault.untilMs === undefined ? [] : [{ at: lastMs, who, do: 'join' } as const]),
  ])
}

/** Off from the beginning of the window, right again where it has an end. */
function clock({ fault, scene, random, window: { fromMs, lastMs } }: Cause): PlannedEvent[] {
  const offsetMs = offset(needed(fault), fault.where)
  return someone(fault.detail ?? '1', fault.where, scene, random).flatMap((who): PlannedEvent[] => [
    { at: fromMs, who, do: 'clock', offsetMs },
    ...(fault.untilMs === undefined
      ? []
      : [{ at: lastMs, who, do: 'clock', offsetMs: 0 } as const]),
  ])
}

/** A tenth: the worst quartz is a thousand times better. */
const driftMaxPpm = 100_000

function drift({ fault, scene, random, window: { fromMs, lastMs } }: Cause): PlannedEvent[] {
  const [, most] = /^(\d+)\s*ppm$/.exec(needed(fault)) ?? []
  if (most === undefined) {
    throw new BadInput(`${fault.where}: a drift is said in millionths, write it like drift=200ppm`)
  }
  if (Number(most) > driftMaxPpm) {
    throw new BadInput(`${fault.where}: no clock is so wrong, write ${driftMaxPpm}ppm or less`)
  }
  const whom = someone(fault.detail ?? '100%', fault.where, scene, random)
  return whom.flatMap((who): PlannedEvent[] => [
    { at: fromMs, who, do: 'drift', ppm: between(random, -Number(most), Number(most)) },
    ...(fault.untilMs === undefined ? [] : [{ at: lastMs, who, do: 'drift', ppm: 0 } as const]),
  ])
}

function restore({ fault, scene, random, window: { fromMs, lastMs } }: Cause): PlannedEvent[] {
  const { value = '1', detail = 'told', where } = fault
  const isTold = oneOf(['told', 'untold'])(detail, where) === 'told'
  return someone(value, where, scene, random).flatMap((who): PlannedEvent[] => [
    { at: fromMs, who, do: 'image' },
    { at: lastMs, who, do: 'restore', isTold },
  ])
}

/** One after the other, in order, evenly over the window. */
function rolling({ fault, scene, window: { fromMs, toMs } }: Cause): PlannedEvent[] {
  const downMs = duration(fault.value ?? '1s', fault.where)
  const honest = scene.peers - scene.hostile
  return Array.from({ length: honest }, (_, who) => ({
    at: Math.floor(fromMs + ((toMs - fromMs) * (who + 0.5)) / honest),
    who,
    do: 'crash',
    unsynced: 'kept',
    downMs,
  }))
}

/** Each hostile member does something every second or two. */
function hostile({ fault, scene, random, window: { fromMs, toMs } }: Cause): PlannedEvent[] {
  const { detail, where } = fault
  const known = detail?.split('+').map((trick) => oneOf(tricks)(trick.trim(), where)) ?? tricks
  return Array.from({ length: scene.hostile }, (_, index) => scene.peers - 1 - index).flatMap(
    (who) => {
      const played: PlannedEvent[] = []
      for (let at = fromMs; (at += between(random, 500, 2500)) < toMs;) {
        played.push({ at, who, do: 'trick', trick: random.pick(known) })
      }
      return played
    },
  )
}

function crash({ fault, scene, random }: Cause): PlannedEvent[] {
  const { detail, where } = fault
  const fate = detail === undefined ? undefined : oneOf(unsyncedFates)(detail, where)
  return occasionsOf(fault, scene, random).map((occasion) => ({
    ...occasion,
    do: 'crash',
    unsynced: fate ?? random.pick(unsyncedFates),
    downMs: between(random, 300, 3000),
  }))
}

function skip({ fault, random, window: { fromMs, lastMs } }: Cause): PlannedEvent[] {
  const ms = duration(needed(fault), fault.where)
  const isSaid = fault.fromMs !== undefined && fault.untilMs === undefined
  return [{ at: isSaid ? fromMs : between(random, fromMs, lastMs), who: 0, do: 'skip', ms }]
}

function needed({ name, value, where }: FaultWish): string {
  if (value !== undefined) return value
  throw new BadInput(`${where}: it needs a value, write it like ${formOf(name).example}`)
}
