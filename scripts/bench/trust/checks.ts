import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import type { Figure } from '../../measure.ts'
import { lastSeen } from '../peer/waiting.ts'
import { openClosedMesh } from './closed.ts'

const peers = 10
const releases = 50
const rounds = 5
const releaseDomain = Buffer.from('grapevine/release/1\n')

/**
 * How often each peer looks at the signature of each release that it takes from others, gossip, sessions
 * and copies together. Counted where the system's own function is called.
 */
export async function* checks(): AsyncGenerator<Figure> {
  const counter = countChecks()
  await using mesh = await openClosedMesh(peers)
  const { admin, others } = mesh
  const perReleaseAndPeer: number[] = []
  for (let round = 0; round < rounds; round++) {
    const before = counter.releases()
    const seen = lastSeen(others, `checks-${round}/`, releases)
    for (let index = 0; index < releases; index++) {
      void admin.set(`checks-${round}/${index}`, index, { ack: 'accepted' })
    }
    await seen
    // A session with everybody, in which nothing may be checked again.
    await Promise.all(others.map((peer) => peer.sync({ timeout: '30s' })))
    perReleaseAndPeer.push((counter.releases() - before) / (releases * others.length))
  }
  yield {
    what: `signature checks per release and peer, ${peers} peers, gossip and sessions`,
    unit: 'checks',
    rounds: perReleaseAndPeer,
    goal: { of: 'median', atMost: 1 },
  }
}

function countChecks(): { releases(): number } {
  const verify = crypto.verify
  let count = 0
  const counting = (...call: Parameters<typeof verify>): unknown => {
    const [, data] = call
    const bytes = Buffer.from(data as Uint8Array)
    if (bytes.subarray(0, releaseDomain.length).equals(releaseDomain)) count += 1
    return verify(...call)
  }
  crypto.verify = counting as typeof verify
  syncBuiltinESMExports()
  return { releases: () => count }
}
