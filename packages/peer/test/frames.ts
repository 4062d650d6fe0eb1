import { randomBytes } from 'node:crypto'
import { openReplica } from '@grapevine/core'
import type { Effect, MeshRules, PeerId, Replica } from '@grapevine/core'
import { cryptoOf, identityOf } from '../src/running/identity.js'

/** Everything that two honest replicas of a mesh say to each other while they write and compare. */
export function recordFrames(mesh: MeshRules): readonly Uint8Array[] {
  const frames: Uint8Array[] = []
  const replicas = new Map<PeerId, Replica>()
  const take = (from: PeerId, effects: readonly Effect[]): void => {
    for (const effect of effects) {
      if (effect.type === 'gossip') {
        frames.push(effect.bytes)
        for (const [peer] of replicas) if (peer !== from) hand(from, peer, effect.bytes)
      }
      if (effect.type === 'send') hand(from, effect.to, effect.bytes)
      if (effect.type === 'pull') hand(from, effect.from, effect.bytes)
    }
  }
  const hand = (from: PeerId, to: PeerId, bytes: Uint8Array): void => {
    frames.push(bytes)
    const replica = replicas.get(to)
    if (replica === undefined) return
    take(to, replica.handle({ type: 'received', from, bytes }, Date.now()))
  }
  const [alice, bob] = [openMember(mesh), openMember(mesh)]
  const act = (replica: Replica, input: Parameters<Replica['handle']>[0]): void =>
    take(replica.peer, replica.handle(input, Date.now()))
  for (let round = 0; round < 5; round++) {
    // Apart, so that there is something to compare.
    replicas.clear()
    for (const replica of [alice, bob]) {
      act(replica, { type: 'write', put: new Map([[`key/${round}`, replica.peer]]) })
    }
    for (const replica of [alice, bob]) replicas.set(replica.peer, replica)
    act(alice, { type: 'sync', with: bob.peer })
    act(bob, { type: 'announce', labels: new Map([['name', 'bob']]), software: 'test' })
  }
  return frames
}

function openMember(mesh: MeshRules): Replica {
  const identity = identityOf(randomBytes(32))
  return openReplica({ mesh, crypto: cryptoOf(identity), peer: identity.peer }).replica
}
