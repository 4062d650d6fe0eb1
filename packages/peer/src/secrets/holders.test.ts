import { badgeOf } from '@grapevine/core'
import type { BadgeChain, HeardPresence, PeerId } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { identityOf } from '../running/identity.js'
import { ageLabel } from '../trust/own-badge.js'
import { holdersOf } from './holders.js'
import { ensureAgeIdentity } from './identity.js'
import { createBadgeMaker } from '../../test/badges.js'
import { closedMesh, until } from '../../test/closed-mesh.js'

const maker = createBadgeMaker()
const age = ensureAgeIdentity(new Map(), () => {})
const bob = identityOf(new Uint8Array(32).fill(1))

/** As alice knows bob: by a badge that names a recipient, and by what he was heard to say. */
function recipientOfBob(inBadge: string, said: string | undefined): string | undefined {
  const { links } = maker.badge({ of: bob, draft: { labels: new Map([[ageLabel, inBadge]]) } })
  const chain = maker.read(links)
  const labels = new Map(said === undefined ? [] : [[ageLabel, said]])
  const heard = new Map([[bob.peer, { labels } as unknown as HeardPresence]])
  const [holder] = holdersOf({
    id: 'alice' as PeerId,
    age,
    guard: { chains: (): readonly BadgeChain[] => [chain] },
    members: { ids: () => new Set([bob.peer]) },
    names: () => () => 'bob',
    presences: () => heard,
  })
  expect(holder?.name).toBe(badgeOf(chain).name)
  return holder?.recipient
}

describe('a member of a closed mesh', () => {
  it('is sealed to by the key in its badge, unless it was heard to say another', () => {
    expect(recipientOfBob('age1bob', 'age1bob')).toBe('age1bob')
    expect(recipientOfBob('age1bob', undefined)).toBe('age1bob')
    expect(recipientOfBob('age1mallory', 'age1bob')).toBeUndefined()
  })

  it('says its key with every presence', async () => {
    const { alice, bob: other } = await closedMesh(['alice', 'bob'])
    const said = (): string | undefined =>
      alice
        .peers()
        .find(({ peer }) => peer === other.id)
        ?.labels.get(ageLabel)
    if (said() === undefined) await until(alice, 'presence', () => said() !== undefined)
    expect(said()).toBe(other.recipient)
  })
})
