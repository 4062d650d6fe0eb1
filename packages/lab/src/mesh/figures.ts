import type { Counts } from '../service/told.js'
import type { LabArrival, LabFigures, Quantiles } from '../wire.js'

/** What of the lab can be counted, over the last minute. */
interface Measure {
  counts(this: void, number: number, counts: Counts): void
  /** `owed`: the peers that a release written here should reach, its writer not counted. */
  arrival(this: void, arrival: LabArrival, owed: ReadonlySet<string>): void
  /** A second has passed. */
  tick(this: void, at: number): LabFigures
}

const windowMs = 60_000
/** Releases that somebody never gets are forgotten then. */
const openMax = 2_000

interface Travelling {
  readonly writtenAt: number
  readonly owed: Set<string>
}

export function createMeasure(): Measure {
  const last = new Map<number, Counts>()
  const travelling = new Map<string, Travelling>()
  let spans: { readonly at: number; readonly ms: number }[] = []
  let total = noCounts
  let seconds: { readonly at: number; readonly total: Counts }[] = []

  return {
    counts(number, counts) {
      total = sumOf(total, gainOf(last.get(number), counts))
      last.set(number, counts)
    },
    arrival({ peer, from, release, at }, owed) {
      if (from === undefined) {
        if (owed.size > 0) travelling.set(release, { writtenAt: at, owed: new Set(owed) })
        const [oldest] = travelling.size > openMax ? travelling.keys() : []
        if (oldest !== undefined) travelling.delete(oldest)
        return
      }
      const way = travelling.get(release)
      if (way?.owed.delete(peer) !== true || way.owed.size > 0) return
      travelling.delete(release)
      spans.push({ at, ms: Math.max(0, at - way.writtenAt) })
    },
    tick(at) {
      spans = spans.filter((span) => span.at > at - windowMs)
      seconds = [...seconds.filter((second) => second.at > at - windowMs), { at, total }]
      return figuresOf(
        at,
        seconds,
        spans.map(({ ms }) => ms),
      )
    },
  }
}

function figuresOf(
  at: number,
  seconds: readonly { readonly at: number; readonly total: Counts }[],
  spans: readonly number[],
): LabFigures {
  const now = seconds.at(-1)!
  const before = seconds.at(-2) ?? now
  const perSecond = 1_000 / Math.max(1, now.at - before.at)
  const second = gainOf(before.total, now.total)
  const minute = gainOf(seconds[0]!.total, now.total)
  const syncBytesPerSecond = Math.round(second.syncBytes * perSecond)
  const storeMs = waitsOf(minute.commits)
  return {
    at,
    ...(spans.length > 0 && { lastMs: { ...quantilesOf(spans), count: spans.length } }),
    ...(minute.messages > 0 && { copies: minute.copies / minute.messages }),
    syncBytesPerSecond,
    sentBytesPerSecond: syncBytesPerSecond + Math.round(second.gossipBytes * perSecond),
    ...(storeMs !== undefined && { storeMs }),
  }
}

const noCounts: Counts = { syncBytes: 0, gossipBytes: 0, copies: 0, messages: 0, commits: [] }

/** A process that began again counts from nothing. */
function gainOf(before: Counts = noCounts, now: Counts): Counts {
  const from = now.syncBytes < before.syncBytes ? noCounts : before
  return {
    syncBytes: now.syncBytes - from.syncBytes,
    gossipBytes: now.gossipBytes - from.gossipBytes,
    copies: now.copies - from.copies,
    messages: now.messages - from.messages,
    commits: now.commits.map(({ ms, count }, index) => ({
      ms,
      count: count - (from.commits[index]?.count ?? 0),
    })),
  }
}

const sumOf = (one: Counts, other: Counts): Counts => ({
  syncBytes: one.syncBytes + other.syncBytes,
  gossipBytes: one.gossipBytes + other.gossipBytes,
  copies: one.copies + other.copies,
  messages: one.messages + other.messages,
  commits: other.commits.map(({ ms, count }, index) => ({
    ms,
    count: count + (one.commits[index]?.count ?? 0),
  })),
})

function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

/** As exactly as the bounds tell. */
function waitsOf(commits: Counts['commits']): Quantiles | undefined {
  const all = commits.at(-1)?.count ?? 0
  if (all === 0) return undefined
  const at = (share: number): number =>
    commits.find(({ count }) => count >= share * all)?.ms ?? commits.at(-1)!.ms
  return { p50: at(0.5), p99: at(0.99) }
}
