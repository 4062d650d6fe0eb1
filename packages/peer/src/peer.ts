import type {
  BadgeId,
  Dot,
  Grant,
  Key,
  PeerId,
  Receipt,
  ReleaseId,
  ReplicaId,
  Stamp,
  Value,
} from '@grapevine/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Binding, BindOptions } from './binding/bind.js'
import type { Link, NetworkNotice } from './network/network.js'
import type { Commits } from './running/commits.js'
import type { Secrets } from './secrets/secrets.js'
import type { Rights } from './trust/rights.js'
import type { Signer } from './trust/signer.js'
import type { SignedDraft } from './writing/signed.js'

/** One key as this peer's disk holds it. */
export interface Entry {
  readonly key: Key
  /** Deep-frozen; bytes cannot be, so treat them as if they were. */
  readonly value: Value
  /** Hand it back as `ifMatch`. */
  readonly version: string
  readonly release: ReleaseInfo
  /** Values written at the same time by somebody who had not seen this one; not empty: a conflict. */
  readonly others: readonly { readonly value: Value; readonly release: ReleaseInfo }[]
}

export interface ReleaseInfo extends Dot {
  /** `<replica>·<seq>`: what every call that asks for a release takes. */
  readonly name: string
  readonly id: ReleaseId
  /** Whose will it is: a peer, or a person with a key of its own. */
  readonly author: PeerId
  /** What its badge calls it; undefined in an open mesh, where nobody vouches for a name. */
  readonly authorName: string | undefined
  /** The peer that numbered it: the author itself, or through whom it wrote. */
  readonly relay: PeerId
  /** When, by its relay's clock, in milliseconds since 1970. */
  readonly at: number
  readonly stamp: Stamp
  readonly message: string | undefined
  readonly requestId: string | undefined
}

export interface Change {
  readonly key: Key
  /** undefined: there is none any more. */
  readonly value: Value | undefined
  readonly previous: Value | undefined
  readonly version: string | null
  /** What put or removed it last; undefined where a value merely stopped counting. */
  readonly release: ReleaseInfo | undefined
}

export interface WriteOptions {
  readonly message?: string | undefined
  /** Written again with the same id, it is written once. */
  readonly requestId?: string | undefined
  /** The version a key must still be at on this peer; null: it must be absent. No lock over the mesh. */
  readonly ifMatch?: string | null | undefined
  /** Write an equal value again. */
  readonly force?: boolean | undefined
  /** `durable` (the default): fsynced on this disk. `accepted`: in memory only. */
  readonly ack?: 'durable' | 'accepted' | undefined
  /** Whose will it is, and whose right it takes: see `openSigner`. By default this peer's own. */
  readonly as?: Signer | undefined
  /** Ends the waiting. What was asked for by then is written all the same. */
  readonly signal?: AbortSignal | undefined
}

export interface Draft {
  readonly set?: ReadonlyMap<string, Value> | Readonly<Record<string, Value>> | undefined
  readonly remove?: readonly string[] | undefined
  /** The exact number of removes, once there are more than 16 of them. */
  readonly confirmRemoves?: number | undefined
  readonly ifMatch?:
    | ReadonlyMap<string, string | null>
    | Readonly<Record<string, string | null>>
    | undefined
  readonly message?: string | undefined
  readonly requestId?: string | undefined
  readonly force?: boolean | undefined
}

/** What a write answers. */
export interface Published extends ReleaseInfo {
  /** false: everything was there already, and this is the newest release that says so. */
  readonly isNew: boolean
  /**
   * Resolves once so many members, this one included, hold it durably. Rejects with `NOT_REACHED` and
   * the receipts so far when time is over, or when all have answered and some of them refused it.
   */
  reached(this: void, options?: ReachOptions): Promise<Reach>
}

export interface WaitOptions {
  /** Milliseconds, or a text such as `'30s'`. */
  readonly timeout?: number | string | undefined
  /** Ends the waiting with its reason. */
  readonly signal?: AbortSignal | undefined
}

export interface ReachOptions extends WaitOptions {
  /** How many members, or `all` that are known. The default is all. */
  readonly peers?: number | 'all' | undefined
  /** Called with each new state of the receipts, the present one first. */
  readonly onProgress?: ((reach: Reach) => void) | undefined
}

export interface Reach {
  readonly reached: number
  readonly refused: number
  readonly members: number
  readonly receipts: readonly NamedReceipt[]
}

export type NamedReceipt = Receipt & { readonly name: string }

