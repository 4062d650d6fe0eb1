import { frameTypes } from './figures.js'
import type { Bytes, BytesOfType, FrameType, Hops } from './figures.js'
import type { Buckets, Series } from './timeline.js'
import { createSeries } from './timeline.js'

/** What frames are made of: counted by their first item, never parsed. */
interface Traffic {
  readonly updateBytes: Series
  readonly idleBytes: Series
  sent(bytes: Uint8Array): void
  arrived(bytes: Uint8Array): void
  figures(known: {
    /** Releases that counted, each for so many peers. */
    readonly receivers: number
    readonly releaseBytes: number | null
    readonly upMs: number
  }): Bytes
}

const otherType = frameTypes.indexOf('other')

/** A message is a short list that begins with its type: two bytes say it all. */
export function frameTypeOf(bytes: Uint8Array): FrameType {
  return frameTypes[typeIndexOf(bytes)]!
}

function typeIndexOf(bytes: Uint8Array): number {
  const [head = 0, type = otherType] = bytes
  const isShortList = head >= 0x80 && head < 0x98
  return isShortList && type < otherType ? type : otherType
}

/** Presence, and the hashes that open and close a session, go on when nothing is written. */
const isIdle = (type: FrameType): boolean => type === 'presence' || type === 'summary'
const isIdleIndex = frameTypes.map(isIdle)

export function createTraffic(buckets: Buckets): Traffic {
  const frames = new Float64Array(frameTypes.length)
  const sentBytes = new Float64Array(frameTypes.length)
  const arrivedBytes = new Float64Array(frameTypes.length)
  const updateBytes = createSeries(buckets)
  const idleBytes = createSeries(buckets)

  const idlePerSecond = (type: FrameType, upMs: number): number | null => {
    const index = frameTypes.indexOf(type)
    return upMs === 0 ? null : ((sentBytes[index]! + arrivedBytes[index]!) * 1000) / upMs
  }

  return {
    updateBytes,
    idleBytes,
    sent(bytes) {
      const type = typeIndexOf(bytes)
      frames[type]! += 1
      sentBytes[type]! += bytes.length
      const series = isIdleIndex[type]! ? idleBytes : updateBytes
      series.add(bytes.length)
    },
    arrived(bytes) {
      arrivedBytes[typeIndexOf(bytes)]! += bytes.length
    },
    figures({ receivers, releaseBytes, upMs }) {
      const byType = frameTypes
        .map((type, index): BytesOfType => {
          return { type, isIdle: isIdle(type), frames: frames[index]!, bytes: sentBytes[index]! }
        })
        .filter((each) => each.frames > 0)
        .sort((a, b) => b.bytes - a.bytes)
      const spent = byType.reduce((sum, each) => sum + (each.isIdle ? 0 : each.bytes), 0)
      return {
        perUpdate: receivers === 0 ? null : spent / receivers,
        release: releaseBytes,
        idleSessionPerSecond: idlePerSecond('summary', upMs),
        idlePresencePerSecond: idlePerSecond('presence', upMs),
        byType,
      }
    },
  }
}

/** How far gossip had come when it reached somebody for the first time. */
export interface HopCounts {
  add(hops: number): void
  figures(): Hops
}

const hopsMax = 255

export function createHopCounts(): HopCounts {
  const counts = new Float64Array(hopsMax + 1)
  return {
    add: (hops) => void (counts[Math.min(hops, hopsMax)]! += 1),
    figures() {
      const total = counts.reduce((sum, count) => sum + count, 0)
      const sum = counts.reduce((all, count, hops) => all + count * hops, 0)
      const last = counts.findLastIndex((count) => count > 0)
      const at = (share: number): number | null => {
        let left = Math.ceil(share * total)
        return total === 0 ? null : counts.findIndex((count) => (left -= count) <= 0)
      }
      return {
        counts: [...counts.subarray(0, last + 1)],
        mean: total === 0 ? null : sum / total,
        p50: at(0.5),
        p99: at(0.99),
        max: total === 0 ? null : last,
      }
    },
  }
}
