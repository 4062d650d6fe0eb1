import type {
  Change,
  Difference,
  Draft,
  Entry,
  Exposure,
  Granted,
  GrantOptions,
  Invite,
  InviteOptions,
  Member,
  NamedReceipt,
  Notice,
  Published,
  Reach,
  ReachOptions,
  Refused,
  ReleaseInfo,
  Revoked,
  RevokeOptions,
  RolledBack,
  Rotated,
  RotateOptions,
  SecretInfo,
  SetSecretOptions,
  Signer,
  Status,
  Value,
  Version,
  WaitOptions,
  Why,
  WriteOptions,
} from '@grapevine/peer'
import type { LiveEvent, ReleaseRow } from './live.js'

/** A release as the API tells of it: `PeerClient.reach` follows it. */
export type Written = Omit<Published, 'reached'>

/** Whose will a write is: signed here, so that no key ever travels. */
export interface ActingAs {
  readonly as?: Signer | undefined
  readonly signal?: AbortSignal | undefined
}

/** Where a reader stands in a peer's changes: hand it back to hear only what came after it. */
export type Index = string

export interface Blocking {
  /** Answers only once something moved since; no promise that it did. */
  readonly index?: Index | undefined
  /** How long at most, as `'30s'`; the default is five minutes. */
  readonly wait?: number | string | undefined
  readonly signal?: AbortSignal | undefined
}

/** What is shown at first, or again where the peer cannot say what was missed; then what changes. */
export interface Watched {
  readonly index: Index
  readonly isFirst: boolean
  readonly changes: readonly Change[]
}

/**
 * A peer, as another process sees it through its local API: the calls, the answers and the errors
 * (`MeshError`) are those of `Peer`, as promises.
 */
export interface PeerClient extends AsyncDisposable {
  entry(key: string, options?: Blocking): Promise<Entry | undefined>
  entries(
    prefix?: string,
    options?: Blocking,
  ): Promise<{ readonly entries: readonly Entry[]; readonly index: Index }>
  watch(
    prefix?: string,
    options?: { readonly from?: Index | undefined; readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<Watched, undefined>

  /** All that goes on at the peer; where a reader resumes, only what changed since is told of the keys. */
  live(options?: {
    readonly from?: Index | undefined
    readonly signal?: AbortSignal | undefined
  }): AsyncIterable<LiveEvent, undefined>

  publish(draft: Draft, options?: ActingAs): Promise<Written>
  rollback(
    release: string,
    options?: ActingAs & Pick<WriteOptions, 'message' | 'requestId'>,
  ): Promise<Omit<RolledBack, 'published'> & { readonly published: Written | undefined }>
  resolve(
    key: string,
    take: { readonly release: string } | { readonly value: Value },
    /** `ifMatch`: the version whose sides were looked at. */
    options?: ActingAs & Pick<WriteOptions, 'message'> & { readonly ifMatch?: string | undefined },
  ): Promise<Written>

  diff(draft: Draft): Promise<readonly Difference[]>
  /** What the schemas that are bound in the peer's process would refuse of it. */
  check(draft: Draft): Promise<readonly Refused[]>
  /** What a rollback would do, without doing it. */
  planRollback(release: string): Promise<{
    readonly draft: Draft
    readonly changedSince: readonly string[]
    readonly unknown: readonly string[]
  }>

  history(key: string): Promise<readonly Version[]>
  release(
    name: string,
  ): Promise<{ readonly release: ReleaseInfo; readonly changes: readonly Difference[] } | undefined>
  /** Newest first, 50 where it is not said how many; `before`: those that are older than this one. */
  releases(options?: {
    readonly limit?: number | undefined
    readonly before?: string | undefined
    readonly signal?: AbortSignal | undefined
  }): Promise<readonly ReleaseRow[]>
  why(key: string): Promise<Why>
  conflicts(prefix?: string): Promise<readonly Entry[]>
  receipts(release: string): Promise<readonly NamedReceipt[]>
  /** Each new state of the receipts; rejects with `NOT_REACHED` as `Published.reached` does. */
  reach(
    release: string,
    options?: Omit<ReachOptions, 'onProgress'>,
  ): AsyncIterable<Reach, undefined>

  secret(key: string): Promise<string | Uint8Array>
  setSecret(
    key: string,
    secret: string | Uint8Array,
    options: Omit<SetSecretOptions, 'as' | 'signal'> & ActingAs,
  ): Promise<Written>
  secrets(prefix?: string): Promise<readonly SecretInfo[]>
  exposedTo(who: string): Promise<readonly Exposure[]>

  // What is done with the peer's own rights; whoever would act with a key of his own opens a peer.
  invite(options?: Omit<InviteOptions, 'as'>): Promise<Invite>
  grant(who: string, options: Omit<GrantOptions, 'as'>): Promise<Granted>
  revoke(who: string, options?: Omit<RevokeOptions, 'as'>): Promise<Revoked>
  rotateNetworkKey(options?: Omit<RotateOptions, 'as'>): Promise<Rotated>

  peers(): Promise<readonly Member[]>
  status(): Promise<Status>
  /** What the operator should have heard, newest last, as far back as the process remembers. */
  notices(): Promise<readonly (Notice & { readonly at: number })[]>
  ready(options?: WaitOptions): Promise<void>
  sync(options?: WaitOptions): Promise<void>
  /** Into a file on the peer's machine; its path is absolute. */
  backup(file: string): Promise<void>
}
