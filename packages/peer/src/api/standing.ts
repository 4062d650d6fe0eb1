import { badgeOf, limits } from '@grapevine/core'
import type { BadgeChain, PeerId, VersionVector } from '@grapevine/core'
import type { Inside } from './parts.js'
import type { BadgeInfo, Member, Peer } from '../peer.js'
import { digitsToTellApart, releaseInfo } from './release-info.js'

type Standing = Pick<Peer, 'peers' | 'status'>

/** Where this peer and the others stand, for people. */
export const standingOf = (inside: Inside, syncedAt: () => number | undefined): Standing => ({
  peers: () => {
    const members = [...inside.members.ids()].map(memberOf(inside))
    return members.sort((a, b) => (a.name === b.name ? less(a.peer, b.peer) : less(a.name, b.name)))
  },
  status() {
    const { interpreter, network, events, view } = inside
    const { replica, failure } = interpreter
    const { waiting, early, forked, parkedBytes } = replica.status()
    return {
      peer: inside.id,
      name: inside.names()(inside.id),
      mesh: inside.mesh,
      replica: replica.id(),
      clock: Object.fromEntries(replica.clock()),
      replicaDigits: digitsToTellApart(replica.clock().keys()),
      addresses: network.addresses(),
      members: inside.members.ids().size,
      links: network.links().length,
      inSight: 1 + othersInSight(inside),
      ...view.counts(),
      waiting: waiting.map(({ release, missing }) => ({
        release: releaseInfo(release, replica),
        missing,
      })),
      early: early.map((release) => releaseInfo(release, replica)),
      parkedBytes,
      forked,
      badgeUntil: inside.guard && badgeOf(inside.guard.own.chain()).notAfter,
      store: failure === undefined ? 'open' : 'failed',
      storeError: failure?.message,
      commits: interpreter.commits(),
      syncedAt: syncedAt(),
      counters: { ...network.counters(), listenerFailures: events.failures() },
    }
  },
})

const less = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** How many others said lately that they are there. */
export function othersInSight({ interpreter, clock }: Inside): number {
  const heard = [...interpreter.replica.presences().values()]
  return heard.filter(({ heardAt }) => clock.now() - heardAt <= limits.memberSilentMs).length
}

function memberOf(inside: Inside): (peer: PeerId) => Member {
  const { id, interpreter, members, network, clock } = inside
  const nameOf = inside.names()
  const ours = interpreter.replica.clock()
  const presences = interpreter.replica.presences()
  const links = new Map(network.links().map((link) => [link.peer, link]))
  const badges = new Map(inside.guard?.chains().map(badgeInfo))
  return (peer) => {
    const isSelf = peer === id
    const presence = presences.get(peer)
    const contact = members.contact(peer)
    return {
      peer,
      name: nameOf(peer),
      isSelf,
      link: links.get(peer),
      addresses: isSelf ? network.addresses() : (contact?.addresses ?? []),
      heardAt: isSelf ? clock.now() : (presence?.heardAt ?? contact?.seenAt),
      badge: badges.get(peer),
      labels: (isSelf ? inside.labels : presence?.labels) ?? new Map(),
      software: isSelf ? inside.software : presence?.software,
      clockAheadMs: isSelf ? 0 : presence && presence.at - presence.heardAt,
      behind: isSelf ? 0 : presence && countMissing(ours, presence.clock),
    }
  }
}

function badgeInfo(chain: BadgeChain): readonly [PeerId, BadgeInfo] {
  const { subject, id, grants, notAfter } = badgeOf(chain)
  return [subject, { id, grants, until: notAfter }]
}

function countMissing(ours: VersionVector, theirs: VersionVector): number {
  let count = 0
  for (const [replica, seq] of ours) count += Math.max(0, seq - (theirs.get(replica) ?? 0))
  return count
}
