import { randomBytes } from 'node:crypto'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { foundMesh, restoreDataDir } from '@grapevine/peer'
import { describe, expect, it, vi } from 'vitest'
import { formatToken, parseToken } from '../../packages/peer/src/trust/token.ts'
import { areEqual, hold, isTold } from '../mesh/mesh.ts'
import { report } from '../mesh/report.ts'
import { all, seconds, until } from '../mesh/until.ts'
import { foundRealMesh, openReal } from './real-mesh.ts'
import type { RealPeer } from './real-mesh.ts'
import { areAlone } from './told.ts'

vi.setConfig({ testTimeout: 60_000 })

const soonMs = 20_000
const three = ['alice', 'bob', 'carol'] as const
const can = { bob: { 'shop/**': 'write' } } as const

const expectNoFork = (peers: readonly RealPeer[]): void => {
  for (const { peer } of peers) expect(peer.status()).toMatchObject({ forked: [], conflicts: 0 })
}

describe('what an operator gets wrong', () => {
  it('S3 a backup that is put back forks nothing, loses nothing, and writes on under its badge', async () => {
    await using mesh = await foundRealMesh(three, { can })
    const [alice, bob, carol] = three.map(mesh.at) as [RealPeer, RealPeer, RealPeer]
    await bob.peer.set('shop/before', 1)
    const backup = join(mesh.folder, 'backup')
    await bob.peer.backup(backup)
    const since = await bob.peer.set('shop/since', 2)
    await until(hold([alice, carol], [since.name]), soonMs)
    await mesh.close('bob')

    const dataDir = mesh.dataDir('bob again')
    await restoreDataDir(backup, dataDir)
    const again = await mesh.open('bob', { dataDir })
    const restored = [alice, carol, again]
    await isTold(again, { words: 'it was restored from a backup' })
    const after = await again.peer.set('shop/after', 3)
    expect([after.author, after.authorName]).toEqual([bob.id, 'bob'])
    expect(after.replica).not.toBe(since.replica)
    await until(all(areAlone(restored), hold(restored, [since.name, after.name])), soonMs)
    await until(areEqual(restored), soonMs)
    expectNoFork(restored)
    expect(alice.peer.entries().map(({ value }) => value)).toEqual([3, 1, 2])
  })

  it('S4 a machine that is cloned is named with its clone to both, and nothing forks', async () => {
    await using mesh = await foundRealMesh(three, { can })
    const [alice, bob, carol] = three.map(mesh.at) as [RealPeer, RealPeer, RealPeer]
    await bob.peer.set('shop/before', 1)
    await cp(mesh.dataDir('bob'), mesh.dataDir('clone'), { recursive: true })
    const began = performance.now()
    const clone = await mesh.open('clone')
    expect(clone.id).toBe(bob.id)
    await Promise.all([bob, clone].map(async (twin) => isTold(twin, { notice: 'twin' })))
    const toldMs = performance.now() - began
    expect(toldMs).toBeLessThan(10_000)
    const written = [await bob.peer.set('shop/bob', 1), await clone.peer.set('shop/clone', 1)]
    const names = written.map(({ name }) => name)
    await mesh.close('bob')
    await until(hold([alice, carol, clone], names), soonMs)
    await until(areEqual([alice, carol, clone]), soonMs)
    expectNoFork([alice, carol, clone])
    report('a cloned machine', { 'both told after': seconds(toldMs) })
  })

  it('S5 another mesh, another root and another network key are told apart, and nothing is exchanged', async () => {
    await using mesh = await foundRealMesh(['alice'])
    const alice = mesh.at('alice')
    await alice.peer.set('ours', 1)
    const token = parseToken((await alice.peer.invite({ uses: 'many' })).token)
    const networkKey = { ...token.networkKey, secret: new Uint8Array(randomBytes(32)) }
    const tries = [{ join: formatToken({ ...token, networkKey }), is: wrongKey }]
    for (const name of ['shop', 'stock']) {
      const dataDir = join(mesh.folder, `other ${name}`)
      await foundMesh({ name, dataDir, rootKeyFile: `${dataDir}.pem`, peerName: 'zoe' })
      await using zoe = await openReal({ dataDir })
      const other = parseToken((await zoe.peer.invite({ uses: 'many' })).token)
      const { networkKey: ours, addresses } = token
      tries.push({ join: formatToken({ ...other, networkKey: ours, addresses }), is: wrongMesh })
    }
    for (const [index, { join: theirs, is }] of tries.entries()) {
      const dataDir = mesh.dataDir(`stranger ${index}`)
      await using stranger = await openReal({ dataDir, name: 'stranger', join: theirs })
      await isTold(stranger, is)
      expect(stranger.peer.status()).toMatchObject({ links: 0, members: 1, keys: 0 })
      expect(stranger.peer.status().counters).toMatchObject(nothing)
    }
    await isTold(alice, wrongMesh)
    expect(alice.peer.status()).toMatchObject({ links: 0, members: 1, keys: 1 })
    expect(alice.peer.status().counters).toMatchObject(nothing)
  })
})

const wrongKey = {
  notice: 'unreachable',
  words: 'the network key of this peer: it has another one, or is no peer of this mesh',
}
const wrongMesh = { notice: 'stranger', words: 'belongs to another mesh' }
const nothing = { framesReplicaIn: 0, framesBookIn: 0, framesTrustIn: 0, gossipMessagesIn: 0 }
