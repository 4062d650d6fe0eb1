import { frameKinds } from '../frames.js'
import type { Loss } from '../observer.js'
import type { PartitionShape } from '../plan.js'

/**
 * What was measured in one run. Times are virtual milliseconds; `null` stands for what did not
 * happen before the run ended. Only honest peers are measured; an update is a release by one of them.
 */
export interface Figures {
  /** Honest peers that were there at any time; clones count. */
  readonly peers: number
  readonly endMs: number
  /** When faults ended and everything began to heal. */
  readonly healedMs: number | null
  readonly updates: {
    readonly written: number
    /** Beyond a cut or a fork: they do not count, and nothing below counts them. */
    readonly voided: number
    /** Acknowledged, counting, and held by nobody when the run ended. Must be zero. */
    readonly lost: number
    /** The same, but the only disk that had it was lost, set back, or left with its peer. */
    readonly gone: number
  }
  /** From the write until a share of the other peers that were up then held it. */
  readonly spread: {
    readonly to50: Times
    readonly to99: Times
    readonly to100: Times
  }
  /** Share of the peers that hold an update, and when: the shape behind `spread`. */
  readonly curve: Curve
  /** Links that a gossiped release had crossed when it came to a peer for the first time. */
  readonly hops: Hops
  readonly copies: Copies
  readonly delivery: {
    /** Of all first receptions, how many came by gossip; the rest came by sessions. */
    readonly gossipShare: number | null
    /** First receptions. */
    readonly received: number
    /** Peers that were up at a write, are up at the end, and lack it. */
    readonly missing: number
  }
  readonly bytes: Bytes
  readonly lostFrames: Readonly<Record<Loss, number>>
  readonly partitions: readonly PartitionFigures[]
  readonly joins: readonly Join[]
  readonly conflicts: {
    readonly count: number
    /** The first ones by key. */
    readonly listed: readonly ListedConflict[]
  }
  readonly timeline: Timeline
  readonly lacking: Lacking
  readonly faults: readonly Fault[]
}

/** Over all updates; the same in units of the mean delay of a link. */
export interface Times {
  readonly ms: Quantiles
  readonly latencies: Quantiles
}

export interface Quantiles {
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** One entry for each share; times of updates that never got so far count as `null`, the worst. */
export interface Curve {
  readonly shares: readonly number[]
  readonly best: readonly (number | null)[]
  readonly median: readonly (number | null)[]
  readonly worst: readonly (number | null)[]
}

export interface Hops {
  /** How many first receptions took so many hops; the index is the number of hops. */
  readonly counts: readonly number[]
  readonly mean: number | null
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
}

export interface Copies {
  /** Receptions of each update by other peers / (peers up at its write − 1): mean over updates. */
  readonly perPeer: number | null
  readonly quantiles: Quantiles
  /** Updates by copies per peer, in steps of `step`; the last one holds all above. */
  readonly counts: readonly number[]
  readonly step: number
}

export interface Bytes {
  /** All bytes sent that are neither presence nor summaries / updates / (peers − 1). */
  readonly perUpdate: number | null
  /** A release itself, as it is stored: mean. */
  readonly release: number | null
  /** What goes on without writes, sent and received, for each peer that is up. */
  readonly idleSessionPerSecond: number | null
  readonly idlePresencePerSecond: number | null
  /** Most bytes first. */
  readonly byType: readonly BytesOfType[]
}

export interface BytesOfType {
  readonly type: FrameType
  readonly isIdle: boolean
  readonly frames: number
  readonly bytes: number
}

/** What a frame begins with; `other`: hostile, truncated or unknown. */
export const frameTypes = [...frameKinds, 'other'] as const
export type FrameType = (typeof frameTypes)[number]

export interface PartitionFigures {
  readonly shape: PartitionShape
  readonly fromMs: number
  readonly toMs: number
  /** Updates written meanwhile on each side, where it is known who was on which. */
  readonly writes: readonly number[]
  /** From its end until all peers that were up then held all that had been written by then. */
  readonly healMs: number | null
  /** Another partition was in force before it had healed: its time says little. */
  readonly isDisturbed: boolean
}

/** An empty disk that became a full copy. */
export interface Join {
  readonly name: string
  readonly atMs: number
  /** Until it held all that there was when it came. */
  readonly tookMs: number | null
  /** Received until then. */
  readonly bytes: number
  /** The releases that it lacked. */
  readonly lackedBytes: number
}

export interface ListedConflict {
  readonly key: string
  readonly shown: ConflictSide
  readonly others: readonly ConflictSide[]
}

export interface ConflictSide {
  readonly value: string
  readonly by: string
  /** What the stamp says. */
  readonly stampMs: number
}

/** The run cut into equal pieces of time. */
export interface Timeline {
  readonly bucketMs: number
  readonly writes: readonly number[]
  /** Sent by all peers, in bytes per second. */
  readonly updateBytesPerSecond: readonly number[]
  readonly idleBytesPerSecond: readonly number[]
}

/** Who lacked what when: for each row and piece of the timeline the mean number of missing releases. */
export interface Lacking {
  readonly rows: readonly LackingRow[]
  /** All peers, or the worst and some around the median. */
  readonly isAll: boolean
}

export interface LackingRow {
  readonly name: string
  readonly group: 'worst' | 'middle'
  /** −1: it was not running. */
  readonly cells: readonly number[]
}

export const faultKinds = [
  'partition',
  'link',
  'away',
  'crash',
  'disk',
  'clock',
  'weather',
  'member',
  'hostile',
] as const
export type FaultKind = (typeof faultKinds)[number]

export interface Fault {
  readonly kind: FaultKind
  /** One short line for people. */
  readonly text: string
  readonly fromMs: number
  /** Equal to `fromMs` for what happens at once. */
  readonly toMs: number
}

/** How the run ended, as the report tells it; what `run` returns fits. */
export interface Ending {
  readonly verdict: 'passed' | 'incorrect' | 'stuck' | 'crashed'
  readonly reason: string | undefined
  readonly events: number
  readonly virtualMs: number
  readonly traceHash: string
}
