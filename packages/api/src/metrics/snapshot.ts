import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Member, NamedReceipt, Peer, Status } from '@grapevine/peer'
import type { Recent } from './recent.js'

/** Everything that one scrape tells, taken at one moment. */
export interface Snapshot {
  readonly status: Status
  readonly members: readonly Member[]
  readonly spread: Spread
  readonly loop: LoopLag
  readonly memory: NodeJS.MemoryUsage
}

/** How far the recent releases have come. */
interface Spread {
  readonly releases: number
  /** Of all of them together. */
  readonly receipts: Readonly<Record<NamedReceipt['receipt'], number>>
  /** How many of them some member refused. */
  readonly refused: number
  /** How long the oldest has been here that some member in sight still lacks. */
  readonly lagMs: number
}

interface LoopLag {
  readonly medianMs: number
  readonly p99Ms: number
  readonly maxMs: number
}

export function spreadOf(
  peer: Pick<Peer, 'receipts'>,
  recent: readonly Recent[],
  nowMs: number = performance.now(),
): Spread {
  const receipts = { reached: 0, refused: 0, pending: 0, silent: 0 }
  let refused = 0
  let lagMs = 0
  for (const { name, seenMs } of recent) {
    const found = receiptsOf(peer, name)
    for (const { receipt } of found) receipts[receipt] += 1
    if (found.some(({ receipt }) => receipt === 'refused')) refused += 1
    if (found.some(({ receipt }) => receipt === 'pending')) lagMs = Math.max(lagMs, nowMs - seenMs)
  }
  return { releases: recent.length, receipts, refused, lagMs }
}

/** A release may have left this peer's memory since. */
function receiptsOf(peer: Pick<Peer, 'receipts'>, name: string): readonly NamedReceipt[] {
  try {
    return peer.receipts(name)
  } catch {
    return []
  }
}

const resolutionMs = 10
const nanosecondsPerMs = 1e6

/** Of the time since it was asked last. */
export function watchLoop(): { read(): LoopLag; stop(): void } {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs })
  delays.enable()
  // It measures from one of its own ticks to the next: what is beyond that is lag.
  const lagMs = (ns: number): number => Math.max(0, (ns || 0) / nanosecondsPerMs - resolutionMs)
  return {
    read() {
      const lag = {
        medianMs: lagMs(delays.percentile(50)),
        p99Ms: lagMs(delays.percentile(99)),
        maxMs: lagMs(delays.max),
      }
      delays.reset()
      return lag
    },
    stop: () => void delays.disable(),
  }
}
