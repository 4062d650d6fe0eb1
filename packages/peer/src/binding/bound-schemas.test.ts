import type { Value } from '@grapevine/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Draft, Peer, Refused } from '../peer.js'
import { testPeer } from '../testing.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each.close()))
})

const Limits = z.object({ daily: z.number().int().max(10_000), db: z.object({ pool: z.number() }) })
const initial = { daily: 500, db: { pool: 1 } }

async function bound(values: Readonly<Record<string, Value>> = {}): Promise<Peer> {
  const peer = await testPeer({ values })
  open.push(peer)
  peer.bind('limits', Limits, { default: initial })
  return peer
}

/** What the receipts say once it was published. */
async function afterwards(peer: Peer, draft: Draft): Promise<readonly Refused[]> {
  const { name } = await peer.publish(draft)
  return peer
    .receipts(name)
    .flatMap((one) => (one.receipt === 'refused' ? [{ key: one.key, reason: one.reason }] : []))
}

describe('a check of a draft', () => {
  it('says what the receipts would say, word by word, and writes nothing', async () => {
    const drafts: readonly Draft[] = [
      { set: { 'limits/daily': 'secret-word' } },
      { set: { 'limits/db': { pool: 'many' }, limits: { note: 'x' } } },
      { set: { limits: 7 } },
      { set: { 'limits/daily': 10.5 } },
      { set: { 'limits/db/pool': 'many', other: 1 } },
    ]
    for (const draft of drafts) {
      const peer = await bound({ 'limits/daily': 1, 'limits/db': { pool: 1 } })
      const before = peer.entries()
      const refused = peer.check(draft)
      expect(peer.entries()).toEqual(before)
      expect(refused, JSON.stringify(draft)).toHaveLength(1)
      expect(refused).toEqual(await afterwards(peer, draft))
    }
  })

  it('takes the keys below a bound one for its members, also those that are there already', async () => {
    const peer = await bound({ 'limits/db': { pool: 1 } })
    expect(peer.check({ set: { 'limits/daily': 800 } })).toEqual([])
    expect(peer.check({ set: { 'limits/daily': 'lots' } })).toMatchObject([{ key: 'limits/daily' }])
    expect(peer.check({ remove: ['limits/db'], set: { 'limits/daily': 1 } })).toMatchObject([
      { key: 'limits/daily' },
    ])
    expect(peer.check({ set: { 'limits/daily': 1, 'limits/db/pool': null } })).toMatchObject([
      { key: 'limits/db/pool' },
    ])
  })

  it('asks no schema about what is not its business, nor where nothing would be left', async () => {
    const peer = await bound({ limits: 'wrong' })
    expect(peer.check({ set: { limitsless: 1, other: 'x' }, remove: ['limit'] })).toEqual([])
    expect(peer.check({ remove: ['limits'] })).toEqual([])
    expect(peer.check({})).toEqual([])
  })

  it('tells of each key once, in their order, whoever else refuses it, and forgets closed bindings', async () => {
    const peer = await bound()
    const first = peer.bind('b', z.number({ error: 'first' }), { default: 0 })
    peer.bind('b', z.number({ error: 'second' }), { default: 0 })
    peer.bind('a', z.number({ error: 'third' }), { default: 0 })
    const draft = { set: { b: 'x', a: 'x' } }
    expect(peer.check(draft)).toEqual([
      { key: 'a', reason: 'third' },
      { key: 'b', reason: 'first' },
    ])
    first.close()
    expect(peer.check(draft)[1]).toEqual({ key: 'b', reason: 'second' })
  })

  it('is spared no schema that throws, and waits for none', async () => {
    const peer = await bound()
    const throwing = (): never => {
      throw new Error('broken')
    }
    const standard = (validate: () => unknown): StandardSchemaV1<unknown, number> =>
      ({ '~standard': { version: 1, vendor: 'test', validate } }) as never
    peer.bind('a', standard(throwing), { default: 0 })
    peer.bind(
      'b',
      standard(async () => ({ issues: [{ message: 'later' }] })),
      { default: 0 },
    )
    expect(peer.check({ set: { a: 1, b: 1 } })).toEqual([{ key: 'a', reason: 'broken' }])
  })

  it('throws only at what is no draft', async () => {
    const peer = await bound()
    expect(() => peer.check(7 as never)).toThrow('draft')
    expect(() => peer.check({ set: { '/': 1 } })).toThrow('/')
  })
})
