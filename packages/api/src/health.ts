import type { Peer } from '@grapevine/peer'
import type { Route } from './route.js'

export const healthRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/livez',
    name: 'isAlive',
    summary: 'Whether this process answers at all: restart it where it does not',
    answers: { 200: { description: 'It does.', type: 'text/plain' } },
    handle: () => plain('alive\n'),
  },
  {
    method: 'GET',
    path: '/readyz',
    name: 'isReady',
    summary: 'Whether readers are served, and on further lines what is not as it should be',
    answers: {
      200: { description: 'Ready, from its disk; perhaps degraded.', type: 'text/plain' },
      503: { description: 'Not ready: the peer is being closed.', type: 'text/plain' },
    },
    handle({ peer, closing }) {
      const { isReady, text } = healthOf(peer, closing)
      return plain(text, isReady ? 200 : 503)
    },
  },
]

const plain = (text: string, status = 200): Response =>
  new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })

/** What a probe asks, and what an operator reads when it answers something new. */
interface Health {
  /** The store was opened and its first state read: readers are served, whatever the network does. */
  readonly isReady: boolean
  /** `ready`, and on further lines what is not as it should be. */
  readonly text: string
}

/**
 * A peer is ready from its disk alone, and remains so: taking readers away from it because it is cut
 * off, or because its disk is full, would make an outage of what was none.
 */
export function healthOf(peer: Pick<Peer, 'status'>, closing: AbortSignal): Health {
  if (closing.aborted) return { isReady: false, text: 'not ready\nthis API is being closed\n' }
  const faults = faultsOf(peer)
  return {
    isReady: true,
    text: `${['ready', ...faults.map((text) => `degraded: ${text}`)].join('\n')}\n`,
  }
}

function faultsOf(peer: Pick<Peer, 'status'>): readonly string[] {
  const { store, storeError, members, inSight, links, syncedAt, waiting, forked, badgeUntil } =
    peer.status()
  const faults: string[] = []
  if (store === 'failed') faults.push(`no writes are taken, reads go on: ${storeError}`)
  const silent = Math.max(0, members - inSight)
  if (silent > 0) faults.push(`${silent} of ${members} members are silent`)
  if (members > 1 && links === 0) faults.push('no other member is connected')
  if (members > 1 && syncedAt === undefined) {
    faults.push('no session with another member has ended yet: what is read may be old')
  }
  if (waiting.length > 0) faults.push(`${waiting.length} releases wait for others that are missing`)
  if (forked.length > 0) faults.push(`${forked.length} replica ids have forked`)
  if (badgeUntil !== undefined) faults.push(...badgeFault(badgeUntil - Date.now()))
  return faults
}

const dayMs = 24 * 3_600_000
const badgeWarningMs = 3 * dayMs

function badgeFault(leftMs: number): readonly string[] {
  if (leftMs <= 0) return ['the badge of this peer has ended: no other member lets it in']
  return leftMs < badgeWarningMs
    ? [`the badge of this peer ends in ${Math.ceil(leftMs / 3_600_000)} h`]
    : []
}
