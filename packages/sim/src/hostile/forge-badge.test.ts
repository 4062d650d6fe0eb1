import * as core from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { calmPlan } from '../../test/calm-plan.js'
import { cryptoOf, signaturesOf } from '../world/crypto.js'
import { createTrust } from '../world/trust.js'
import type { Plan } from '../plan.js'

const signatures = signaturesOf('stub')
const meshId = signatures.hash(new TextEncoder().encode('badges'))
const plan: Plan = {
  ...calmPlan,
  peers: 2,
  closed: {
    badges: [
      { by: 'root', grants: [{ prefix: '', can: 'admin' }] },
      { by: { peer: 0 }, grants: [{ prefix: 'shop', can: 'write' }], endsMs: 5_000 },
    ],
    persons: [{ by: { peer: 0 }, grants: [{ prefix: '', can: 'write' }] }],
  },
}

const open = () => {
  const ids = ['alice', 'bob'].map(signatures.peerOf)
  const trust = createTrust(plan, { signatures, meshId, ids })
  const rules = { id: meshId, admins: new Set([trust.root]), revocable: true, closed: true }
  const mesh = core.openMesh(rules, cryptoOf(signatures, ids[0]!, 1, 0))
  return { trust, mesh, ids }
}

describe('badges and intents of the simulation', () => {
  it('are read by the library as what they say', () => {
    const { trust, mesh, ids } = open()
    const chain = core.readChain(mesh, trust.badgeOf(ids[1]!))
    expect(chain.map(({ subject }) => subject)).toEqual(ids)
    expect(core.badgeOf(chain).grants).toEqual([{ prefix: 'shop', can: 'write' }])
  })

  it('have the very bytes that the library gives them', () => {
    const { trust, mesh, ids } = open()
    const [, link] = core.readChain(mesh, trust.badgeOf(ids[1]!))
    const sign = (bytes: Uint8Array): Uint8Array => signatures.signAs(ids[0]!, bytes)
    expect(core.signBadge(mesh, link!, sign).bytes).toEqual(link!.bytes)

    const put = new Map([
      ['b', 1],
      ['a', 2],
    ])
    const wish = { atMs: 7, untilMs: 9, requestId: 'once', put, remove: ['c'] }
    const intent = trust.intent(0, wish)!
    const { author, badge } = core.readIntent(mesh, intent)
    const signAuthor = (bytes: Uint8Array): Uint8Array => signatures.signAs(author, bytes)
    expect(core.signIntent(mesh, { ...wish, author, badge }, signAuthor)).toEqual(intent)
  })
})
