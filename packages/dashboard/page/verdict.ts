import type { Status } from '@grapevine/peer'
import type { Desk } from './desk.js'
import { countOf } from './in-words.js'
import type { LabPeer, LabState } from './lab-wire.js'

export interface Verdict {
  readonly tone: 'good' | 'busy' | 'bad' | 'off'
  readonly says: string
}

interface Known {
  readonly connection: Desk['connection']['value']
  readonly status: Status | undefined
  readonly lab: LabState | undefined
  /** Number of the lab's peer that is looked through. */
  readonly through: number | undefined
}

/** The state of the mesh in one sentence, the worst first. */
export function verdictOf({ connection, status, lab, through }: Known): Verdict {
  const peer = lab?.peers.find(({ number }) => number === through)
  if (connection === 'locked') return { tone: 'off', says: 'Locked' }
  if (connection === 'lost') return lostVerdict(peer)
  if (connection === 'opening' || status === undefined) return { tone: 'off', says: 'Opening …' }
  if (status.store === 'failed') {
    const why = status.storeError === undefined ? '' : `: ${status.storeError}`
    return { tone: 'bad', says: `The disk of ${peer?.name ?? 'this peer'} fails${why}` }
  }
  const troubles = [
    ...(lab === undefined ? outOfSight(status) : labTroubles(lab)),
    ...(status.conflicts === 0 ? [] : [`${countOf(status.conflicts, 'key')} in conflict`]),
  ]
  if (troubles.length > 0) return { tone: 'busy', says: troubles.join(' · ') }
  if (status.members === 1) return { tone: 'good', says: 'This peer is alone in its mesh' }
  const agree = lab === undefined ? 'peers in sight' : 'peers agree'
  return { tone: 'good', says: `All ${lab?.peers.length ?? status.members} ${agree}` }
}

/** In the lab that is most often what somebody wanted. */
function lostVerdict(peer: LabPeer | undefined): Verdict {
  if (peer !== undefined && peer.state !== 'running') {
    return { tone: 'busy', says: `${peer.name}, which is looked through, is ${peer.state}` }
  }
  return { tone: 'bad', says: `${peer?.name ?? 'This peer'} does not answer` }
}

const outOfSight = ({ inSight, members }: Status): readonly string[] =>
  inSight < members ? [`${inSight} of ${members} peers in sight`] : []

function labTroubles({ peers, groups }: LabState): readonly string[] {
  const down = peers.filter(({ state }) => state === 'paused' || state === 'stopped').length
  const starting = peers.filter(({ state }) => state === 'starting').length
  const behind = peers.filter((peer) => peer.state === 'running' && peer.behind > 0).length
  return [
    ...(groups.length > 1 ? [`Cut into ${groups.length} sides`] : []),
    ...(down > 0 ? [`${down} of ${peers.length} peers down`] : []),
    ...(starting > 0
      ? [`${countOf(starting, 'peer')} ${starting === 1 ? 'starts' : 'start'}`]
      : []),
    ...(behind > 0 ? [`${countOf(behind, 'peer')} behind`] : []),
  ]
}
