import type { PeerId } from '@grapevine/core'

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
}

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
}

export type OpenNetwork = (options: NetworkOptions) => Network

/** This peer's key, and how to sign with it. */
export interface Identity {
  readonly peer: PeerId
  /** The 32 bytes an Ed25519 key grows from. */
  readonly seed: Uint8Array
  sign(this: void, bytes: Uint8Array): Uint8Array
}
