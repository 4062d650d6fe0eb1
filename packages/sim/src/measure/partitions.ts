import type { PartitionFigures } from './figures.js'
import { sideOf } from '../world/partition.js'
import type { Plan, PlannedDeed } from '../plan.js'
import type { Roster } from './roster.js'
import type { Update } from './update.js'

/** Partitions, what was written on each side, and how long each took to heal. */
interface PartitionLog {
  planned(event: PlannedDeed<'partition'>, at: number): void
  healed(at: number): void
  written(writer: number, count: number, at: number): void
  figures(updates: readonly Update[], roster: Roster): readonly PartitionFigures[]
}

interface Entry {
  readonly event: PlannedDeed<'partition'>
  readonly fromMs: number
  toMs: number
  readonly side: (peer: number) => number | undefined
  /** By side. */
  readonly writes: number[]
}

export function createPartitionLog(plan: Plan): PartitionLog {
  const entries: Entry[] = []
  return {
    planned(event, at) {
      const side = sidesOf(plan, event)
      const writes = Array.from({ length: sideCount(plan, event) }, () => 0)
      entries.push({ event, fromMs: at, toMs: at + event.forMs, side, writes })
    },
    healed(at) {
      for (const entry of entries) entry.toMs = Math.max(entry.fromMs, Math.min(entry.toMs, at))
    },
    written(writer, count, at) {
      for (const entry of entries) {
        const isIn = at >= entry.fromMs && at < entry.toMs
        const side = isIn ? entry.side(writer) : undefined
        if (side !== undefined) entry.writes[side]! += count
      }
    },
    figures: (updates, roster) =>
      entries.map((entry) => {
        const healMs = healMsOf(entry.toMs, updates, roster)
        const { event, fromMs, toMs, writes } = entry
        const isIn = (other: Entry): boolean =>
          other.fromMs < toMs + (healMs ?? Number.POSITIVE_INFINITY) && other.toMs > toMs
        return {
          shape: event.shape,
          fromMs,
          toMs,
          writes,
          healMs,
          isDisturbed: entries.some(isIn),
        }
      }),
  }
}

/** Whoever hears both sides of a bridge is a side of its own. */
function sideCount({ overlay }: Plan, { shape }: PlannedDeed<'partition'>): number {
  if (shape === 'ring') return 0
  if (shape === 'regions') return overlay.regions
  return shape === 'bridge' ? 3 : 2
}

/** A peer's side; undefined where a shape has no sides, as a ring. */
function sidesOf({ peers, overlay }: Plan, event: PlannedDeed<'partition'>): Entry['side'] {
  const { shape, who, salt } = event
  if (shape === 'ring') return () => undefined
  const regionOf = (index: number): number => index % overlay.regions
  return sideOf({ shape, who, salt, peers, regionOf })
}

/**
 * From the end of a partition until everybody held everything written by then. Who was not there
 * at the end, or went away before it had all, is no witness of healing.
 */
function healMsOf(end: number, updates: readonly Update[], roster: Roster): number | null {
  const until = Array.from({ length: roster.size }, (_, peer) => roster.reachableUntil(peer, end))
  let healMs = 0
  for (const { at, heldAfterMs } of updates) {
    if (at > end) continue
    for (let peer = 0; peer < roster.size; peer++) {
      const reachableUntil = until[peer]
      if (reachableUntil === undefined) continue
      const after = heldAfterMs[peer]!
      const heldAt = Number.isNaN(after) ? Number.POSITIVE_INFINITY : at + after
      if (heldAt < reachableUntil) healMs = Math.max(healMs, heldAt - end)
      else if (reachableUntil === Number.POSITIVE_INFINITY) return null
    }
  }
  return healMs
}
