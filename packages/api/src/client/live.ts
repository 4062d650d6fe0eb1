import type { Change, Member, Notice, PeerId, ReleaseInfo, Status } from '@grapevine/peer'
import type { Index } from './client.js'

/** All that a page shows of a peer, as one stream tells it. */
export type LiveEvent =
  /** What readers see: at first, and again where it cannot be said what was missed; then what changes. */
  | { readonly event: 'state'; readonly index: Index; readonly changes: readonly Change[] }
  | { readonly event: 'change'; readonly index: Index; readonly changes: readonly Change[] }
  | { readonly event: 'status'; readonly status: Status }
  | {
      readonly event: 'members'
      /** false: only those that are another now. */
      readonly isAll: boolean
      readonly members: readonly Member[]
      readonly gone: readonly PeerId[]
    }
  /** Newest first: those that are new, or stand elsewhere now. */
  | { readonly event: 'releases'; readonly releases: readonly ReleaseRow[] }
  | { readonly event: 'arrivals'; readonly arrivals: readonly LiveArrival[] }
  /** The newest last. */
  | { readonly event: 'notices'; readonly notices: readonly (Notice & { readonly at: number })[] }
  | { readonly event: 'figures'; readonly figures: Figures }
  /** Whoever hears nothing for long has lost the peer. */
  | { readonly event: 'alive' }

/** A release came from a member. */
export interface LiveArrival {
  /** Its name. */
  readonly release: string
  readonly from: PeerId
  readonly at: number
}

/** A release, and how far it has come. */
export interface ReleaseRow {
  readonly release: ReleaseInfo
  /** The first of its keys that are known here. */
  readonly keys: readonly string[]
  readonly changes: number
  readonly reached: number
  readonly refused: number
  readonly pending: number
  readonly silent: number
  /** The first of those who refused it. */
  readonly refusals: readonly {
    readonly peer: PeerId
    readonly name: string
    readonly key: string
    readonly reason: string
  }[]
  /** The first of those who are silent. */
  readonly silentPeers: readonly {
    readonly peer: PeerId
    readonly name: string
    readonly heardAt?: number | undefined
  }[]
}

/** What a peer measures; rates are those of the time since the figures before. */
export interface Figures {
  readonly at: number
  /** From its writer to here, of the releases of others that came in the last minute. */
  readonly ageMs?:
    | { readonly p50: number; readonly p99: number; readonly count: number }
    | undefined
  /** How often gossip brought each message of the last minute. */
  readonly copies?: number | undefined
  readonly syncBytesPerSecond: number
  readonly sentBytesPerSecond: number
  readonly receivedBytesPerSecond: number
  /** How long what was to be stored waited for the disk; bounds, since they are counted in classes. */
  readonly storeMs?: { readonly p50: number; readonly p99: number } | undefined
  readonly loopLagMs: number
  readonly releasesPerSecond: number
}
