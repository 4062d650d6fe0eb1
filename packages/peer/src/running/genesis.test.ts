import type { PeerId } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { genesisOf, genesisRecord, rulesOf, settleGenesis } from './genesis.js'

const [alice, bob] = ['a'.repeat(64), 'b'.repeat(64)]
const stored = (given: Parameters<typeof genesisOf>[0]) =>
  genesisRecord(genesisOf(given)) as ReadonlyMap<string, Uint8Array>

describe('genesis', () => {
  it('makes one mesh of the same name and admins, in whichever order, and another of any other', () => {
    const id = (given: Parameters<typeof genesisOf>[0]): string =>
      Buffer.from(rulesOf(genesisOf(given)).id).toString('hex')
    expect(id({ name: 'shop', admins: [bob, alice, bob] })).toBe(
      id({ name: 'shop', admins: [alice, bob] }),
    )
    expect(id('shop')).toBe(id({ name: 'shop' }))
    const ids = new Set([id('shop'), id('shop2'), id({ name: 'shop', admins: [alice] })])
    expect(ids.size).toBe(3)
  })

  it('gives up revocation where nobody is admin', () => {
    expect(rulesOf(genesisOf('shop')).revocable).toBe(false)
    expect(rulesOf(genesisOf({ name: 'shop', admins: [alice] })).revocable).toBe(true)
  })

  it('is asked for once, then remembered', () => {
    const given = { name: 'shop', admins: [alice] }
    expect(settleGenesis(stored(given), undefined)).toEqual(genesisOf(given))
    expect(settleGenesis(new Map(), genesisOf(given))).toEqual(genesisOf(given))
    expect(() => settleGenesis(new Map(), undefined)).toThrow('`mesh`, the name of an open one')
  })

  it('refuses a data directory that belongs to another mesh', () => {
    expect(() => settleGenesis(stored('shop'), genesisOf('stock'))).toThrow(
      'this data directory belongs to mesh shop, not to mesh stock',
    )
    expect(() =>
      settleGenesis(stored('shop'), genesisOf({ name: 'shop', admins: [alice] })),
    ).toThrow('not to mesh shop with 1 admin')
  })

  it('of a closed mesh is its name and its root, and no other mesh has them', () => {
    const ids = [
      { name: 'shop', root: alice as PeerId },
      { name: 'shop', root: bob as PeerId },
      { name: 'stock', root: alice as PeerId },
      genesisOf({ name: 'shop', admins: [alice] }),
    ].map((genesis) => Buffer.from(rulesOf(genesis).id).toString('hex'))
    expect(new Set(ids).size).toBe(ids.length)
    expect(rulesOf({ name: 'shop', root: alice as PeerId })).toMatchObject({
      admins: new Set([alice]),
      revocable: true,
      closed: true,
    })
  })

  it('of a closed mesh is not mistaken for the open one of the same name', () => {
    const closed = { name: 'shop', root: alice as PeerId }
    const records = genesisRecord(closed) as ReadonlyMap<string, Uint8Array>
    expect(settleGenesis(records, undefined)).toEqual(closed)
    expect(() => settleGenesis(records, genesisOf('shop'))).toThrow(
      'belongs to the closed mesh shop of root aaaaaaaa, not to mesh shop: use another directory, or leave `mesh` out',
    )
    expect(() => settleGenesis(stored('shop'), closed)).toThrow('or leave `join` out')
  })

  it('shows nobody the token that somebody took for its name', () => {
    expect(() => genesisOf('gv1.secret')).toThrow(
      'the name of the mesh is a token: pass it as `join`',
    )
  })

  it.each(['', 'Shop', 'a b', '-a', 'a'.repeat(64)])('refuses the name %j', (name) => {
    expect(() => genesisOf(name)).toThrow('mesh name')
  })

  it('refuses admins that are no list of peer ids', () => {
    for (const admins of [alice, null, 7, new Set([alice])]) {
      expect(() => genesisOf({ name: 'shop', admins: admins as never })).toThrow('is no list')
    }
    expect(() => genesisOf({ name: 'shop', admins: [7n as never] })).toThrow('admin 7n is no')
  })

  it('refuses an admin that is no peer id', () => {
    expect(() => genesisOf({ name: 'shop', admins: ['alice'] })).toThrow(
      "admin 'alice' is no peer id",
    )
  })
})
