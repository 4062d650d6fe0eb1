import { BadInput } from './bad-input.js'
import type { Plan } from '../plan.js'
import { planRehearsal } from './rehearsal.js'

/** Reads a plan that was stored; what could make a run stumble is refused here. */
export function parsePlan(text: string, file: string): Plan {
  let stored: unknown
  try {
    stored = JSON.parse(text)
  } catch {
    throw new BadInput(`${file}: this is no JSON, take a file that a failed run has written`)
  }
  const fault =
    differsFrom(planRehearsal({}, 0), stored, 'the plan') ??
    eventFault(stored as Plan) ??
    closedFault(stored as Plan)
  if (fault === undefined) return stored as Plan
  throw new BadInput(`${file}: ${fault}, take a file that a failed run has written`)
}

/** The first part that has another type than in a plan that is known to be good. */
function differsFrom(model: unknown, stored: unknown, name: string): string | undefined {
  if (Array.isArray(model)) return Array.isArray(stored) ? undefined : `${name} is no list`
  if (typeof model !== 'object' || model === null) {
    return typeof stored === typeof model ? undefined : `${name} is no ${typeof model}`
  }
  if (typeof stored !== 'object' || stored === null) return `${name} is missing`
  const parts = stored as Readonly<Record<string, unknown>>
  for (const [part, value] of Object.entries(model)) {
    const fault = differsFrom(value, parts[part], part)
    if (fault !== undefined) return fault
  }
  return undefined
}

function eventFault({ events, peers, safetyMs }: Plan): string | undefined {
  for (const [index, event] of events.entries()) {
    const { at, who, do: deed } = Object(event) as Readonly<Record<string, unknown>>
    const name = `event ${index + 1}`
    if (typeof deed !== 'string') return `${name} does nothing`
    if (typeof at !== 'number' || !(at >= 0)) return `${name} has no time`
    if (!Number.isInteger(who)) return `${name} happens to nobody`
  }
  if (peers > 10_000 || peers < 1) return `there are ${peers} peers`
  return safetyMs > 0 ? undefined : 'it takes no time'
}

function closedFault({ closed, peers }: Plan): string | undefined {
  if (closed === undefined) return undefined
  const { badges, persons } = Object(closed) as Readonly<Record<string, unknown>>
  if (!Array.isArray(badges) || !Array.isArray(persons)) return 'closed has no badges and persons'
  const isGiven = (badge: unknown): boolean => {
    const { by, grants } = Object(badge) as Readonly<Record<string, unknown>>
    return by !== undefined && by !== null && Array.isArray(grants)
  }
  if (badges.length !== peers) return `there are ${badges.length} badges for ${peers} peers`
  const isWhole = badges.every(isGiven) && persons.every(isGiven)
  return isWhole ? undefined : 'a badge has no issuer or no grants'
}
