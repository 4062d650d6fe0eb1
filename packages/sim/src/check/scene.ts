import { limits } from '@grapevine/core'
import type * as Core from '@grapevine/core'
import type { Node } from '../observer.js'
import type { Plan } from '../plan.js'
import type { Facts } from './facts.js'
import type { Tally } from './rule.js'
import type { TrustOracle } from './trust-view.js'
import type { View } from './view.js'
import type { Words } from './words.js'

/** What all checks share. */
export interface Scene {
  readonly plan: Plan
  readonly facts: Facts
  readonly words: Words
  readonly tally: Tally
  /** Of honest peers, by node. */
  readonly views: Map<Node, View>
  /** Peers whose store is there twice, or was set back: these may sign two releases under one number. */
  readonly copied: Set<Core.PeerId>
  /** Replica ids under which a store ever wrote. */
  readonly usedIds: Set<string>
  /** What was stated under each clock and set of statements, and by whom. */
  readonly stated: Map<string, { readonly name: string; readonly state: string }>
  readonly writeFault: Core.MeshRules['writeFault']
  /** Of a closed mesh. */
  readonly trust: TrustOracle | undefined
  /** A throw-away replica from what the disk is sure to give back. */
  readonly reopen: (node: Node) => Core.Replica
  /**
   * A known gap: where nothing can be revoked, a fork that stayed hidden for longer than the sealing
   * age can leave members that collected and members that did not with different heads.
   */
  mayDiffer(): boolean
}

/** One peer, as it is now. */
export interface Looked {
  readonly scene: Scene
  readonly view: View
}

/** How far the clocks of a plan can be from its beginning at most. */
function agedMs({ events, safetyMs, livenessMs }: Plan): number {
  let aged = safetyMs + livenessMs
  let offset = 0
  for (const event of events) {
    if (event.do === 'skip') aged += event.ms
    if (event.do === 'clock') offset = Math.max(offset, Math.abs(event.offsetMs))
  }
  return aged + 2 * offset
}

type Parts = Pick<Scene, 'plan' | 'facts' | 'words' | 'writeFault' | 'trust' | 'reopen'>

export function createScene(parts: Parts): Scene {
  const isOld = !parts.plan.revocable && agedMs(parts.plan) >= limits.sealAgeMs
  return {
    ...parts,
    tally: { checks: 0 },
    views: new Map(),
    copied: new Set(),
    usedIds: new Set(),
    stated: new Map(),
    mayDiffer: () => isOld && parts.facts.hasForks(),
  }
}

/** Beyond which seq releases of this replica id are void at this peer. */
export const limitAt = (node: Node, replica: string): number =>
  node.replica.status().limits.get(replica as Core.ReplicaId) ?? Number.POSITIVE_INFINITY

/** Whether a clock may have gone back to here: to a limit, or to where a branch was left. */
export const mayBeAt = (node: Node, replica: string, seq: number): boolean =>
  limitAt(node, replica) <= seq || node.replica.status().forked.includes(replica as Core.ReplicaId)
