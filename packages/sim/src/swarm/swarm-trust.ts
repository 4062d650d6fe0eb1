import { between, moments, some, spread } from './draw.js'
import { trustTricks } from '../plan.js'
import type { ClosedMesh, Deed, Holder, PlannedEvent } from '../plan.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'
import { grantsOf } from './swarm-badges.js'
import type { Mesh } from './swarm-mesh.js'
import type { Terms } from './swarm-terms.js'
import { hotKeysOf } from './swarm-work.js'

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** What people want, badges that change, revocations here and there, and lies about all of it. */
export function trustOf(terms: Terms, mesh: Mesh, span: Span): readonly PlannedEvent[] {
  const { closed } = mesh
  if (closed === undefined) return []
  const random = randomOf(terms.seed, 'trust')
  const field = { terms, mesh, closed, random, span }
  const isRough = terms.flavour === 'heavy' || terms.flavour === 'mixture'
  return [
    ...intents(field),
    ...(random.chance(0.4) ? renewals(field) : []),
    ...(isRough && random.chance(0.35) ? revocations(field) : []),
    ...(mesh.hostile > 0 && random.chance(0.7) ? lies(field) : []),
  ]
}

interface Field {
  readonly terms: Terms
  readonly mesh: Mesh
  readonly closed: ClosedMesh
  readonly random: Random
  readonly span: Span
}

function sow(
  { random, span }: Field,
  count: number,
  deedOf: () => Deed & { readonly who: number },
): readonly PlannedEvent[] {
  return moments(random, count, span.fromMs, span.toMs).map((at) => ({ at, ...deedOf() }))
}

const honestOf = ({ mesh, random }: Field): number => random.below(mesh.peers - mesh.hostile)

function intents(field: Field): readonly PlannedEvent[] {
  const { random, closed, terms } = field
  const hot = hotKeysOf(terms.seed)
  return sow(field, between(random, 2, 10), () => {
    const keys = some(random, hot, between(random, 1, 3))
    const isRemove = random.chance(0.2)
    const twice = { to: honestOf(field), afterMs: spread(random, 5, 5_000) }
    return {
      who: honestOf(field),
      do: 'intent',
      person: random.below(closed.persons.length),
      put: isRemove ? keys.slice(1) : keys,
      remove: isRemove ? keys.slice(0, 1) : [],
      goodMs: random.pick([500, 10_000, 3_600_000]),
      ...(random.chance(0.25) && { again: twice }),
    }
  })
}

/** Wider, narrower, or for a short while; mostly by who may give it. */
function renewals(field: Field): readonly PlannedEvent[] {
  const { random, mesh, closed, span } = field
  return sow(field, between(random, 1, 4), () => {
    const isForPerson = random.chance(0.4)
    const members = mesh.peers - mesh.admins
    const who = members > 0 ? mesh.admins + random.below(members) : 0
    return {
      who,
      do: 'badge',
      by: random.chance(0.6) ? 'root' : { peer: random.below(Math.max(1, mesh.admins)) },
      grants: grantsOf(random),
      ...(isForPerson && { person: random.below(closed.persons.length) }),
      ...(random.chance(0.4) && { endsMs: between(random, span.fromMs, span.toMs) }),
    }
  })
}

function revocations(field: Field): readonly PlannedEvent[] {
  const { random, mesh, closed } = field
  return sow(field, between(random, 1, 3), () => {
    const admin = random.below(Math.max(1, mesh.admins))
    const whom: Holder = random.chance(0.5)
      ? { person: random.below(closed.persons.length) }
      : { peer: random.below(mesh.peers) }
    const isRoot = random.chance(0.4)
    return {
      // The root's key lies at one place, mostly.
      who: isRoot && random.chance(0.9) ? 0 : admin,
      do: 'revoke',
      whom,
      ...(isRoot && { as: 'root' as const }),
      ...(random.chance(0.3) && { isKept: true }),
    }
  })
}

function lies(field: Field): readonly PlannedEvent[] {
  const { random, mesh } = field
  return sow(field, between(random, 2, 8), () => ({
    who: mesh.peers - 1 - random.below(mesh.hostile),
    do: 'trick',
    trick: random.pick(trustTricks),
  }))
}
