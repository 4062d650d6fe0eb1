import type { Commits, Peer, Status } from '@grapevine/peer'
import type { Figures } from '../client/live.js'
import { watchLoop } from '../metrics/snapshot.js'
import type { Arrivals } from './arrivals.js'

/** What a peer measures of itself, while somebody looks. */
export interface FiguresSource {
  /** Answers the way to look no more. */
  look(this: void): () => void
  read(this: void): Figures
}

interface Sample {
  readonly at: number
  readonly releases: number
  readonly commits: Commits
  readonly counters: Status['counters']
}

const windowMs = 60_000
/** Several who look are told the same: rates of less than this say little. */
const sampleGapMs = 500

export function openFigures(
  peer: Pick<Peer, 'status'>,
  arrivals: Pick<Arrivals, 'agesSince'>,
  now: () => number = Date.now,
): FiguresSource {
  let lookers = 0
  let samples: Sample[] = []
  let loop: ReturnType<typeof watchLoop> | undefined
  let told: Figures | undefined

  const sample = (): Sample => {
    const { clock, commits, counters } = peer.status()
    const releases = Object.values(clock).reduce((sum, seq) => sum + seq, 0)
    return { at: now(), releases, commits, counters }
  }

  return {
    look() {
      lookers += 1
      if (lookers === 1) {
        loop = watchLoop()
        samples = [sample()]
      }
      let isLooking = true
      return () => {
        if (isLooking) lookers -= 1
        isLooking = false
        if (lookers > 0) return
        loop?.stop()
        loop = told = undefined
        samples = []
      }
    },
    read() {
      const latest = sample()
      const before = samples.at(-1) ?? latest
      if (told !== undefined && Math.abs(latest.at - told.at) < sampleGapMs) return told
      samples = [...samples.filter(({ at }) => at >= latest.at - windowMs), latest]
      told = {
        ...figuresOf(before, latest),
        ...overWindow(samples[0] ?? latest, latest),
        ageMs: agesOf(arrivals.agesSince(latest.at - windowMs)),
        loopLagMs: loop?.read().p99Ms ?? 0,
      }
      return told
    },
  }
}

type Rates = Pick<
  Figures,
  | 'at'
  | 'syncBytesPerSecond'
  | 'sentBytesPerSecond'
  | 'receivedBytesPerSecond'
  | 'releasesPerSecond'
>

function figuresOf(before: Sample, latest: Sample): Rates {
  const seconds = Math.max(1, latest.at - before.at) / 1_000
  const rate = (more: number): number => Math.max(0, more) / seconds
  const counted = (name: string): number =>
    (latest.counters[name] ?? 0) - (before.counters[name] ?? 0)
  const [sent, received] = [counted('bytesOut'), counted('bytesIn')]
  return {
    at: latest.at,
    syncBytesPerSecond: rate(sent + received),
    sentBytesPerSecond: rate(sent),
    receivedBytesPerSecond: rate(received + counted('gossipBytesIn')),
    releasesPerSecond: rate(latest.releases - before.releases),
  }
}

function overWindow(first: Sample, latest: Sample): Pick<Figures, 'copies' | 'storeMs'> {
  const counted = (name: string): number =>
    (latest.counters[name] ?? 0) - (first.counters[name] ?? 0)
  const messages = counted('gossipMessagesIn')
  return {
    copies: messages > 0 ? counted('gossipCopiesIn') / messages : undefined,
    storeMs: commitsBetween(first.commits, latest.commits),
  }
}

/** The bounds under which half of them, and all but a hundredth, stayed. */
function commitsBetween(first: Commits, latest: Commits): Figures['storeMs'] {
  const count = latest.count - first.count
  if (count <= 0) return undefined
  const within = latest.within.map(({ ms, count: upTo }, at) => ({
    ms,
    count: upTo - (first.within[at]?.count ?? 0),
  }))
  const under = (share: number): number =>
    (within.find((bound) => bound.count >= share * count) ?? within.at(-1))?.ms ?? 0
  return { p50: under(0.5), p99: under(0.99) }
}

function agesOf(ages: readonly number[]): Figures['ageMs'] {
  if (ages.length === 0) return undefined
  const sorted = [...ages].sort((a, b) => a - b)
  const under = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { p50: under(0.5), p99: under(0.99), count: sorted.length }
}
