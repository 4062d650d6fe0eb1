import type { Plan, PlannedEvent } from '@grapevine/sim'

/** What of a plan is done to peers and by them, in order of time; numbers begin with 1. */
export type Step = { readonly at: number; readonly number: number } & (
  | {
      readonly do: 'write'
      readonly put: readonly string[]
      readonly remove: readonly string[]
      readonly valueBytes: number
    }
  | { readonly do: 'kill' | 'start' | 'pause' | 'resume' | 'wipe'; readonly says: string }
)

/** Real peers write no more often than this, all together: what a laptop can still show. */
const writesPerSecondMax = 40

export function stepsOf(plan: Plan): readonly Step[] {
  const writes = plan.events.flatMap(writeOf)
  const thinned = thinnedOut(writes, (writesPerSecondMax * plan.safetyMs) / 1_000)
  return [...thinned, ...plan.events.flatMap(deedsOf)].toSorted((a, b) => a.at - b.at)
}

function writeOf(event: PlannedEvent): Step[] {
  if (event.do !== 'write') return []
  const { at, who, put, remove, valueBytes } = event
  return [{ at, number: who + 1, do: 'write', put, remove, valueBytes }]
}

/** So many of them at most, evenly. */
function thinnedOut<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all
  return all.filter(
    (_, at) => Math.floor((at * most) / all.length) !== Math.floor(((at - 1) * most) / all.length),
  )
}

function deedsOf(event: PlannedEvent): Step[] {
  const { at, who } = event
  const number = who + 1
  switch (event.do) {
    case 'crash':
      return [
        { at, number, do: 'kill', says: 'dies' },
        { at: at + event.downMs, number, do: 'start', says: 'starts again' },
      ]
    case 'pause':
      return [
        { at, number, do: 'pause', says: 'stands still' },
        { at: at + event.forMs, number, do: 'resume', says: 'goes on' },
      ]
    case 'leave':
      return [{ at, number, do: 'wipe', says: 'is gone, and its disk with it' }]
    case 'join':
      return [{ at, number, do: 'start', says: 'comes back as somebody new' }]
    default:
      return []
  }
}

/** What a plan asks for and real peers on this machine cannot be made to do: named, and left out. */
export function leftOutOf(plan: Plan): readonly string[] {
  const { duplicateShare, reorderShare, truncateShare, clogShare } = plan.weather
  const found = new Set(plan.events.flatMap((event) => reasonOf(event) ?? []))
  const frames = duplicateShare + reorderShare + truncateShare > 0
  return [
    ...found,
    ...(frames ? ['frames that come twice, out of order or in part: TCP lets none through'] : []),
    ...(clogShare > 0 ? ['clog: lines that stop for a moment'] : []),
  ].toSorted()
}

function reasonOf(event: PlannedEvent): string | undefined {
  switch (event.do) {
    case 'clock':
    case 'drift':
      return 'clock, drift: the clock of this machine is everybody’s'
    case 'skip':
      return 'skip: weeks take weeks here'
    case 'trick':
      return 'hostile: the peers of the lab are honest'
    case 'disk-fails':
    case 'lose-disk':
    case 'image':
    case 'restore':
    case 'clone':
      return 'disk-full, lose-disk, restore, clone: the disk of this machine is left alone'
    case 'crash':
      return event.unsynced === 'kept' ? undefined : unsyncedReason
    case 'link':
      return event.trouble === 'half-open'
        ? 'half-open: a line of TCP is silent both ways'
        : undefined
    case 'partition':
      return event.shape === 'asymmetric'
        ? 'partition asymmetric: a line of TCP is cut both ways'
        : undefined
    default:
      return undefined
  }
}

const unsyncedReason = 'crash lost, torn, reordered: peers die, and what their disk has it keeps'
