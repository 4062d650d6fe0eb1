import type { BadgeChain, PeerId } from '@grapevine/core'

/** What a peer says of itself to whoever it is connected with. */
export interface Introduction {
  /** Short, for people. */
  readonly name: string
  /** Drawn by each process: two of them under one key are found out by it. */
  readonly instance: string
  readonly software: string
}

/** Another peer, connected and introduced: frames can go both ways. */
export interface Link {
  readonly peer: PeerId
  readonly introduction: Introduction
  readonly address: string
  readonly isInbound: boolean
  readonly sinceMs: number
}

/** A peer of which an address is known. */
export interface Contact {
  readonly peer: PeerId
  readonly name: string
  /** Multiaddrs without the peer id, best first. */
  readonly addresses: readonly string[]
  /** When somebody last was connected with it, or heard it. */
  readonly seenAt: number
  /** In a closed mesh: the links of its badge, root first. Nobody is believed to be a member without. */
  readonly badge?: readonly Uint8Array[] | undefined
}

/** What guards the doors of a closed mesh. An open mesh has none, and listens on this machine only. */
export interface Trust {
  /** This peer's own badge, root first, as it stands now. */
  badge(): readonly Uint8Array[]
  /**
   * Whether whoever shows this badge is a member; asked at each introduction, again for each link when
   * anything was revoked, and for whom others tell of (`hearsay`).
   */
  admit(peer: PeerId, badge: readonly Uint8Array[], how: 'introduced' | 'hearsay'): Admission
  /** Pre-shared keys, newest first: the first is used to dial, all are taken from whoever dials. */
  networkKeys(): readonly Uint8Array[]
  /** What a member just linked should hear of the network keys; undefined: nothing yet. */
  keysFrame(): Uint8Array | undefined
  /** A frame about network keys came; true: it was news, and goes on to all links. Throws `Malformed`. */
  hearKeys(frame: Uint8Array): boolean
  /** A badge was brought for this peer, by whoever issued it: taken if it holds. Throws `Malformed`. */
  hearBadge(badge: readonly Uint8Array[]): void
}

export type Admission =
  | { readonly is: 'member'; readonly badge: BadgeChain }
  /** `why`: what follows the name of the other peer, for both sides' operators. */
  | { readonly is: 'stranger'; readonly why: string }

/** Whom this peer knows; kept by the peer, used by the network to dial and to tell others. */
export interface Book {
  contacts(): readonly Contact[]
  contact(peer: PeerId): Contact | undefined
  /** Somebody is connected, or was named by a member: take what is news. */
  learn(contact: Contact, from: PeerId): void
}

/** What becomes of a frame that came by gossip: goes on, stays here, or costs its sender. */
export type Judgement = 'accept' | 'ignore' | 'reject'

/** What the network tells the peer. None of these throws or rejects. */
export interface NetworkHooks {
  /** A frame down a stream. The next of that peer is not read before the answer. */
  received(from: PeerId, bytes: Uint8Array): Promise<Judgement>
  heard(from: PeerId, bytes: Uint8Array): Promise<Judgement>
  linked(link: Link): void
  unlinked(peer: PeerId, why: string): void
  /** Something an operator should hear of: an incompatible peer, a twin under this key, … */
  notice(notice: NetworkNotice): void
}

export interface NetworkNotice {
  readonly notice: 'incompatible' | 'stranger' | 'twin' | 'misbehaved' | 'unreachable' | 'network'
  readonly text: string
  readonly peer?: PeerId
}

/** Everything between this peer and the others. What it cannot deliver it drops: sessions repair. */
export interface Network {
  /** Resolves once it listens; dials go on for ever behind it. */
  start(): Promise<void>
  /** Where others can reach this peer, as multiaddrs without the peer id. */
  addresses(): readonly string[]
  /** For everybody: by gossip, and by stream to those links that it does not reach. */
  publish(bytes: Uint8Array): void
  /** To one linked peer; false: it is not linked, or takes no more for now. */
  send(to: PeerId, bytes: Uint8Array): boolean
  links(): readonly Link[]
  /** Something was revoked, or ended: links whose badge does not hold any more are dropped at once. */
  recheck(): void
  /** The network keys moved: tells all links. */
  tellKeys(): void
  /** Brings a member that is linked a new badge; false: it is not linked. */
  bringBadge(to: PeerId, badge: readonly Uint8Array[]): boolean
  /** Counters for operators and tests: bytes and frames in and out, dials, drops, gossip copies. */
  counters(): Readonly<Record<string, number>>
  close(): Promise<void>
}

/** What a network is made of; a test hands in another maker. */
export interface NetworkOptions {
  readonly identity: Identity
  readonly meshId: Uint8Array
  readonly introduction: Introduction
  readonly book: Book
  readonly hooks: NetworkHooks
  /** `host:port` or multiaddrs. */
  readonly listen: readonly string[]
  /** Said to others instead of the addresses that were found. */
  readonly announce: readonly string[]
  /** Where to find a first member: `host:port` (every address of that host) or multiaddrs. */
  readonly seeds: readonly string[]
  /** Find peers on the local network. */
  readonly mdns: boolean
  /** Without it everything spreads by sessions alone. */
  readonly gossip: boolean
  /** undefined: the mesh is open. */
  readonly trust?: Trust | undefined
}

export type OpenNetwork = (options: NetworkOptions) => Network

/** This peer's key, and how to sign with it. */
export interface Identity {
  readonly peer: PeerId
  /** The 32 bytes an Ed25519 key grows from. */
  readonly seed: Uint8Array
  sign(this: void, bytes: Uint8Array): Uint8Array
}
