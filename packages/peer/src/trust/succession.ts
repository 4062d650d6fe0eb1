import { badgeOf, covers, isAdminOfAll } from '@grapevine/core'
import type { BadgeChain } from '@grapevine/core'

/** Of two badges of one key, the one that was made later. */
export function isNewer(a: BadgeChain, b: BadgeChain): boolean {
  const [one, other] = [badgeOf(a), badgeOf(b)]
  if (one.notBefore !== other.notBefore) return one.notBefore > other.notBefore
  return one.notAfter === other.notAfter ? one.id > other.id : one.notAfter > other.notAfter
}

/**
 * What still holds is replaced by the word of whoever may take it away; or by what is no less, says the
 * same of its holder, and comes from where the other came from or gives more. Anybody who can let in
 * one peer can sign a badge for the key of another: one that ends soon, or falls with its issuer, or
 * names another key to seal secrets to.
 */
export function mayReplace(next: BadgeChain, held: BadgeChain): boolean {
  const issuer = next.slice(0, -1) as unknown as BadgeChain | []
  if (issuer[0] === undefined || isAdminOfAll(issuer as BadgeChain)) return true
  const isNoLess = gives(next, held) && badgeOf(next).notAfter >= badgeOf(held).notAfter
  const isOfTheSame = held.slice(0, -1).some(({ subject }) => subject === next.at(-2)?.subject)
  return isNoLess && isSaidAlike(next, held) && (isOfTheSame || !gives(held, next))
}

export const succeeds = (next: BadgeChain, held: BadgeChain): boolean =>
  isNewer(next, held) && mayReplace(next, held)

/** Whether with the one its holder may do all that he may do with the other. */
function gives(one: BadgeChain, other: BadgeChain): boolean {
  const [has, needed] = [badgeOf(one).grants, badgeOf(other).grants]
  return needed.every((grant) =>
    has.some(({ prefix, can }) => can === grant.can && covers(prefix, grant.prefix)),
  )
}

function isSaidAlike(next: BadgeChain, held: BadgeChain): boolean {
  const [one, other] = [badgeOf(next), badgeOf(held)]
  const isSame = [...one.labels].every(([label, text]) => other.labels.get(label) === text)
  return isSame && one.labels.size === other.labels.size && one.name === other.name
}
