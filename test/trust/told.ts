import type { Pending } from '../mesh/until.ts'
import type { RealPeer } from './real-mesh.ts'

/** Whether these are linked with each other and with nobody else, and know of so many members. */
export const areAlone =
  (peers: readonly RealPeer[], memberCount = peers.length): Pending =>
  () => {
    for (const { name, peer } of peers) {
      const { links, members } = peer.status()
      if (links !== peers.length - 1) return `${name} has ${links} links`
      if (members !== memberCount) return `${name} knows ${members} members, not ${memberCount}`
    }
    return undefined
  }

/** Whether somebody was told by each of these that it does not let him in. */
export const isRefusedBy =
  (refused: RealPeer, doorkeepers: readonly RealPeer[]): Pending =>
  () => {
    const open = doorkeepers.find(
      ({ id }) =>
        !refused.notices.some(({ text }) =>
          text.startsWith(`peer ${id.slice(0, 8)} does not let this peer in`),
        ),
    )
    if (refused.peer.status().links > 0) return `${refused.name} has links`
    return open && `${refused.name} was not refused by ${open.name}`
  }

/** Whether all of these show that value; undefined: none. */
export const show =
  (peers: readonly RealPeer[], key: string, value: unknown): Pending =>
  () => {
    const other = peers.find(({ peer }) => peer.get(key) !== value)
    return other && `${other.name} shows ${JSON.stringify(other.peer.get(key))} at ${key}`
  }