/** A name, of which the replica id may be shortened (`7f3a·412`), or any object with both parts. */
export type ReleaseRef = string | Dot

export interface Difference {
  readonly key: Key
  readonly before: Value | undefined
  readonly after: Value | undefined
}

/** A key that a schema of this process would not take. */
export interface Refused {
  readonly key: Key
  /** As the mesh would read it in the receipts. */
  readonly reason: string
}

/** Of one key, oldest first. */
export interface Version {
  /** undefined: it was removed. */
  readonly value: Value | undefined
  readonly release: ReleaseInfo
}

export interface RolledBack {
  /** undefined: nothing was left to return. */
  readonly published: Published | undefined
  readonly returned: readonly Key[]
  /** Changed since by another release: left alone. */
  readonly changedSince: readonly Key[]
  /** What was there before is no longer known here: left alone. */
  readonly unknown: readonly Key[]
}

export interface RollbackPlan extends Pick<RolledBack, 'changedSince' | 'unknown'> {
  /** Nothing to set or to remove: nothing is left to return. */
  readonly draft: Draft
}

export interface Member {
  readonly peer: PeerId
  readonly name: string
  readonly isSelf: boolean
  readonly link: Link | undefined
  readonly addresses: readonly string[]
  readonly heardAt: number | undefined
  readonly labels: ReadonlyMap<string, string>
  readonly software: string | undefined
  /** Its clock less this one's when its last presence came: above all what the way took, if it is small. */
  readonly clockAheadMs: number | undefined
  /** In a closed mesh: what it may write, and until when it is a member. */
  readonly badge: BadgeInfo | undefined
  /** Its replicas' releases that this peer holds and it, when last heard, did not. */
  readonly behind: number | undefined
}

export interface BadgeInfo {
  readonly id: BadgeId
  readonly grants: readonly Grant[]
  readonly until: number
}

export interface Status {
  readonly peer: PeerId
  /** What others call it: in a closed mesh that is what its badge says. */
  readonly name: string
  readonly mesh: string
  readonly replica: ReplicaId
  /** By replica ids: up to which release of each all are held here. */
  readonly clock: Readonly<Record<ReplicaId, number>>
  /** So many digits of a replica's name tell it apart from all others that are known here: 4 or more. */
  readonly replicaDigits: number
  readonly addresses: readonly string[]
  readonly members: number
  /** Members connected now, self not counted. */
  readonly links: number
  /** Members heard in the last 30 s, self included. */
  readonly inSight: number
  readonly keys: number
  readonly conflicts: number
  readonly waiting: readonly { readonly release: ReleaseInfo; readonly missing: Dot }[]
  readonly early: readonly ReleaseInfo[]
  /** What waits, and what is early, in memory. */
  readonly parkedBytes: number
  readonly forked: readonly ReplicaId[]
  /** When the badge of this peer ends; undefined: the mesh is open. */
  readonly badgeUntil: number | undefined
  /** Whether writes are taken; a failed disk keeps readers going and writers waiting. */
  readonly store: 'open' | 'failed'
  readonly storeError: string | undefined
  /** How long writes waited for the disk, since this peer was opened. */
  readonly commits: Commits
  /** When a session with another member last ended with everything equal. */
  readonly syncedAt: number | undefined
  readonly counters: Readonly<Record<string, number>>
}

/** Something an operator should hear of. */
export interface Notice {
  readonly notice:
    | NetworkNotice['notice']
    | 'forked'
    | 'reincarnated'
    | 'diverged'
    | 'unvouched'
    | 'parking-full'
    | 'statement'
    | 'void'
    | 'store'
    | 'listener'
    /** A single-use invite was used by two. */
    | 'invite'
    /** This peer's own badge ends, has ended, or was revoked. */
    | 'badge'
  readonly text: string
}

export interface PeerEvents {
  /** Everything that one release, or one snapshot, changed for readers. */
  readonly change: { readonly changes: readonly Change[] }
  /**
   * A release that was not held here came from this member: by gossip, the one that passed it on. Once
   * for each; what a snapshot brings in one piece is told by `change` alone.
   */
  readonly received: { readonly release: ReleaseInfo; readonly from: PeerId }
  readonly notice: Notice
  readonly linked: Link
  readonly unlinked: { readonly peer: PeerId; readonly why: string }
  /** A session with this member ended with everything equal. */
  readonly synced: { readonly peer: PeerId }
  /** A presence was heard, or this peer's own state moved: receipts may have. */
  readonly presence: undefined
}

