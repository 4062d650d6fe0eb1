/**
 * Everything that is decided before a run begins. The same plan gives the same run, and a plan is
 * plain JSON: it can be printed, shrunk, kept as a test, and played again.
 */
export interface Plan {
  /** Feeds what is not planned: delays, losses, partners. Each concern draws from its own stream. */
  readonly seed: number
  /** Whoever joins before ever leaving is not there at the start. */
  readonly peers: number
  /** The first so many peers are admins. */
  readonly admins: number
  /** The last so many peers are hostile: members with a key of their own and no manners. */
  readonly hostile: number
  readonly revocable: boolean
  /** Only who has a badge may write, and only what it says. Absent: an open mesh. */
  readonly closed?: ClosedMesh
  readonly signatures: 'stub' | 'ed25519'
  readonly overlay: Overlay
  readonly weather: Weather
  readonly disk: DiskRules
  readonly habits: Habits
  /** How long faults and writes go on. Then everything heals, and must converge. */
  readonly safetyMs: number
  /** How long convergence may take after that. */
  readonly livenessMs: number
  /** In order of `at`. */
  readonly events: readonly PlannedEvent[]
}

/** Who begins with which badge. The root is a key that none of them has. */
export interface ClosedMesh {
  /** By the index of the peer. */
  readonly badges: readonly PlannedBadge[]
  /** People and programs that have a key and no peer: any peer numbers what they want. */
  readonly persons: readonly PlannedBadge[]
}

export interface PlannedBadge {
  readonly by: Holder
  readonly grants: readonly PlannedGrant[]
  /** Good until so long after the beginning of the run; absent: for longer than any run. */
  readonly endsMs?: number
}

export interface PlannedGrant {
  /** Of whole segments; the empty one covers every key. */
  readonly prefix: string
  readonly can: 'write' | 'invite' | 'admin'
}

/** Whoever has a key. */
export type Holder = 'root' | { readonly peer: number } | { readonly person: number }

/** Who is connected to whom, and how a frame for everybody gets there. */
export interface Overlay {
  /** Off: nothing is pushed, and sessions bring everything. */
  readonly gossip: boolean
  /** Connections that each peer keeps; `peers - 1` or more: all to all. */
  readonly links: number
  /** How many of its connections a peer forwards a gossiped frame to. */
  readonly degree: number
  /** How long a peer waits before it forwards, so that others can say that they have it already. */
  readonly holdMs: number
  /** The writer sends to all its connections at once, not only to its mesh. */
  readonly floodPublish: boolean
  readonly topology: Topology
  /** Peers are dealt out to so many places; between places `regionDelayMs` is added each way. */
  readonly regions: number
  readonly regionDelayMs: number
}

export const topologies = ['random', 'ring', 'line', 'star', 'regions'] as const
export type Topology = (typeof topologies)[number]

/** What every link suffers all the time, until everything heals. Shares lie between 0 and 1. */
export interface Weather {
  readonly delayMinMs: number
  /** On top of the minimum, exponentially distributed. */
  readonly delayMeanMs: number
  readonly lossShare: number
  readonly duplicateShare: number
  /** A duplicate comes up to so much later. */
  readonly duplicateLaterMs: number
  /** Frames of this share overtake others; else each link keeps the order, as TCP does. */
  readonly reorderShare: number
  readonly truncateShare: number
  /** A frame of this share stops its whole link for up to `clogMs`. */
  readonly clogShare: number
  readonly clogMs: number
  /** Zero: as much as one likes. */
  readonly bytesPerSecond: number
}

export interface DiskRules {
  /** How long it takes until what was written is durable. */
  readonly syncMs: number
}

/** How often peers do what they do from time to time. */
export interface Habits {
  readonly sessionMs: number
  readonly presenceMs: number
  readonly tickMs: number
  /** Zero: only where an event says so. */
  readonly collectMs: number
  /** Clocks tell the time in steps of so many milliseconds: a coarse clock makes equal stamps. */
  readonly clockStepMs: number
}

export type PlannedEvent = {
  /** Virtual milliseconds since the run began. */
  readonly at: number
  /** Index of the peer that it happens to. */
  readonly who: number
} & Deed

