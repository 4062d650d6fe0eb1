import { Malformed, badgeOf, memberFault, readChain } from '@grapevine/core'
import type { Badge, BadgeChain, BadgeId, Mesh, PeerId } from '@grapevine/core'
import { equals } from 'uint8arrays/equals'
import type { Admission as Answer, Trust } from '../network/network.js'
import { linksOf } from './badge-text.js'
import { leniencyMs } from './guests.js'
import type { Guests } from './guests.js'
import { succeeds } from './succession.js'

/** Who is let in, by what he shows; the same rules for whoever knocks and whoever is told of. */
export interface Admission {
  readonly admit: Trust['admit']
  /** The links, checked from the root; throws `Malformed`. */
  readonly read: (links: readonly Uint8Array[]) => BadgeChain
  /** As the badge of a member now, or why not. Nothing is remembered of it. */
  judge(peer: PeerId, links: readonly Uint8Array[], isVouched: boolean): BadgeChain | string
  /** Of a badge that was told and one that is known, the one to go by: it never goes back. */
  newest(peer: PeerId, claim: Claim): BadgeChain | string
}

interface Claim {
  readonly told: readonly Uint8Array[]
  readonly known: readonly Uint8Array[] | undefined
  /** Its holder shows it, and has proven that it is its holder. */
  readonly isByItself: boolean
  /** A member has told of it; that is the default. */
  readonly isVouched?: boolean
}

interface AdmissionOptions {
  readonly mesh: Mesh
  readonly now: () => number
  readonly guests: Guests
  readonly revocationFault: (chain: BadgeChain) => string | undefined
  /** The badge that the book has of somebody: he may show an older one. */
  readonly inBook: (peer: PeerId) => readonly Uint8Array[] | undefined
  /** Somebody was let in: the replica may see releases that name this badge. */
  readonly seen: (chain: BadgeChain) => void
}

/** Links that were verified are forgotten all at once: that costs no more than to verify them again. */
const verifiedMax = 4_096

export function createAdmission(options: AdmissionOptions): Admission {
  const { mesh, now, guests, revocationFault, inBook, seen } = options
  const verified = new Map<BadgeId, Badge>()
  /** The book hands in the same lists again and again. */
  const chains = new WeakMap<readonly Uint8Array[], BadgeChain>()

  function read(links: readonly Uint8Array[]): BadgeChain {
    const known = chains.get(links)
    if (known !== undefined) return known
    const chain = readChain(mesh, links, (id) => verified.get(id))
    if (verified.size + chain.length > verifiedMax) verified.clear()
    for (const link of chain) verified.set(link.id, link)
    chains.set(links, chain)
    return chain
  }

  function judge(
    peer: PeerId,
    links: readonly Uint8Array[],
    isVouched: boolean,
  ): BadgeChain | string {
    try {
      const chain = read(links)
      const fault = faultOf(chain, peer, isVouched)
      return fault ?? chain
    } catch (error) {
      if (error instanceof Malformed) return `shows a badge that does not hold: ${error.message}`
      throw error
    }
  }

  function faultOf(chain: BadgeChain, peer: PeerId, isVouched: boolean): string | undefined {
    if (badgeOf(chain).subject !== peer) return 'shows the badge of somebody else'
    const fault =
      timeFault(chain, now()) ?? revocationFault(chain) ?? guests.fault(chain, isVouched)
    return fault === undefined ? undefined : `is no member: ${fault}`
  }

  const newest: Admission['newest'] = (peer, { told, known, isByItself, isVouched = true }) => {
    const held = known === undefined ? undefined : judge(peer, known, true)
    return prevailing(judge(peer, told, isVouched), held, isByItself)
  }

  return {
    read,
    judge,
    newest,
    admit(peer, links, how): Answer {
      const isByItself = how === 'introduced'
      const known = inBook(peer)
      const badge = newest(peer, { told: links, known, isByItself, isVouched: !isByItself })
      if (typeof badge === 'string') return { is: 'stranger', why: badge }
      guests.remember(badge)
      seen(badge)
      return { is: 'member', badge }
    },
  }
}

/** Of a badge that is shown and one that is known: whichever holds, and may take the other's place. */
function prevailing(
  shown: BadgeChain | string,
  held: BadgeChain | string | undefined,
  isByItself: boolean,
): typeof shown {
  if (held === undefined || typeof held === 'string') return shown
  if (typeof shown === 'string') return held
  if (isByItself) return succeeds(held, shown) ? held : shown
  return succeeds(shown, held) ? shown : held
}

/** By this peer's own clock, which may be somewhat ahead or behind. */
function timeFault(chain: BadgeChain, nowMs: number): string | undefined {
  const { notBefore, notAfter } = badgeOf(chain)
  const nearest = Math.min(Math.max(nowMs, notBefore), notAfter)
  return memberFault(chain, Math.abs(nearest - nowMs) <= leniencyMs ? nearest : nowMs)
}

/** Until when a badge lets its holder in. */
export const endOf = (chain: BadgeChain): number => badgeOf(chain).notAfter + leniencyMs

export const sameLinks = (chain: BadgeChain, links: readonly Uint8Array[]): boolean =>
  chain.length === links.length && linksOf(chain).every((link, at) => equals(link, links[at]!))