/** What is shown now, then all that changes, merged for whoever is slow. */
export interface WatchEvent {
  readonly isFirst: boolean
  readonly changes: readonly Change[]
}

export interface Peer extends Secrets, Rights, AsyncDisposable {
  readonly id: PeerId
  readonly name: string
  readonly mesh: string

  // Reads are answered from memory, at once. They never throw and show only what this disk holds.
  get(key: string): Value | undefined
  has(key: string): boolean
  entry(key: string): Entry | undefined
  /** Keys that begin with the prefix, ascending. */
  entries(prefix?: string): readonly Entry[]

  // Writes reject with a `MeshError` before anything is touched, or answer once they are durable.
  set(key: string, value: Value, options?: WriteOptions): Promise<Published>
  remove(key: string, options?: WriteOptions): Promise<Published>
  /** One atomic release of many keys. */
  publish(draft: Draft, options?: Pick<WriteOptions, 'ack' | 'as' | 'signal'>): Promise<Published>
  /** A draft that was signed elsewhere, see `signDraft`. Its author's rights are judged here. */
  publishSigned(
    signed: SignedDraft,
    options?: Pick<WriteOptions, 'ack' | 'signal'>,
  ): Promise<Published>
  /** Undoes a release: its keys return to what its writer had seen, where they still show it. */
  rollback(
    release: ReleaseRef,
    options?: Pick<WriteOptions, 'message' | 'requestId' | 'ack' | 'as' | 'signal'>,
  ): Promise<RolledBack>
  /** What `rollback` would do now. */
  planRollback(release: ReleaseRef): RollbackPlan
  /** Settles a conflict as it is shown here: by one of its releases, or by a value of your own. */
  resolve(
    key: string,
    take: { readonly release: ReleaseRef } | { readonly value: Value },
    options?: WriteOptions,
  ): Promise<Published>
  /** What readers would see differently after publishing this. */
  diff(draft: Draft): readonly Difference[]
  /**
   * What the schemas that are bound in this process would refuse of it, by keys; those of other peers
   * are known only to them. A schema that takes its time to answer is not waited for.
   */
  check(draft: Draft): readonly Refused[]

  /** What is shown under a prefix, then all that changes. Ends with its signal, and with the peer. */
  watch(
    prefix?: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<WatchEvent, undefined>
  /** A live typed value: that of the key itself, with the keys below it as its members. */
  bind<S extends StandardSchemaV1>(
    key: string,
    schema: S,
    options: BindOptions<StandardSchemaV1.InferOutput<S>>,
  ): Binding<StandardSchemaV1.InferOutput<S>>
  /** Answers the way to stop. A listener that fails is told as a notice, and harms nobody. */
  on<E extends keyof PeerEvents>(
    event: E,
    listener: (detail: PeerEvents[E]) => unknown,
    options?: { readonly signal?: AbortSignal | undefined },
  ): () => void

  /** As this disk holds them; what follows is as the replica knows it, a moment ahead of the disk. */
  conflicts(): readonly Entry[]
  history(key: string): readonly Version[]
  /** A release and the changes of it that are known here. */
  release(
    release: ReleaseRef,
  ): { readonly release: ReleaseInfo; readonly changes: readonly Difference[] } | undefined
  /** Newest first, those whose record is still held: 50, or `limit`; `before`: older than that one. */
  releases(options?: {
    readonly limit?: number | undefined
    readonly before?: ReleaseRef | undefined
  }): readonly ReleaseInfo[]
  receipts(release: ReleaseRef): readonly NamedReceipt[]
  /** `Published.reached` of any release that is held here. */
  reached(release: ReleaseRef, options?: ReachOptions): Promise<Reach>
  peers(): readonly Member[]
  status(): Status

  /** Resolves once this peer held what another member held, or there is none to wait for. */
  ready(options?: WaitOptions): Promise<void>
  /** Resolves with the addresses, once others can reach this peer. */
  listening(options?: WaitOptions): Promise<readonly string[]>
  /** Compares and repairs with the others now, instead of within seconds; by default within 10 s. */
  sync(options?: WaitOptions): Promise<void>
  /** A copy of this peer as one file, while it runs. It holds the peer's key: keep it secret. */
  backup(file: string): Promise<void>
  /** Ends whatever waits with `PEER_CLOSED`, and stores what was written. Reads stay as they are. */
  close(): Promise<void>
}

export type { Dot }
