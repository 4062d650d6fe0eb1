import { between, some, weighted } from './draw.js'
import type { ClosedMesh, Holder, Plan, PlannedBadge, PlannedGrant } from '../plan.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'

const everything = (can: PlannedGrant['can']): PlannedGrant => ({ prefix: '', can })

type Size = Pick<Plan, 'peers' | 'admins' | 'hostile'>

/** Admins of everything, members who may write all or some of it, people, and whoever is hostile. */
export function badgesOf(seed: number, { peers, admins, hostile }: Size): ClosedMesh {
  const random = randomOf(seed, 'badges')
  const issuerOf = (index: number): Holder =>
    index > 0 && admins > 0 && random.chance(0.55)
      ? { peer: random.below(Math.min(index, admins)) }
      : 'root'
  const badges = Array.from({ length: peers }, (_, index): PlannedBadge => {
    if (index < admins) return { by: issuerOf(index), grants: [everything('admin')] }
    const isHostile = index >= peers - hostile
    return { by: issuerOf(index), grants: isHostile ? hostileGrants(random) : grantsOf(random) }
  })
  const persons = Array.from({ length: between(random, 1, 3) }, (): PlannedBadge => {
    const isAdmin = random.chance(0.15)
    return {
      by: issuerOf(admins),
      grants: isAdmin ? [everything('admin')] : grantsOf(random),
    }
  })
  return { badges, persons }
}

/** Of whole segments, some of them around the keys that are hot. */
const prefixes = ['story', 'shop', 'shop/checkout', 'granted', 'a', 'k', 'wide'] as const

export function grantsOf(random: Random): readonly PlannedGrant[] {
  switch (weighted(random, { all: 65, inviting: 12, some: 16, none: 7 })) {
    case 'all':
      return [everything('write')]
    case 'inviting':
      return [everything('write'), everything('invite')]
    case 'some':
      return some(random, prefixes, between(random, 1, 4)).map((prefix) => ({
        prefix,
        can: 'write',
      }))
    case 'none':
      return []
  }
}

function hostileGrants(random: Random): readonly PlannedGrant[] {
  switch (weighted(random, { all: 35, inviting: 30, own: 18, none: 12, admin: 5 })) {
    case 'all':
      return [everything('write')]
    case 'inviting':
      return [everything('write'), everything('invite')]
    case 'own':
      return [
        { prefix: 'of', can: 'write' },
        { prefix: 'of', can: 'invite' },
      ]
    case 'none':
      return []
    case 'admin':
      return [everything('admin')]
  }
}
