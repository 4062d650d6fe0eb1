import { type BadgeId, type Key, type PeerId } from './ids.js'
import { type Release } from './release.js'
import { type Held } from './state.js'

/** What became of a release that was received. */
export type Verdict =
  | { readonly verdict: 'applied' | 'duplicate' | 'early' | 'void' | 'forked' }
  /** `badge`: nobody can say yet whether its writer had the right; else it follows what is missing here. */
  | { readonly verdict: 'waiting'; readonly badge?: BadgeId | undefined }
  | { readonly verdict: 'refused'; readonly reason: string }

export interface KeyChange {
  readonly key: Key
  readonly now: Held | undefined
  readonly before: Held | undefined
  readonly version: string | null
}

/** Something an operator should hear of. */
export type Notice =
  | { readonly notice: 'forked'; readonly text: string }
  | { readonly notice: 'reincarnated'; readonly text: string }
  | { readonly notice: 'diverged'; readonly text: string }
  | { readonly notice: 'unvouched'; readonly text: string }
  | { readonly notice: 'parking-full'; readonly text: string }
  | { readonly notice: 'statement'; readonly text: string }
  | { readonly notice: 'void'; readonly text: string }

export type Effect =
  /** Store all records in one transaction (null deletes); later effects wait until it is durable. */
  | { readonly type: 'persist'; readonly records: ReadonlyMap<string, Uint8Array | null> }
  /** What readers now see, all of it at once. */
  | { readonly type: 'changed'; readonly changes: readonly KeyChange[] }
  /** The answer to a local write; undefined: nothing to write. */
  | { readonly type: 'written'; readonly release: Release | undefined }
  /** For everybody, by gossip. */
  | { readonly type: 'gossip'; readonly bytes: Uint8Array }
  | { readonly type: 'send'; readonly to: PeerId; readonly bytes: Uint8Array }
  /** A question that any other member can answer if this one is gone. */
  | { readonly type: 'pull'; readonly from: PeerId; readonly bytes: Uint8Array }
  /** What became of what a peer sent, for the transport's validator and for strikes. */
  | ({ readonly type: 'verdict'; readonly from: PeerId; readonly release?: Release } & Verdict)
  /** Statements moved who is revoked: these keys are, now. */
  | { readonly type: 'revoked'; readonly subjects: readonly PeerId[] }
  /** A session with this peer ended with equal clocks, statements and state. */
  | { readonly type: 'synced'; readonly with: PeerId }
  | ({ readonly type: 'notice' } & Notice)
