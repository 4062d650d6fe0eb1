import { setImmediate as nextTurn } from 'node:timers/promises'
import { openMesh, signBadge } from '@grapevine/core'
import type { BadgeDraft } from '@grapevine/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { Identity, NetworkOptions, Trust } from '../network/network.js'
import type { Notice, Peer } from '../peer.js'
import { rulesOf } from '../running/genesis.js'
import { cryptoOf } from '../running/identity.js'
import { testMesh, testPeer } from '../testing.js'
import type { TestMesh } from '../testing.js'
import { newIdentity } from './signer.js'
import type { Signer } from './signer.js'
import { parseToken } from './token.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each.close()))
})

/** A closed mesh of three, and what its peers tell their operators. */
async function guarded(): Promise<{ mesh: TestMesh; alice: Peer; notices: Notice[] }> {
  const notices: Notice[] = []
  const onNotice = (notice: Notice): unknown => notices.push(notice)
  const mesh = await testMesh(['alice', 'bob', 'carol'], { closed: true, onNotice })
  open.push(mesh)
  return { mesh, alice: mesh.peers[0]!, notices }
}

const nothing = (): void => {}

/** Somebody with a program of his own, who shows whatever he likes, and lets in everybody. */
async function knock(
  { network }: TestMesh,
  meshId: Uint8Array,
  identity: Identity,
  links: readonly Uint8Array[],
): Promise<number> {
  const trust: Trust = {
    badge: () => links,
    admit: () => ({ is: 'member', badge: [] as never }),
    networkKeys: () => [],
    keysFrame: () => undefined,
    hearKeys: () => false,
    hearBadge: nothing,
  }
  const options: NetworkOptions = {
    identity,
    meshId,
    introduction: { name: 'mallory', instance: 'x', software: 'y' },
    book: { contacts: () => [], contact: () => undefined, learn: nothing },
    hooks: {
      received: async () => 'ignore',
      heard: async () => 'ignore',
      linked: nothing,
      unlinked: nothing,
      notice: nothing,
    },
    listen: [],
    announce: [],
    seeds: [],
    mdns: false,
    gossip: true,
    trust,
  }
  const raw = network(options)
  await raw.start()
  await nextTurn()
  const linked = raw.links().length
  await raw.close()
  return linked
}

describe('the doors of a closed mesh', () => {
  it('stay closed to each badge that the root has not made, and every peer says so', async () => {
    const { mesh, alice, notices } = await guarded()
    const token = parseToken((await alice.invite()).token)
    const { root } = mesh as { root: Signer }
    const idOf = (name: string): Uint8Array => rulesOf({ name, root: root.key }).id
    const crypto = cryptoOf(newIdentity().identity)
    const shop = openMesh(rulesOf(token.genesis), crypto)
    const other = openMesh(rulesOf({ name: 'other', root: root.key }), crypto)
    const now = Date.now()
    const forged = (subject: Identity, over: Partial<BadgeDraft>): BadgeDraft => ({
      parent: null,
      issuer: root.key,
      subject: subject.peer,
      name: 'mallory',
      labels: new Map(),
      grants: [{ prefix: '', can: 'admin' }],
      notBefore: now - 1000,
      notAfter: now + 1000_000,
      invite: null,
      ...over,
    })
    const tries: [(self: Identity) => readonly Uint8Array[], string][] = [
      [() => [], '1 to 5 links, not 0'],
      [() => token.links, 'shows the badge of somebody else'],
      [
        (self) => [signBadge(shop, forged(self, { issuer: self.peer }), self.sign).bytes],
        'it is not signed by the root of this mesh',
      ],
      [
        (self) => [signBadge(shop, forged(self, {}), self.sign).bytes],
        'its signature does not hold',
      ],
      [
        (self) => [signBadge(other, forged(self, {}), root.sign).bytes],
        'its signature does not hold',
      ],
      [
        (self) => [
          signBadge(shop, forged(self, { notBefore: 0, notAfter: now - 100_000 }), root.sign).bytes,
        ],
        'had ended by then',
      ],
    ]
    for (const [make, why] of tries) {
      const { identity } = newIdentity()
      notices.length = 0
      expect(await knock(mesh, idOf('test'), identity, make(identity))).toBe(0)
      const told = notices.filter(({ notice }) => notice === 'stranger')
      expect(told).toHaveLength(3)
      for (const { text } of told) expect(text).toContain(why)
    }
    expect(alice.status()).toMatchObject({ members: 3, links: 2 })
    const { identity } = newIdentity()
    expect(await knock(mesh, idOf('other'), identity, [])).toBe(0)
  })

  it('let in one by an invite for one, whoever else has its token', async () => {
    const { mesh, alice, notices } = await guarded()
    const { token } = await alice.invite({ name: 'for dave' })
    const daves = await Promise.all(
      ['dave', 'eve'].map(async (name) =>
        testPeer({ name, join: token, network: mesh.network, onNotice() {} }),
      ),
    )
    open.push(...daves)
    const isTold = (): boolean => notices.filter(({ notice }) => notice === 'invite').length >= 3
    const isSettled = (): boolean => mesh.peers.every((peer) => peer.status().links === 3)
    while (!isTold() || !isSettled()) await nextTurn()
    const text = expect.stringContaining('the single-use invite for dave was used twice') as string
    expect(notices).toContainEqual({ notice: 'invite', text })
    const isIn = daves.filter((dave) =>
      alice.peers().some(({ peer, link }) => peer === dave.id && link),
    )
    expect(isIn).toHaveLength(1)
    for (const peer of mesh.peers) {
      expect(peer.status()).toMatchObject({ members: 4, links: 3 })
      expect(peer.peers().map((member) => member.peer)).toContain(isIn[0]!.id)
    }
  })

  it('let in many short-lived pods by one invite, and keep nothing of them', async () => {
    const { mesh, alice } = await guarded()
    const { token } = await alice.invite({ name: 'pods', uses: 'many', badgeFor: '1h' })
    for (let round = 0; round < 3; round++) {
      const pods = await Promise.all(
        [1, 2, 3, 4].map(async (at) =>
          testPeer({ name: `pod-${round}-${at}`, join: token, network: mesh.network }),
        ),
      )
      await nextTurn()
      expect(alice.status().links).toBe(6)
      await expect(pods[0]!.set('a', 1)).rejects.toThrow('read only')
      await Promise.all(pods.map(async (pod) => pod.close()))
      expect(alice.status().links).toBe(2)
    }
    expect(alice.status().members).toBe(15)
  })
})
