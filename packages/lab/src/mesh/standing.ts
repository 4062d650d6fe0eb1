import type { LabPeer } from '../wire.js'
import type { Conditions } from './conditions.js'
import type { Berth } from './berth.js'

/** Where the peers stand, as they last told. */
interface Standing {
  peers(this: void): readonly LabPeer[]
  /** Who should get what this peer writes now. */
  reachableFrom(this: void, peer: string): ReadonlySet<string>
}

export const createStanding = (
  members: readonly Berth[],
  { isOpen }: Pick<Conditions, 'isOpen'>,
): Standing => ({
  peers() {
    const newest = newestOf(members)
    return members.map((berth) => peerOf(berth, newest))
  },
  reachableFrom(peer) {
    const writer = members.find((berth) => berth.peer === peer)
    const reachable = members.filter(
      ({ number, state }) =>
        writer !== undefined &&
        number !== writer.number &&
        state === 'running' &&
        isOpen(writer.number, number),
    )
    return new Set(reachable.map((berth) => berth.peer))
  },
})

function peerOf(berth: Berth, newest: ReadonlyMap<string, number>): LabPeer {
  const { number, name, peer, state, service, report } = berth
  const { links, keys, conflicts, refused, addresses, clock } = report
  const behind = [...newest].reduce(
    (sum, [id, seq]) => sum + Math.max(0, seq - (clock[id] ?? 0)),
    0,
  )
  const pid = service && { pid: service.pid }
  return { number, name, peer, state, ...pid, links, behind, keys, conflicts, refused, addresses }
}

/** What is held by anybody who could pass it on. */
function newestOf(members: readonly Berth[]): ReadonlyMap<string, number> {
  const newest = new Map<string, number>()
  for (const { state, report } of members) {
    if (state === 'stopped') continue
    for (const [id, seq] of Object.entries(report.clock)) {
      newest.set(id, Math.max(seq, newest.get(id) ?? 0))
    }
  }
  return newest
}
