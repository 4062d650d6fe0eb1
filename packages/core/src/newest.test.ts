import { describe, expect, it } from 'vitest'
import * as lib from './index.js'
import { World, dayMs } from '../test/world.js'

const names = (world: World, name: string, limit: number, before?: lib.Release): string[] =>
  world.replica(name).releases(limit, before).map(lib.formatDot)

/** Alice and bob write in turn, so that neither's releases lie together. */
function inTurn(count: number): { readonly world: World; readonly written: string[] } {
  const world = new World(lib, { names: ['alice', 'bob'] })
  const written: string[] = []
  for (let at = 0; at < count; at += 1) {
    world.now += 1_000
    written.unshift(lib.formatDot(world.put(at % 2 === 0 ? 'alice' : 'bob', { [`k${at}`]: at })!))
  }
  world.rest()
  return { world, written }
}

describe('the list of releases', () => {
  it('is in the order of their stamps, the newest first, on every replica alike', () => {
    const { world, written } = inTurn(9)
    expect(names(world, 'alice', 100)).toEqual(written)
    expect(names(world, 'bob', 100)).toEqual(written)
    expect(names(world, 'bob', 3)).toEqual(written.slice(0, 3))
  })

  it('goes on before any release, so that pages have no holes and show none twice', () => {
    const { world, written } = inTurn(11)
    const paged: string[] = []
    let before: lib.Release | undefined
    for (;;) {
      const page = world.replica('alice').releases(4, before)
      if (page.length === 0) break
      paged.push(...page.map(lib.formatDot))
      before = page.at(-1)
    }
    expect(paged).toEqual(written)
  })

  it('has no end that is empty where nothing was written', () => {
    expect(names(new World(lib, { names: ['alice'] }), 'alice', 5)).toEqual([])
  })

  it('leaves out what has left the log', () => {
    const world = new World(lib, { names: ['alice'] })
    for (let at = 0; at < 3; at += 1) world.put('alice', { a: at })
    for (let day = 0; day < 3; day += 1) {
      world.tick(40 * dayMs)
      world.collect('alice')
    }
    const { logged } = world.replica('alice').status()
    expect(names(world, 'alice', 10)).toHaveLength(logged)
  })
})
