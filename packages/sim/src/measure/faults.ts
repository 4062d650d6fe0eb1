import type { Fault, FaultKind } from './figures.js'
import { describeEvent } from '../swarm/describe.js'
import type { Deed, Plan, PlannedEvent } from '../plan.js'

/** What went wrong in the world, as bands of time. */
interface FaultLog {
  planned(event: PlannedEvent, at: number): void
  healed(at: number): void
  figures(): readonly Fault[]
}

interface Entry {
  readonly kind: FaultKind
  readonly event: PlannedEvent
  readonly fromMs: number
  toMs: number
}

export function createFaultLog(plan: Plan): FaultLog {
  const entries: Entry[] = []
  return {
    planned(event, at) {
      const kind = kindOf(event)
      if (kind === undefined) return
      entries.push({ kind, event, fromMs: at, toMs: at + lengthOf(event) })
    },
    healed(at) {
      for (const entry of entries) entry.toMs = Math.max(entry.fromMs, Math.min(entry.toMs, at))
    },
    figures: () =>
      entries.map(({ kind, event, fromMs, toMs }) => {
        return { kind, text: describeEvent(plan, event), fromMs, toMs }
      }),
  }
}

/** Undefined: no fault, but work or care. */
function kindOf(deed: Deed): FaultKind | undefined {
  switch (deed.do) {
    case 'partition':
    case 'link':
    case 'away':
    case 'crash':
      return deed.do
    case 'pause':
      return 'away'
    case 'disk-fails':
    case 'restore':
    case 'lose-disk':
    case 'clone':
      return 'disk'
    case 'clock':
    case 'drift':
    case 'skip':
      return 'clock'
    case 'leave':
    case 'join':
      return 'member'
    case 'weather':
      return 'weather'
    case 'trick':
      return 'hostile'
    default:
      return undefined
  }
}

function lengthOf(deed: Deed): number {
  if (deed.do === 'crash') return deed.downMs
  return 'forMs' in deed ? deed.forMs : 0
}
