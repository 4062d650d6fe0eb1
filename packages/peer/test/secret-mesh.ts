import type { Key } from '@grapevine/core'
import { afterEach, expect } from 'vitest'
import { ensureAgeIdentity } from '../src/secrets/identity.js'
import type { AgeIdentity } from '../src/secrets/identity.js'
import type { Holder } from '../src/secrets/roster.js'
import { openSecrets } from '../src/secrets/secrets.js'
import type { Secrets } from '../src/secrets/secrets.js'
import type { Peer } from '../src/peer.js'
import { testMesh } from '../src/testing.js'
import type { TestMesh } from '../src/testing.js'

/** A member with a key of its own, as the badges of a mesh would show it. */
export interface Keeper {
  readonly peer: Peer
  readonly age: AgeIdentity
  readonly secrets: Secrets
}

export interface SecretMesh {
  readonly mesh: TestMesh
  readonly keepers: readonly [Keeper, Keeper, Keeper]
  /** Who is a member, as all of them see it: taken out, one is revoked. */
  readonly roster: Holder[]
}

const open: TestMesh[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (mesh) => mesh.close()))
})

/** Alice, bob and carol, real peers, closed after the test; only who is a member is said by the test. */
export async function secretMesh(): Promise<SecretMesh> {
  const mesh = await testMesh(['alice', 'bob', 'carol'])
  open.push(mesh)
  const roster: Holder[] = []
  const keepers = mesh.peers.map((peer) => keeperOf(peer, roster)) as [Keeper, Keeper, Keeper]
  roster.push(
    ...keepers.map(({ peer, age }) => ({
      peer: peer.id,
      name: peer.name,
      recipient: age.recipient,
    })),
  )
  return { mesh, keepers, roster }
}

/** That of a person, for instance. */
export const newIdentity = (): AgeIdentity => ensureAgeIdentity(new Map(), () => {})

function keeperOf(peer: Peer, roster: readonly Holder[]): Keeper {
  const age = newIdentity()
  const changed = new Set<Key>()
  peer.on('change', ({ changes }) => {
    for (const { key } of changes) changed.add(key)
  })
  const secrets = openSecrets({
    peer,
    name: peer.name,
    age,
    holders: () => roster,
    knownKeys: () => [...changed].sort(),
    closing: new AbortController().signal,
  })
  return { peer, age, secrets }
}

/** What a rejection looks like: the message matches. */
export const unreadable = (text: string | RegExp) => ({
  code: 'SECRET_UNREADABLE',
  message: expect.stringMatching(text) as string,
})
