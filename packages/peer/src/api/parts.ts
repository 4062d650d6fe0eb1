import type { PeerId } from '@grapevine/core'
import type { Clock } from '../clock.js'
import type { Events } from './events.js'
import type { Interpreter } from '../running/interpreter.js'
import type { Members } from '../running/members.js'
import type { Network } from '../network/network.js'
import type { AgeIdentity } from '../secrets/identity.js'
import type { Guard } from '../trust/guard.js'
import type { View } from '../reading/view.js'

/** What a running peer is made of; `createPeer` makes of it what users hold in their hands. */
export interface PeerParts {
  readonly id: PeerId
  readonly name: string
  readonly mesh: string
  readonly labels: ReadonlyMap<string, string>
  readonly software: string
  /** What it opens secrets with. */
  readonly age: AgeIdentity
  readonly clock: Clock
  readonly view: View
  readonly events: Events
  readonly interpreter: Pick<
    Interpreter,
    'replica' | 'store' | 'failure' | 'commits' | 'write' | 'handle' | 'ask' | 'note'
  >
  readonly members: Pick<Members, 'ids' | 'contacts' | 'contact'>
  readonly network: Pick<Network, 'links' | 'addresses' | 'counters' | 'tellKeys' | 'bringBadge'>
  /** In a closed mesh. */
  readonly guard: Guard | undefined
  /** Resolves once others can reach this peer. */
  readonly listening: Promise<void>
  /** Whether it was told where to find others. */
  readonly hasSeeds: boolean
  /** What this peer says of itself has changed: others should hear of it soon. */
  moved(): void
  /** Opens a session with everybody who is linked. */
  syncAll(): void
  /** When another member was last heard; undefined: never since this process started. */
  heardAt(): number | undefined
  close(): Promise<void>
}

/** The parts, and what all calls on them have in common. */
export interface Inside extends PeerParts {
  /** Aborted when the peer closes, with the error for whoever waits. */
  readonly closing: AbortSignal
  /** What people call a peer, as of now. */
  names(): (peer: PeerId) => string
}