export type Deed =
  /** One release. Every put value is another one, so that a value names its write. */
  | {
      readonly do: 'write'
      readonly put: readonly string[]
      readonly remove: readonly string[]
      /** About so large is each value; zero: a number. */
      readonly valueBytes: number
      /** What this peer shows of the first key already: nothing to write. */
      readonly isSame?: boolean
      /** Conditional on what this peer showed of the first key a moment before. */
      readonly isConditional?: boolean
      /** Under a request id, and asked for a second time so much later. */
      readonly retryAfterMs?: number
    }
  /** Undo the release that is so many releases old at this peer. */
  | { readonly do: 'rollback'; readonly back: number }
  | { readonly do: 'refuse'; readonly key: string }
  /** The process dies; unsynced writes meet their fate; it starts again after `downMs`. */
  | { readonly do: 'crash'; readonly unsynced: Unsynced; readonly downMs: number }
  /** The n-th disk operation from now fails, and so many after it. */
  | { readonly do: 'disk-fails'; readonly afterOps: number; readonly ops: number }
  /** Keep a copy of the store as it is now. */
  | { readonly do: 'image' }
  /** The kept copy comes back; told of it, the peer takes a new incarnation, as a peer should. */
  | { readonly do: 'restore'; readonly isTold: boolean }
  /** The disk is gone, the identity is not. */
  | { readonly do: 'lose-disk' }
  /**
   * A copy of the store goes live beside the original, under the same identity. Copies have the
   * indices after those of the planned peers, in the order in which they come to life.
   */
  | { readonly do: 'clone' }
  /** The clock is off by so much from now on. */
  | { readonly do: 'clock'; readonly offsetMs: number }
  | { readonly do: 'drift'; readonly ppm: number }
  /** The process stands still, and does not know it. */
  | { readonly do: 'pause'; readonly forMs: number }
  /** Out of reach, still running and writing. */
  | { readonly do: 'away'; readonly forMs: number }
  /** Stops for good. */
  | { readonly do: 'leave' }
  /** Whoever had left, or was not there yet, comes with an empty disk. */
  | { readonly do: 'join' }
  /** Everybody's wall clock moves on by so much: weeks in which nothing happens. */
  | { readonly do: 'skip'; readonly ms: number }
  | {
      readonly do: 'partition'
      readonly shape: PartitionShape
      readonly forMs: number
      /** Chooses who is on which side; `who` is on the first. */
      readonly salt: number
    }
  /** Other weather for a while. */
  | { readonly do: 'weather'; readonly change: Partial<Weather>; readonly forMs: number }
  | {
      readonly do: 'link'
      readonly to: number
      readonly trouble: LinkTrouble
      readonly forMs: number
    }
  | { readonly do: 'collect' }
  /** Everybody in sight says where it stands. */
  | { readonly do: 'announce' }
  | { readonly do: 'session'; readonly with: number }
  | { readonly do: 'seal' }
  /** An admin cuts a replica id of this peer so many releases back. */
  | { readonly do: 'cut'; readonly whom: number; readonly back: number }
  /** Close an id that nobody writes under any more. */
  | { readonly do: 'close' }
  /** What a person signed; this peer numbers it. */
  | {
      readonly do: 'intent'
      readonly person: number
      readonly put: readonly string[]
      readonly remove: readonly string[]
      /** How long it may be numbered. */
      readonly goodMs: number
      /** Handed to another peer as well, as it is. */
      readonly again?: { readonly to: number; readonly afterMs: number }
    }
  /** A new badge in the place of the one before: for this peer, or for a person. */
  | ({ readonly do: 'badge'; readonly person?: number } & PlannedBadge)
  /** Of a key, said through this peer: in its own name, or in that of another. */
  | {
      readonly do: 'revoke'
      readonly whom: Holder
      readonly as?: Holder
      /** Whom it let in stays. */
      readonly isKept?: boolean
    }
  /** It writes under a new replica id from now on. */
  | { readonly do: 'reincarnate' }
  /** Only by hostile peers. */
  | { readonly do: 'trick'; readonly trick: Trick }

/** What becomes of what was written and not yet synced when the power goes. */
export const unsyncedFates = ['kept', 'lost', 'torn', 'reordered'] as const
export type Unsynced = (typeof unsyncedFates)[number]

/**
 * halves: two sides. one: `who` alone. ring: each hears only its neighbours. bridge: two sides, and `who`
 * hears both. asymmetric: the side of `who` hears the other, which hears nothing. regions: each place alone.
 */
export const partitionShapes = ['halves', 'one', 'ring', 'bridge', 'asymmetric', 'regions'] as const
export type PartitionShape = (typeof partitionShapes)[number]

/** half-open: one direction is silent. */
export const linkTroubles = ['down', 'half-open', 'slow', 'flapping', 'lossy'] as const
export type LinkTrouble = (typeof linkTroubles)[number]

export const tricks = [
  'forge',
  'replay',
  'equivocate',
  'far-future',
  'over-quota',
  'lie-about-clock',
  'lie-about-state',
  'withhold',
  'drip',
] as const

/** These mean something only in a closed mesh. */
export const trustTricks = [
  'overreach',
  'false-badge',
  'poison-badge',
  'bend-intent',
  'withhold-badges',
  'overspend',
  'usurp',
  'stray-flood',
] as const
export type TrustTrick = (typeof trustTricks)[number]
export type Trick = (typeof tricks)[number] | TrustTrick

export type PlannedDeed<Kind extends Deed['do']> = Extract<PlannedEvent, { readonly do: Kind }>
