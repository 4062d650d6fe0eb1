import { rm } from 'node:fs/promises'
import * as core from '@grapevine/core'
import type * as Core from '@grapevine/core'
import { afterAll, describe, expect, it } from 'vitest'
import { nursery, plant } from '../../../core/test/planted.js'
import { plants } from '../../../core/test/plants.js'
import { type Table, setTable } from '../../test/table.js'
import { aimed, forgedRelease, only } from '../../test/aimed.js'
import type { Library } from '../observer.js'
import { Violation } from './violation.js'

/** What the checker says; undefined: nothing is wrong. */
function faultOf(play: () => readonly string[] | void): string | undefined {
  try {
    const reasons = play() ?? []
    return reasons.length === 0 ? undefined : reasons.join('\n')
  } catch (error) {
    if (error instanceof Violation) return error.message
    throw error
  }
}

const four = ['alice', 'bob', 'carol', 'dave']
const table = (options?: Parameters<typeof setTable>[2]): Table => setTable(core, four, options)
const reasonsAt = (at: Table): readonly string[] =>
  at.checker.pending(four.map((name) => at.seat(name)))

afterAll(() => rm(nursery, { recursive: true, force: true }))

describe('checker', () => {
  it('has nothing against what the replica does', () => {
    for (const { name, play } of aimed) {
      expect(
        faultOf(() => play(core)),
        name,
      ).toBeUndefined()
    }
  })

  for (const { name, play, says } of aimed) {
    const { why } = plants.find((planted) => planted.name === name)!
    it(`notices that ${why}`, { timeout: 60_000 }, async () => {
      const mutant = (await plant(name)) as Library
      expect(faultOf(() => play(mutant))).toMatch(says)
    })
  }

  it('counts what it checks', () => {
    const at = table()
    at.put('alice', { k: 1 })
    const { checks } = at.checker
    at.deliver()
    expect(at.checker.checks).toBeGreaterThan(checks + 3 * 4)
  })

  it('follows a store through a crash, a loss, a copy and an old image', () => {
    const at = table()
    at.put('alice', { k: 1 })
    at.deliver()
    const image = new Map(at.seat('bob').synced)
    at.put('bob', { k: 2 })
    at.deliver()
    at.crash('bob')
    at.open("carol'", 'cloned', at.seat('carol').synced)
    at.put("carol'", { copy: 1 })
    at.put('carol', { original: 1 })
    at.deliver()
    at.open('bob', 'restored', image)
    at.put('bob', { k: 3 })
    at.open('dave', 'lost')
    at.put('dave', { k: 4 })
    at.rest()
    at.checkAll()
    expect(at.checker.pending([...four, "carol'"].map((name) => at.seat(name)))).toEqual([])
  })

  it('forgets what was in one memory only, and holds what was durable', () => {
    const at = table()
    at.holdDisk('alice')
    at.put('alice', { k: 1 })
    at.crash('alice')
    at.syncDisk('alice')
    at.put('alice', { k: 2 })
    at.deliver()
    at.rest()
    at.checkAll()
    expect(at.seat('dave').replica.get('k')).toBe(2)
    expect(reasonsAt(at)).toEqual([])
  })

  it('notices a write that a restart brings back and an answer that came too early', () => {
    const at = table()
    const release = at.put('alice', { k: 1 })!
    at.seat('alice').synced.delete(`release/${release.replica}/1`)
    expect(faultOf(() => at.checker.acknowledged!(at.seat('alice'), release, 0))).toMatch(
      /alice acknowledged alice·1 \w{8}, and it is not on its disk/,
    )
    expect(faultOf(() => at.crash('alice'))).toMatch(/does not hold it any more/)
  })

  it('counts for nothing what a hostile peer says that an honest one had signed', () => {
    const at = table({ hostile: ['dave'] })
    const { bytes, name } = forgedRelease(at, 'alice')
    const stores = { type: 'persist', records: new Map([[name, bytes]]) } as const
    const tick = { type: 'tick' } as const
    at.checker.handled!(at.seat('dave'), tick, [stores], 0)
    expect(faultOf(() => at.checker.handled!(at.seat('bob'), tick, [stores], 0))).toMatch(
      /bob took alice~2·1 \w{8}, and alice .* never made it at all/,
    )
  })

  it('notices a clock that counts what nobody ever signed, and does not walk there', () => {
    const at = table()
    const { replica } = at.seat('bob')
    const clock = (): Core.VersionVector => new Map([['f'.repeat(32) as Core.ReplicaId, 2 ** 50]])
    at.seat('bob').replica = { ...replica, clock }
    const stores = { type: 'persist', records: new Map() } as const
    expect(
      faultOf(() => at.checker.handled!(at.seat('bob'), { type: 'tick' }, [stores], 0)),
    ).toMatch(/bob counts ffffffff·1125899906842624 and has not stored it/)
  })
})

describe('pending', () => {
  it('is empty when all have the same', () => {
    const at = table()
    at.put('alice', { k: 1 })
    at.deliver()
    expect(reasonsAt(at)).toEqual([])
    expect(at.checker.isStalled).toBe(false)
  })

  it('says who lacks how much of whom', () => {
    const at = table()
    at.put('alice', { k: 1 })
    at.put('alice', { k: 2 })
    at.put('bob', { j: 1 })
    only(at, 'dave')
    at.deliver()
    const reasons = reasonsAt(at)
    expect(reasons).toContain('carol lacks 2 releases of alice')
    expect(reasons).toContain('carol lacks 1 release of bob')
    expect(reasons).toContain('alice lacks 1 release of bob')
  })

  it('says who waits for what', () => {
    const at = table()
    at.put('alice', { k: 1 })
    at.letters.splice(0)
    at.put('alice', { k: 2 })
    const [last] = at.letters.splice(0)
    at.handle('bob', { type: 'received', from: last!.from, bytes: last!.bytes })
    expect(reasonsAt(at).join('\n')).toMatch(/bob holds back alice·2 \w{8} until it has alice·1/)
  })

  it('says which statement is not known everywhere', () => {
    const at = table({ revocable: true })
    const { replica } = at.put('bob', { k: 1 })!
    at.deliver()
    const marks = [{ replica, seq: 0 }]
    at.handle('alice', { type: 'issue', statement: { kind: 'cut', marks } })
    expect(reasonsAt(at)).toContain('bob lacks 1 statement of alice')
  })

  it('asks for no release that was on a lost disk only', () => {
    const at = table()
    at.put('alice', { k: 1 })
    at.letters.splice(0)
    at.open('alice', 'lost')
    at.rest()
    expect(reasonsAt(at)).toEqual([])
  })

  it('asks for an acknowledged release that a peer has which is here', () => {
    const at = table()
    at.put('alice', { k: 1 })
    at.deliver()
    at.open('alice', 'lost')
    at.checker.planned!({ do: 'leave', at: 0, who: 3 }, 0)
    expect(reasonsAt(at)).toContain('alice lacks 1 release of alice')
  })
})
