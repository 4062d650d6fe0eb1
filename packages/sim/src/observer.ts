import type * as Core from '@grapevine/core'
import type { PlannedEvent } from './plan.js'

/** The library that the peers run: the real one, or one with a bug planted in it. */
export type Library = Pick<typeof Core, 'openReplica' | 'MeshError'>

/** A peer of the simulation, as it is seen from outside. */
export interface Node {
  readonly index: number
  /** alice, bob, carol, …; hostile ones are mallory, mallory-2, …; a clone is `alice'`. */
  readonly name: string
  readonly peer: Core.PeerId
  readonly isHonest: boolean
  readonly isAdmin: boolean
  /** Of the process that runs now, or of the last one that ran. */
  readonly replica: Core.Replica
  /** Its process runs. A peer that is paused or away is up. */
  readonly isUp: boolean
  /** What its disk is sure to give back: all records of all transactions that were synced. */
  readonly synced: ReadonlyMap<string, Uint8Array>
  /** What its clock shows now. */
  wall(this: void): number
}

/**
 * first: an empty disk at the start, or of a peer that joins. restarted: from what the disk kept.
 * lost: an empty disk under an old identity. restored: from an old image. cloned: a copy of a living store.
 */
export type Opening = 'first' | 'restarted' | 'lost' | 'restored' | 'cloned'

export interface Frame {
  readonly from: Node
  readonly to: Node
  readonly bytes: Uint8Array
  /** Gossiped to everybody, or sent to one. */
  readonly isGossip: boolean
  /** Links that it crossed since it was made; 1 when it comes from its maker. */
  readonly hops: number
}

export type Loss = 'loss' | 'cut' | 'down' | 'full'

/** Whoever watches a run from outside the peers. Everything is told in the order in which it happens. */
export interface Observer {
  /** A planned event is about to be carried out. */
  planned?(event: PlannedEvent, at: number): void
  opened?(node: Node, how: Opening, at: number): void
  stopped?(node: Node, at: number): void
  /** A replica was given an input; the effects are not carried out yet. */
  handled?(node: Node, input: Core.Input, effects: readonly Core.Effect[], at: number): void
  /** A local call was refused, as it may be. */
  refused?(node: Node, input: Core.Input, error: Core.MeshError, at: number): void
  /** The answer to a write has reached whoever asked; what it rests on is durable. */
  acknowledged?(node: Node, release: Core.Release, at: number): void
  sent?(frame: Frame, at: number): void
  arrived?(frame: Frame, at: number): void
  lost?(frame: Frame, why: Loss, at: number): void
  /** Something rare happened in the world around the replicas. */
  probe?(name: string): void
  /** Faults end here. */
  healed?(at: number): void
}
