import { badgeOf, memberFault, readChain } from '@grapevine/core'
import type { BadgeChain, Mesh, PeerId, Records } from '@grapevine/core'
import { asBytes, asList, decode, encode } from '@grapevine/core'
import type { Transaction } from '../store/store.js'
import { linksOf } from './badge-text.js'
import { isNewer, mayReplace } from './succession.js'

/** By what this peer is a member, as it stands now. */
export interface OwnBadge {
  chain(): BadgeChain
  /** A badge for this peer came, or was made: true, it is its badge from now on. */
  take(chain: BadgeChain): boolean
  /** Time has passed: makes a new one where it can, and says so where it cannot. */
  look(): void
}

interface OwnBadgeOptions {
  readonly mesh: Mesh
  readonly chain: BadgeChain
  readonly now: () => number
  readonly note: (transaction: Transaction) => void
  readonly notice: (text: string) => void
  readonly revocationFault: (chain: BadgeChain) => string | undefined
  /** What this peer opens secrets with; others seal them to what its badge says. */
  readonly recipient: string
  /** Makes another one, with the token that this peer was opened with; undefined: there is none. */
  readonly renew: (() => BadgeChain) | undefined
  readonly onChange: (chain: BadgeChain) => void
}

/** The label on a badge that says what others seal secrets to. */
export const ageLabel = 'age'

const recordName = 'peer/badge'
const renewAgainMs = 60_000

export const badgeRecord = (chain: BadgeChain): Transaction =>
  new Map([[recordName, encode(linksOf(chain))]])

export function storedBadge(mesh: Mesh, records: Records): BadgeChain | undefined {
  const bytes = records.get(recordName)
  if (bytes === undefined) return undefined
  const links = asList(decode(bytes), 'badge').map((link) => asBytes(link, 'link'))
  return readChain(mesh, links)
}

export function createOwnBadge(options: OwnBadgeOptions): OwnBadge {
  const { now, note, notice, revocationFault, onChange } = options
  let { chain, renew } = options
  let renewedAt = -Infinity
  let told = ''

  const faultOf = (one: BadgeChain): string | undefined =>
    memberFault(one, Math.max(now(), badgeOf(one).notBefore)) ?? revocationFault(one)

  function take(next: BadgeChain): boolean {
    if (faultOf(next) !== undefined || !isNewer(next, chain)) return false
    if (faultOf(chain) === undefined && !mayReplace(next, chain)) return false
    chain = next
    note(badgeRecord(next))
    onChange(next)
    return true
  }

  function tryRenewal(): void {
    if (renew === undefined || Math.abs(now() - renewedAt) < renewAgainMs) return
    renewedAt = now()
    try {
      const next = renew()
      if (badgeOf(next).notAfter > badgeOf(chain).notAfter || faultOf(chain) !== undefined)
        take(next)
    } catch {
      // The invite has ended: whoever needs a new badge is told so below.
      renew = undefined
    }
  }

  return {
    chain: () => chain,
    take,
    look() {
      const fault = faultOf(chain)
      if (fault !== undefined || leftOf(chain, now()) < renewAtShare) tryRenewal()
      const text = warningOf(chain, now(), faultOf(chain)) ?? lostKey(chain, options.recipient)
      if (text !== undefined && text !== told) notice(text)
      told = text ?? ''
    },
  }
}

const renewAtShare = 1 / 3
const warnAtShare = 1 / 10

/** Which share of its time is still to come. */
function leftOf(chain: BadgeChain, nowMs: number): number {
  const { notBefore, notAfter } = badgeOf(chain)
  return (notAfter - nowMs) / Math.max(1, notAfter - notBefore)
}

function warningOf(
  chain: BadgeChain,
  nowMs: number,
  fault: string | undefined,
): string | undefined {
  const remedy = 'ask an admin to `grant` it a new one, or open it with a new token as `join`'
  if (fault !== undefined) {
    return `this peer is no member any more (${fault}): what it has stays readable, and nobody takes what it writes; ${remedy}`
  }
  if (leftOf(chain, nowMs) > warnAtShare) return undefined
  return `the badge of this peer ends ${new Date(badgeOf(chain).notAfter).toISOString()}: ${remedy}`
}

const lostKey = (chain: BadgeChain, recipient: string): string | undefined =>
  badgeOf(chain).labels.get(ageLabel) === recipient
    ? undefined
    : 'secrets for this peer are sealed to a key that it has lost: open it with a new token as `join`'

export const isFor = (chain: BadgeChain, peer: PeerId): boolean => badgeOf(chain).subject === peer
