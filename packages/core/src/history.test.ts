import { describe, expect, it } from 'vitest'
import * as lib from './index.js'
import { World, dayMs } from '../test/world.js'

const values = (world: World, name: string, key: string): unknown[] =>
  world
    .replica(name)
    .history(key)
    .map(({ change }) => change.put?.value)

describe('history', () => {
  it('lists versions in the order of their stamps, on every replica alike', () => {
    const world = new World(lib, { names: ['alice', 'bob'] })
    world.cut(['alice'], ['bob'])
    world.put('alice', { a: 1 })
    world.now += 1
    world.put('bob', { a: 2 })
    world.now += 1
    world.put('alice', { a: 3 })
    world.remove('alice', 'a')
    world.heal()
    world.rest()
    expect(values(world, 'alice', 'a')).toEqual([1, 2, 3, undefined])
    expect(values(world, 'bob', 'a')).toEqual([1, 2, 3, undefined])
  })

  it('never decides what is read: trimming it leaves every value', () => {
    const world = new World(lib, { names: ['alice'] })
    world.put('alice', { a: 1, b: 1 })
    world.put('alice', { a: 2 })
    world.tick(40 * dayMs)
    world.collect('alice')
    expect(values(world, 'alice', 'a')).toEqual([2])
    expect(values(world, 'alice', 'b')).toEqual([1])
    expect(world.replica('alice').get('a')).toBe(2)
    expect(world.replica('alice').status().unsettled).toBe(3)
  })

  it('knows of a key that nobody wrote that there is none', () => {
    expect(values(new World(lib, { names: ['alice'] }), 'alice', 'a')).toEqual([])
  })
})

describe('rollback', () => {
  it('returns every key that still shows the release to what its writer had seen', () => {
    const world = new World(lib, { names: ['alice'] })
    world.put('alice', { kept: 1, changed: 1 })
    const dot = world.put('alice', { kept: 2, changed: 2, created: 2 })!
    world.put('alice', { changed: 3 })
    const plan = world.replica('alice').planRollback(dot)
    expect(plan).toEqual({
      put: new Map([['kept', 1]]),
      remove: ['created'],
      changedSince: ['changed'],
      unknown: [],
    })

    world.handle('alice', { type: 'rollback', dot })
    expect(world.replica('alice').get('kept')).toBe(1)
    expect(world.replica('alice').get('changed')).toBe(3)
    expect(world.replica('alice').get('created')).toBeUndefined()
  })

  it('brings back what a release removed', () => {
    const world = new World(lib, { names: ['alice'] })
    world.put('alice', { a: 1 })
    const dot = world.remove('alice', 'a')!
    world.handle('alice', { type: 'rollback', dot })
    expect(world.replica('alice').get('a')).toBe(1)
  })

  it('leaves alone what it no longer knows', () => {
    const world = new World(lib, { names: ['alice'] })
    world.put('alice', { a: 1 })
    const dot = world.put('alice', { a: 2 })!
    world.tick(40 * dayMs)
    world.collect('alice')
    expect(world.replica('alice').planRollback(dot)).toMatchObject({ remove: [], unknown: ['a'] })
  })

  it('says which release is not held', () => {
    const world = new World(lib, { names: ['alice'] })
    const dot = { replica: world.replica('alice').id(), seq: 7 }
    expect(() => world.handle('alice', { type: 'rollback', dot })).toThrow(
      `release ${dot.replica}·7 is not held here, so it cannot be undone`,
    )
  })
})
