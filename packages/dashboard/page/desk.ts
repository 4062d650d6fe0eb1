import type { ReadonlySignal, Signal } from '@preact/signals'
import type { Figures, LiveArrival, PeerClient, ReleaseRow } from '@grapevine/api/page'
import type { Change, Entry, Member, Notice, PeerId, Status } from '@grapevine/peer'
import type { LabFigures, LabState, LineWish, PeerDeed } from './lab-wire.js'

/** Everything that the views read, and whom they ask to do something. */
export interface Desk {
  readonly kind: 'peer' | 'lab'
  /** `locked`: it wants the token, or another one. `lost`: it is asked again until it answers. */
  readonly connection: ReadonlySignal<'opening' | 'open' | 'lost' | 'locked'>
  /** Why it is lost or locked, for people. */
  readonly trouble: ReadonlySignal<string | undefined>
  /** Since when what is shown is old; undefined: it is not. */
  readonly lostAt: ReadonlySignal<number | undefined>
  /** Shows a token. */
  unlock(this: void, token: string): void

  /** Of the peer that is looked through; undefined: it has not answered yet. */
  readonly status: ReadonlySignal<Status | undefined>
  readonly members: ReadonlySignal<ReadonlyMap<PeerId, Member>>
  /** By key, in no order. It is one map, which changes in place, and another signal value each time. */
  readonly keys: ReadonlySignal<KeyTable>
  /** Those in conflict, with all their sides. */
  readonly conflicts: ReadonlySignal<ReadonlyMap<string, Entry>>
  /** Newest first. */
  readonly releases: ReadonlySignal<readonly ReleaseRow[]>
  /** Oldest first, one a second. */
  readonly figures: ReadonlySignal<readonly Figures[]>
  /** Newest first. */
  readonly notices: ReadonlySignal<readonly (Notice & { readonly at: number })[]>
  /** Hears of releases as they come to a peer; answers the way to stop. */
  onArrivals(this: void, listener: (arrivals: readonly Arrival[]) => void): () => void

  /** The API of the peer that is looked through: reads that no stream brings, and all writes. */
  readonly client: ReadonlySignal<PeerClient>
  /** Ticks each second, for ages. */
  readonly now: ReadonlySignal<number>
  readonly lab: LabDesk | undefined
}

/** What only the lab can show and do. */
export interface LabDesk {
  readonly state: ReadonlySignal<LabState | undefined>
  readonly figures: ReadonlySignal<readonly LabFigures[]>
  /** Since when the lab itself is silent. */
  readonly lostAt: ReadonlySignal<number | undefined>
  /** Number of the peer that is looked through. */
  readonly through: Signal<number>
  /** The API of any of its peers: of one, always the same. */
  clientOf(this: void, number: number): PeerClient
  cut(this: void, groups: readonly (readonly number[])[]): Promise<void>
  heal(this: void): Promise<void>
  setLines(this: void, wish: LineWish): Promise<void>
  act(this: void, peer: number, deed: PeerDeed): Promise<void>
}

/** A release came to a peer: from another one, or because it was written there. */
export interface Arrival extends Omit<LiveArrival, 'from'> {
  readonly peer: PeerId
  readonly from?: PeerId | undefined
}

export interface KeyTable {
  readonly rows: ReadonlyMap<string, KeyRow>
  /** What changed since the table before this one; undefined: everything may have. */
  readonly changed: ReadonlySet<string> | undefined
  /** false: the first state has not come yet. */
  readonly isThere: boolean
}

export type KeyRow = Pick<Change, 'key' | 'value' | 'version' | 'release'>
