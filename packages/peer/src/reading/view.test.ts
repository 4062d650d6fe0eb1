import { createHash } from 'node:crypto'
import { openReplica } from '@grapevine/core'
import type { Effect, Input, KeyChange, PeerId, Replica } from '@grapevine/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cryptoOf, identityOf } from '../running/identity.js'
import type { Change } from '../peer.js'
import { openView } from './view.js'
import type { View } from './view.js'

const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest()

/** A replica, a view of it that keeps up with its disk, and the changes that were held back. */
interface Desk {
  readonly replica: Replica
  readonly view: View
  readonly effects: Effect[]
  readonly handle: (input: Input) => readonly Change[]
}

let time = Date.UTC(2026, 0, 1)

function desk(name: string): Desk {
  const identity = identityOf(sha256(name))
  const mesh = { id: sha256('a mesh'), admins: new Set<PeerId>(), revocable: false }
  const { replica } = openReplica({ mesh, crypto: cryptoOf(identity), peer: identity.peer })
  const view = openView(replica)
  const effects: Effect[] = []
  return {
    replica,
    view,
    effects,
    handle(input) {
      const told = replica.handle(input, (time += 1))
      effects.push(...told)
      return changesIn(told).flatMap((changes) => view.apply(changes, replica))
    },
  }
}

const changesIn = (effects: readonly Effect[]): readonly (readonly KeyChange[])[] =>
  effects.flatMap((effect) => (effect.type === 'changed' ? [effect.changes] : []))

const put = (values: Record<string, unknown>): Input => ({
  type: 'write',
  put: new Map(Object.entries(values)),
})
const remove = (...keys: string[]): Input => ({ type: 'write', remove: keys })

/** Brings what one has written to the other. */
function tell(from: Desk, to: Desk): readonly Change[] {
  return from.effects
    .splice(0)
    .flatMap((effect) =>
      effect.type === 'gossip'
        ? to.handle({ type: 'received', from: from.replica.peer, bytes: effect.bytes })
        : [],
    )
}

