import { describe, expect, it, vi } from 'vitest'
import { linksOf } from '../../packages/peer/src/trust/badge-text.ts'
import { makeOwnBadge } from '../../packages/peer/src/trust/join.ts'
import { parseToken } from '../../packages/peer/src/trust/token.ts'
import type { Network } from '../../packages/peer/src/network/network.ts'
import { until } from '../mesh/until.ts'
import { foundRealMesh } from './real-mesh.ts'
import type { RealPeer } from './real-mesh.ts'
import { areAlone } from './told.ts'

vi.setConfig({ testTimeout: 60_000 })

const soonMs = 20_000

describe('whoever holds a token for many', () => {
  it('C17 cannot have sealed to itself what is for another, with a badge that it makes for him', async () => {
    const networks = new Map<string, Network>()
    await using mesh = await foundRealMesh(['alice', 'bob'], {
      tap: (name, open) => (options) => {
        const network = open(options)
        networks.set(name, network)
        return network
      },
    })
    const [alice, bob] = ['alice', 'bob'].map(mesh.at) as [RealPeer, RealPeer]
    const { token } = await alice.peer.invite({ uses: 'many' })
    const mallory = await mesh.open('mallory', { join: token })
    await until(areAlone(mesh.peers), soonMs)

    const identity = { peer: bob.id, seed: new Uint8Array(), sign: () => new Uint8Array() } as never
    const labels = new Map([['age', mallory.peer.recipient]])
    const forged = makeOwnBadge(parseToken(token), {
      identity,
      name: 'bob',
      labels,
      nowMs: Date.now() + 30_000,
    })
    const heard = (peer: RealPeer): number => peer.peer.status().counters['framesTrustIn'] ?? 0
    const before = [alice, bob].map(heard)
    for (const { id } of [alice, bob]) {
      networks.get('mallory')?.bringBadge(id as never, linksOf(forged))
    }
    await until(
      () => ([alice, bob].every((peer, at) => heard(peer) > before[at]!) ? undefined : 'not yet'),
      soonMs,
    )
    await alice.peer.setSecret('password', 'for bob', { to: ['bob'] })
    await until(() => (mallory.peer.has('password') ? undefined : 'nothing came'), soonMs)
    await expect(mallory.peer.secret('password')).rejects.toMatchObject({
      code: 'SECRET_UNREADABLE',
    })
    await until(() => (bob.peer.has('password') ? undefined : 'nothing came'), soonMs)
    expect(await bob.peer.secret('password')).toBe('for bob')
  })
})
