import type { PeerId } from '@grapevine/core'

/**
 * Who misbehaves is shown the door, and is not let in again for a while: reconnecting washes nothing
 * off. A strike is forgotten after some seconds, so that a clock that is wrong, or a line that bends
 * a frame now and then, never adds up; a flood does at once.
 */
export interface Strikes {
  /** true: that was one too many. */
  strike(this: void, peer: PeerId): boolean
  isBanned(this: void, peer: PeerId): boolean
}

const strikesMax = 16
const forgetOneMs = 5_000
/** Keys cost nothing: the oldest of them are forgotten. */
const peersMax = 10_000

interface Record {
  strikes: number
  at: number
  bannedUntil: number
}

export function createStrikes(banMs: number, now: () => number = () => performance.now()): Strikes {
  const records = new Map<PeerId, Record>()
  return {
    strike(peer) {
      const known = records.get(peer) ?? { strikes: 0, at: now(), bannedUntil: 0 }
      const forgotten = Math.max(0, now() - known.at) / forgetOneMs
      const strikes = Math.max(0, known.strikes - forgotten) + 1
      const isTooMany = strikes >= strikesMax
      const bannedUntil = isTooMany ? now() + banMs : known.bannedUntil
      records.delete(peer)
      records.set(peer, { strikes: isTooMany ? 0 : strikes, at: now(), bannedUntil })
      const [oldest] = records.keys()
      if (records.size > peersMax && oldest !== undefined) records.delete(oldest)
      return isTooMany
    },
    isBanned: (peer) => (records.get(peer)?.bannedUntil ?? 0) > now(),
  }
}
