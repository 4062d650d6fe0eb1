import { describe, expect, it } from 'vitest'
import { type Corpus, recordClosedCorpus, recordCorpus } from '../test/corpus.js'
import { printView, viewOf } from '../test/invariants.js'
import { readFact } from '../test/oracle.js'
import { stubCrypto } from '../test/stub-crypto.js'
import * as lib from './index.js'

interface Stored {
  readonly corpus: Corpus
  readonly peer: lib.PeerId
  readonly records: ReadonlyMap<string, Uint8Array>
}

const corpora = [recordCorpus(lib), recordClosedCorpus(lib)] as const
const stores = corpora.flatMap((corpus) =>
  corpus.stores.map(({ to, records }): Stored => ({ corpus, peer: to, records })),
)

const open = ({ corpus, peer, records }: Stored): lib.Replica =>
  lib.openReplica({ mesh: corpus.rules, crypto: stubCrypto(peer, 1), peer, records }).replica

const tables = [
  'self',
  'release',
  'settled',
  'tip',
  'context',
  'history',
  'statement',
  'fork',
  'broken',
  'badge',
  'stray',
  'void',
  'day',
] as const

const signedTables: readonly string[] = tables.filter(
  (table) => !['self', 'settled', 'tip', 'context', 'day'].includes(table),
)

/** A store of a real run that has records of this kind. */
function storeWith(table: string): Stored & { readonly name: string } {
  if (table === 'history') return storeWithHistory()
  for (const stored of stores) {
    const name = [...stored.records.keys()].find((one) => one.split('/')[0] === table)
    if (name !== undefined) return { ...stored, name }
  }
  throw new Error(`no store of the run has a ${table}`)
}

/** A release of one change is evidence for one version; here it is archived as that. */
function storeWithHistory(): Stored & { readonly name: string } {
  const { corpus, peer, records } = stores.find((stored) => stored.records.has('self'))!
  for (const [, bytes] of [...records].filter(([one]) => one.startsWith('release/'))) {
    const { replica, seq, changes } = readFact(corpus.rules.id, bytes)
    if (changes.length !== 1) continue
    const name = `history/${replica}/${seq}/${changes[0]!.key}`
    return { corpus, peer, records: new Map(records).set(name, bytes), name }
  }
  throw new Error('no release of one change')
}

/** What opening a store says in which one record of this kind is bent, and what it must say. */
function damage(
  table: string,
  bend: (bytes: Uint8Array) => Uint8Array,
): readonly [said: unknown, expected: unknown] {
  const { records, name, ...stored } = storeWith(table)
  const bent = new Map(records).set(name, bend(records.get(name)!))
  const expected = expect.objectContaining({
    name: 'MeshError',
    code: 'STORE_CORRUPT',
    data: { record: name },
    message: expect.stringMatching(`^record ${name} cannot be read: .{8,}; repair`) as unknown,
  }) as unknown
  return [errorOf({ ...stored, records: bent }), expected]
}

function errorOf(stored: Stored): unknown {
  try {
    open(stored)
    return undefined
  } catch (error) {
    return error
  }
}

describe('store', () => {
  it('opens as the replica that it was', () => {
    for (const stored of stores) {
      const replica = open(stored)
      const again = open({ ...stored, records: new Map([...stored.records].toReversed()) })
      expect(printView(viewOf(again))).toBe(printView(viewOf(replica)))
      expect(again.hashes()).toEqual(replica.hashes())
    }
  })

  it('checks every signature, unless its bytes were checked already', () => {
    const { corpus, peer, records } = storeWith('history')
    const verified = (areChecked: boolean): number => {
      let count = 0
      const crypto = stubCrypto(peer, 1)
      const verify = (...what: Parameters<lib.Crypto['verify']>): boolean => {
        count += 1
        return crypto.verify(...what)
      }
      lib.openReplica({
        mesh: corpus.rules,
        crypto: { ...crypto, verify },
        peer,
        records,
        areChecked,
      })
      return count
    }
    expect(verified(false)).toBeGreaterThan(0)
    expect(verified(true)).toBeLessThan(verified(false))
  })

  it.each(tables)('is corrupt, and says where, when a %s record was cut short', (table) => {
    const [said, expected] = damage(table, (bytes) => bytes.slice(0, -1))
    expect(said).toEqual(expected)
  })

  it.each(tables)('is corrupt, and says where, when a %s record is empty', (table) => {
    const [said, expected] = damage(table, () => new Uint8Array())
    expect(said).toEqual(expected)
  })

  it.each(tables)('is corrupt, and says where, when a %s record is something else', (table) => {
    const [said, expected] = damage(table, () => new Uint8Array([0x81, 0x01]))
    expect(said).toEqual(expected)
  })

  it.each(signedTables)(
    'is corrupt, and says where, when a bit of a signed %s record is another',
    (table) => {
      const [said, expected] = damage(table, (bytes) =>
        bytes.map((byte, index) => (index === bytes.length - 3 ? byte ^ 1 : byte)),
      )
      expect(said).toEqual(expected)
    },
  )

  it.each(['tip', ...signedTables])(
    'is corrupt, and says where, when a %s record holds what belongs under another name',
    (table) => {
      const { records, name, ...stored } = storeWith(table)
      const moved = name.replace(/[0-9a-f](?=\/|$)/, (digit) => (digit === '1' ? '2' : '1'))
      expect(records.has(moved)).toBe(false)
      const bent = new Map(records).set(moved, records.get(name)!)
      expect(() => open({ ...stored, records: bent })).toThrow(`record ${moved} cannot be read: `)
    },
  )

  it('is corrupt without its self, or with a record of an unknown kind', () => {
    const { records, ...stored } = storeWith('release')
    const without = new Map([...records].filter(([name]) => name !== 'self'))
    expect(() => open({ ...stored, records: without })).toThrow(
      'record self cannot be read: it is missing',
    )
    const more = new Map(records).set('novel/1', new Uint8Array([0]))
    expect(() => open({ ...stored, records: more })).toThrow(
      'record novel/1 cannot be read: no record has such a name',
    )
  })

  it('says what to do', () => {
    const { records, ...stored } = storeWith('release')
    const bent = new Map(records).set('self', new Uint8Array())
    expect(() => open({ ...stored, records: bent })).toThrow('repair the store from another peer')
  })
})
