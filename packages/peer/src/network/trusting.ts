import type { PeerId } from '@grapevine/core'
import { contactOf } from './link.js'
import type { LiveLink } from './link.js'
import type { Parts } from './reactions.js'
import { isSameBadge } from './vouching.js'
import { decodeBadge, encodeBadge } from './wire.js'

/** A link was made: its peer hears of the network keys, which it may have missed. */
export function greet({ trust, links }: Parts, peer: PeerId): void {
  const frame = trust?.keysFrame()
  if (frame !== undefined) links.send(peer, 'keys', frame)
}

export function tellKeys(parts: Parts): void {
  for (const { peer } of parts.links.all()) greet(parts, peer)
}

/** What is news goes on to everybody, at once: whoever misses it dials in vain one day. */
export function onKeys({ trust, links }: Parts, from: PeerId, frame: Uint8Array): void {
  if (trust?.hearKeys(frame) !== true) return
  for (const { peer } of links.all()) if (peer !== from) links.send(peer, 'keys', frame)
}

/** A badge was brought for this peer. If it took it, all it is linked with hear of that. */
export function onBadge(parts: Parts, body: Uint8Array): void {
  parts.trust?.hearBadge(decodeBadge(body))
  tellRenewal(parts)
}

function tellRenewal(parts: Parts): void {
  const { trust, links } = parts
  const badge = trust?.badge() ?? []
  if (isSameBadge(badge, parts.shownBadge)) return
  parts.shownBadge = badge
  for (const { peer } of links.all()) links.send(peer, 'renewed', encodeBadge(badge))
}

/** Whoever is linked has another badge now. One that does not hold changes nothing. */
export function onRenewed(parts: Parts, peer: PeerId, body: Uint8Array): void {
  const { trust, links, acquaintance } = parts
  const badge = decodeBadge(body)
  const link = links.get(peer)
  if (link === undefined || trust?.admit(peer, badge, 'introduced').is !== 'member') return
  link.badge = badge
  bringNewer(parts, link)
  acquaintance.met(contactOf(link))
}

/** Whoever was away when it was given another badge, or whose disk was set back, shows an older one. */
export function bringNewer({ trust, links }: Parts, link: LiveLink): void {
  const admission = trust?.admit(link.peer, link.badge, 'introduced')
  if (admission?.is !== 'member') return
  const newest = admission.badge.map(({ bytes }) => bytes)
  if (newest.length === 0 || isSameBadge(newest, link.badge)) return
  link.badge = newest
  links.send(link.peer, 'badge', encodeBadge(newest))
}

/** Whose badge does not hold any more is gone at once, with all that was on its way. */
export function recheck(parts: Parts): void {
  const { trust, vouching, links, redial, counters, outside } = parts
  if (trust === undefined) return
  vouching.forget()
  for (const link of links.all()) {
    const admission = trust.admit(link.peer, link.badge, 'introduced')
    if (admission.is === 'member') continue
    counters.add('linksRevoked')
    links.sever(link, admission.why)
    redial.avoid(link.peer)
    outside.noticeOnce('stranger', link.peer, admission.why)
  }
  tellRenewal(parts)
  redial.wake()
}
