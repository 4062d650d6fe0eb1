import { describe, expect, it } from 'vitest'
import * as lib from '../src/index.js'
import { ed25519Crypto } from './ed25519.js'
import { hex, sha256 } from './stub-crypto.js'
import { printView, viewOf } from './invariants.js'
import { startMs } from './world.js'

/** Three replicas with real keys; frames arrive in the order in which they were sent. */
function meshOfThree(): Map<lib.PeerId, lib.Replica> {
  const people = ['alice', 'bob', 'carol'].map(ed25519Crypto)
  const mesh = { id: sha256(new Uint8Array()), admins: new Set<lib.PeerId>(), revocable: true }
  return new Map(
    people.map(({ peer, crypto }) => {
      const { replica } = lib.openReplica({ mesh, crypto, peer })
      replica.handle({ type: 'members', members: new Set(people.map((one) => one.peer)) }, startMs)
      return [peer, replica]
    }),
  )
}

type Frame = readonly [from: lib.PeerId, to: lib.PeerId, bytes: Uint8Array]

function framesOf(from: lib.PeerId, effects: readonly lib.Effect[]): readonly Frame[] {
  return effects.flatMap((effect): readonly Frame[] => {
    if (effect.type === 'send') return [[from, effect.to, effect.bytes]]
    return effect.type === 'pull' ? [[from, effect.from, effect.bytes]] : []
  })
}

function sync(replicas: ReadonlyMap<lib.PeerId, lib.Replica>, a: lib.PeerId, b: lib.PeerId): void {
  const queue = [...framesOf(a, replicas.get(a)!.handle({ type: 'sync', with: b }, startMs))]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [from, to, bytes] = next
    queue.push(
      ...framesOf(to, replicas.get(to)!.handle({ type: 'received', from, bytes }, startMs)),
    )
  }
}

describe('a mesh with real Ed25519 keys', () => {
  it('converges on three replicas by sessions alone', () => {
    const replicas = meshOfThree()
    const [alice, bob, carol] = [...replicas.keys()] as [lib.PeerId, lib.PeerId, lib.PeerId]
    const put = (peer: lib.PeerId, key: string, value: unknown): unknown =>
      replicas.get(peer)!.handle({ type: 'write', put: new Map([[key, value]]) }, startMs)
    put(alice, 'shop/max-items', 12)
    put(bob, 'shop/max-items', 13)
    put(carol, 'title', 'Grüße')
    sync(replicas, alice, bob)
    sync(replicas, bob, carol)
    put(carol, 'shop/max-items', 14)
    sync(replicas, carol, alice)
    sync(replicas, alice, bob)

    const views = [...replicas.values()].map((replica) => printView(viewOf(replica)))
    expect(new Set(views).size).toBe(1)
    expect(replicas.get(bob)!.get('shop/max-items')).toBe(14)
    expect(replicas.get(bob)!.conflicts()).toEqual([])
    const words = [...replicas.values()].map((replica) =>
      Object.values(replica.hashes()).map(hex).join(),
    )
    expect(new Set(words).size).toBe(1)
  })

  it('refuses a release whose bytes were touched on the way', () => {
    const replicas = meshOfThree()
    const [alice, bob] = [...replicas.keys()] as [lib.PeerId, lib.PeerId]
    const told = replicas.get(alice)!.handle({ type: 'write', put: new Map([['a', 1]]) }, startMs)
    const gossip = told.find(({ type }) => type === 'gossip') as { readonly bytes: Uint8Array }
    const bytes = new Uint8Array(gossip.bytes)
    // The last byte is the value.
    bytes[bytes.length - 1] = 2
    const effects = replicas.get(bob)!.handle({ type: 'received', from: alice, bytes }, startMs)
    expect(effects).toEqual([
      expect.objectContaining({ verdict: 'refused', reason: 'its signature does not hold' }),
    ])
    expect(replicas.get(bob)!.keys()).toEqual([])
  })
})