describe('a view', () => {
  it('answers any text, and anything else, without throwing', () => {
    const { view, handle } = desk('alice')
    handle(put({ a: 1 }))
    const strange = ['', '/', '__proto__', 'constructor', '\u0000', '\ud800', 'x'.repeat(10_000)]
    for (const key of [...strange, undefined, null, 7, Symbol('a'), {}] as string[]) {
      expect(view.get(key)).toBe(undefined)
      expect(view.has(key)).toBe(false)
      expect(view.entry(key)).toBe(undefined)
      expect(view.isFromDisk(key)).toBe(false)
    }
    for (const prefix of [null, 7, Symbol('a'), {}] as unknown as string[]) {
      expect(view.entries(prefix)).toEqual([])
    }
    expect(view.entries(undefined)).toHaveLength(1)
  })

  it('says of each entry who wrote it, when, why, and at which version', () => {
    const alice = desk('alice')
    alice.handle({ ...put({ a: { b: [1] } }), message: 'first', requestId: 'r1' } as Input)
    const entry = alice.view.entry('a')!
    const { release } = alice.replica.read('a')!
    expect(entry).toEqual({
      key: 'a',
      value: { b: [1] },
      version: release.id,
      others: [],
      release: {
        name: `${alice.replica.id()}·1`,
        replica: alice.replica.id(),
        seq: 1,
        id: release.id,
        author: alice.replica.peer,
        authorName: undefined,
        relay: alice.replica.peer,
        at: time,
        stamp: { ms: time, counter: 0 },
        message: 'first',
        requestId: 'r1',
      },
    })
    expect(Object.isFrozen(entry.value)).toBe(true)
    expect(alice.view.entries()).toEqual([entry])
  })

  it('tells what changed: value and previous, version, and the release that did it', () => {
    const { replica, handle } = desk('alice')
    const [came] = handle(put({ a: 1 }))
    const [changed] = handle(put({ a: 2 }))
    const [went] = handle(remove('a'))
    const name = (seq: number): string => `${replica.id()}·${seq}`
    expect(came).toMatchObject({ value: 1, previous: undefined, release: { name: name(1) } })
    expect(changed).toMatchObject({ value: 2, previous: 1, release: { name: name(2) } })
    expect(went).toMatchObject({ value: undefined, previous: 2, version: null })
    expect(went!.release).toMatchObject({ name: name(3) })
  })

  it('shows a conflict with its other values, until somebody settles it', () => {
    const [alice, bob] = [desk('alice'), desk('bob')]
    alice.handle(put({ a: 'hers', b: 1 }))
    bob.handle(put({ a: 'his' }))
    tell(alice, bob)
    const [entry] = bob.view.conflicts()
    expect(entry).toMatchObject({ key: 'a', value: 'his' })
    expect(entry!.others).toMatchObject([
      { value: 'hers', release: { author: alice.replica.peer } },
    ])
    bob.handle(put({ a: 'ours' }))
    expect(bob.view.conflicts()).toEqual([])
    expect(bob.view.counts()).toEqual({ keys: 2, conflicts: 0 })
  })

  it('knows the other values of a version that the replica has left behind already', () => {
    const [alice, bob] = [desk('alice'), desk('bob')]
    alice.handle(put({ a: 'hers' }))
    const [write] = alice.effects.filter((effect) => effect.type === 'gossip')
    bob.handle(put({ a: 'his' }))
    const at = (time += 1)
    const input: Input = { type: 'received', from: alice.replica.peer, bytes: write!.bytes }
    const held = changesIn(bob.replica.handle(input, at))
    bob.replica.handle(put({ a: 'later' }), at + 1)
    // Only now the first of the two has become durable.
    bob.view.apply(held[0]!, bob.replica)
    expect(bob.view.entry('a')).toMatchObject({ value: 'his', others: [{ value: 'hers' }] })
  })

  it('names the release that took a value away, and none that came after it', () => {
    const { replica, view } = desk('alice')
    const inputs = [put({ a: 1 }), remove('a'), put({ a: 2 }), remove('a')]
    // The replica has all of them before the first has become durable.
    const held = inputs.flatMap((input) => changesIn(replica.handle(input, (time += 1))))
    const told = held.flatMap((changes) => view.apply(changes, replica))
    expect(told.map(({ release }) => release?.seq)).toEqual([1, 2, 3, 4])
  })

  it('lets nobody outside see a move that not all of its followers have taken', () => {
    const { view, handle } = desk('alice')
    const seen: string[] = []
    for (const name of ['one', 'two']) {
      view.follow(() => {
        seen.push(name)
        view.afterwards(() => seen.push(`${name} afterwards`))
      })
    }
    handle(put({ a: 1 }))
    view.afterwards(() => seen.push('at once'))
    expect(seen).toEqual(['one', 'two', 'one afterwards', 'two afterwards', 'at once'])
  })

  it('tells from the disk what came since', () => {
    const alice = desk('alice')
    alice.handle(put({ old: 1, changed: 1 }))
    const view = openView(alice.replica)
    for (const changes of changesIn(
      alice.replica.handle(put({ changed: 2, new: 1 }), (time += 1)),
    )) {
      view.apply(changes, alice.replica)
    }
    expect(['old', 'changed', 'new'].map((key) => view.isFromDisk(key))).toEqual([
      true,
      false,
      false,
    ])
  })

  it('takes what the disk really held when the replica is opened again', () => {
    const [alice, bob] = [desk('alice'), desk('bob')]
    alice.handle(put({ a: 1, b: 1, c: 1 }))
    bob.handle(put({ b: 2, c: 2, d: 2 }))
    const changes = alice.view.replace(bob.replica)
    expect(changes.map(({ key, previous, value }) => [key, previous, value])).toEqual([
      ['b', 1, 2],
      ['c', 1, 2],
      ['d', undefined, 2],
      ['a', 1, undefined],
    ])
    expect(alice.view.entries()).toEqual(bob.view.entries())
    expect(alice.view.replace(bob.replica)).toEqual([])
  })

  it('tells its followers all of a release in one step, before it answers', () => {
    const { view, handle } = desk('alice')
    const steps: string[][] = []
    const stop = view.follow((told) => {
      steps.push(told.map(({ change }) => `${change.key} ${view.get(change.key) === change.value}`))
    })
    handle(put({ a: 1, b: 2 }))
    stop()
    handle(put({ a: 3 }))
    expect(steps).toEqual([['a true', 'b true']])
  })

  it('shows at any time what the replica shows, whatever two writers do', () => {
    const key = fc.constantFrom('a', 'a/b', 'a-b', 'b', 'b/c')
    const deed = fc.oneof(
      fc.record({ by: fc.nat(1), put: key, value: fc.nat(3) }),
      fc.record({ by: fc.nat(1), remove: key }),
      fc.record({ tell: fc.nat(1) }),
    )
    const law = fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
      const desks = [desk('alice'), desk('bob')] as const
      for (const each of deeds) {
        if ('tell' in each) tell(desks[each.tell]!, desks[1 - each.tell]!)
        else if ('put' in each) desks[each.by]!.handle(put({ [each.put]: each.value }))
        else desks[each.by]!.handle(remove(each.remove))
        for (const { view, replica } of desks) {
          expect(view.entries()).toEqual(openView(replica).entries())
          expect(view.conflicts()).toEqual(openView(replica).conflicts())
          expect(view.entries('a/').map((entry) => entry.key)).toEqual(replica.keys('a/'))
        }
      }
    })
    fc.assert(law, { numRuns: 60 })
  })
})
