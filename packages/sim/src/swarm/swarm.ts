import { between, spread } from './draw.js'
import type { Plan, PlannedEvent } from '../plan.js'
import { randomOf } from '../random.js'
import { dayMs, openStory } from './story.js'
import { faultsOf } from './swarm-faults.js'
import { type Mesh, crowdMin, meshOf } from './swarm-mesh.js'
import { type Terms, termsOf } from './swarm-terms.js'
import { trustOf } from './swarm-trust.js'
import { hotKeysOf, workOf } from './swarm-work.js'
import { themes } from './themes.js'

/** A plan, and what it was drawn from. */
export interface Drawn {
  readonly plan: Plan
  readonly terms: Terms
}

/** A full random plan, from the seed alone. */
export const planOf = (seed: number): Plan => drawPlan(seed).plan

export function drawPlan(seed: number): Drawn {
  const terms = termsOf(seed, themes)
  const mesh = meshOf(terms)
  const random = randomOf(seed, 'swarm')
  const copied = new Set<number>()
  const startMs = between(random, 100, 2_000)
  const told = tell(terms, mesh, startMs, copied)
  const endMs = Math.max(told.endMs, startMs + calmMs(terms, mesh))
  const span = { fromMs: 0, toMs: endMs }
  const events = [
    ...told.events,
    ...workOf(terms, mesh, span),
    ...faultsOf(terms, mesh, { ...span, copied }),
    ...trustOf(terms, mesh, span),
  ]
  const safetyMs = endMs + between(random, 100, 1_000)
  const livenessMs = healingMs(mesh)
  return {
    terms,
    plan: { seed, ...mesh, safetyMs, livenessMs, events: inOrder(solved(events, mesh), safetyMs) },
  }
}

/** Leaves out what leads into known gaps of the replica (ARCHITECTURE). */
function solved(
  events: readonly PlannedEvent[],
  { revocable, closed }: Mesh,
): readonly PlannedEvent[] {
  if (closed !== undefined) return withoutLateWords(events)
  // Where nothing can be revoked, no seal keeps a close from cutting below what was collected since.
  if (revocable || !events.some(ages)) return events
  return events.filter((event) => event.do !== 'close')
}

const ages = (event: PlannedEvent): boolean =>
  event.do === 'skip' || (event.do === 'clock' && Math.abs(event.offsetMs) > dayMs)

/** What one revocation made void is let go of after a month: by then no other one may overrule it. */
function withoutLateWords(events: readonly PlannedEvent[]): readonly PlannedEvent[] {
  const words = events.filter(
    (event) => event.do === 'revoke' || (event.do === 'trick' && event.trick === 'usurp'),
  )
  if (words.length < 2) return events
  const firstMs = Math.min(...words.map(({ at }) => at))
  return events.filter((event) => !ages(event) || (event.do === 'skip' && event.at < firstMs))
}

const healingMsMin = 60_000

/** Along a line or a circle news goes one peer a session, and each session takes some turns. */
function healingMs({ peers, overlay, habits }: Mesh): number {
  const isLong = overlay.topology === 'line' || overlay.topology === 'ring' || overlay.links <= 2
  return isLong ? Math.max(healingMsMin, 2 * peers * habits.sessionMs) : healingMsMin
}

/** What took longer is not told again: many short runs find more than few long ones. */
const tellAgainUntilMs = 20_000

/** How long it goes on beside, or without, a theme. */
function calmMs({ theme, seed }: Terms, mesh: Mesh): number {
  const random = randomOf(seed, 'span')
  if (mesh.peers >= crowdMin) return spread(random, 4_000, 8_000)
  return theme === undefined ? spread(random, 8_000, 40_000) : spread(random, 4_000, 15_000)
}

/** The theme, once or twice over. */
function tell(
  { theme, seed }: Terms,
  mesh: Mesh,
  startMs: number,
  copied: Set<number>,
): { readonly events: readonly PlannedEvent[]; readonly endMs: number } {
  const random = randomOf(seed, 'theme')
  const events: PlannedEvent[] = []
  if (theme === undefined) return { events, endMs: startMs }
  // Keys of its own, or those that everybody else writes too.
  const keys = random.chance(0.6) ? ['story/one', 'story/two', 'story'] : hotKeysOf(seed)
  const stage = {
    random,
    mesh,
    keys,
    events,
    at: startMs,
    copied,
    clones: 0,
    joined: new Set<number>(),
  }
  theme.tell(openStory(stage))
  if (stage.at < tellAgainUntilMs && random.chance(0.3)) theme.tell(openStory(stage))
  return { events, endMs: stage.at }
}

const inOrder = (events: readonly PlannedEvent[], safetyMs: number): readonly PlannedEvent[] =>
  events.filter(({ at }) => at < safetyMs).sort((a, b) => a.at - b.at)
