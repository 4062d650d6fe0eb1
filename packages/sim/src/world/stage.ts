import type * as Core from '@grapevine/core'
import type { Peer } from './peer.js'
import type { World } from './world.js'

/** The world, and what deeds need to remember of those before them. */
export interface Stage {
  readonly world: World
  readonly written: Core.Dot[]
  values: number
  latestMs: number
}

/** Remembers what was written, so that it can be undone. */
export function give(stage: Stage, peer: Peer, input: Core.Input): void {
  if (!peer.isUp) return
  const before = peer.replica.clock()
  peer.handle(input)
  const replica = peer.replica.id()
  const seq = peer.replica.clock().get(replica) ?? 0
  if (seq > (before.get(replica) ?? 0)) stage.written.push({ replica, seq })
}

/** Another value each time, so that a value names its write. */
export function freshValue(stage: Stage, bytes: number): Core.Value {
  stage.values += 1
  if (bytes === 0) return stage.values
  const value = new Uint8Array(Math.max(4, bytes))
  new DataView(value.buffer).setUint32(0, stage.values)
  return value
}
