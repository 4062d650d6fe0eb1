import { describe, expect, it } from 'vitest'
import * as lib from './index.js'
import { World } from '../test/world.js'
import { hex } from '../test/stub-crypto.js'
import { type Hashes, stateWord } from './hashes.js'

const words = (world: World, name: string): Record<keyof Hashes, string> => {
  const { statements, clock, state } = world.replica(name).hashes()
  return { statements: hex(statements), clock: hex(clock), state: hex(state) }
}

describe('hashes', () => {
  it('are equal on replicas that took the same in another order', () => {
    const world = new World(lib, { names: ['alice', 'bob', 'carol'] })
    world.cut(['alice'], ['bob'], ['carol'])
    for (const name of ['alice', 'bob', 'carol']) world.put(name, { [name]: 1, shared: name })
    world.heal()
    world.rest()
    expect(words(world, 'bob')).toEqual(words(world, 'alice'))
    expect(words(world, 'carol')).toEqual(words(world, 'alice'))
  })

  it('move each with its own: clock and state with a release, statements with a statement', () => {
    const world = new World(lib, { names: ['alice'], admins: ['alice'] })
    const empty = words(world, 'alice')
    world.put('alice', { a: 1 })
    const written = words(world, 'alice')
    expect(written.clock).not.toBe(empty.clock)
    expect(written.state).not.toBe(empty.state)
    expect(written.statements).toBe(empty.statements)

    const marks = [{ replica: 'ab'.repeat(16) as lib.ReplicaId, seq: 0 }]
    world.handle('alice', { type: 'issue', statement: { kind: 'cut', marks } })
    const stated = words(world, 'alice')
    expect(stated).toEqual({ ...written, statements: stated.statements })
    expect(stated.statements).not.toBe(written.statements)
  })

  it('show values only: a key that was removed again leaves no trace in the state', () => {
    const world = new World(lib, { names: ['alice'] })
    const empty = words(world, 'alice')
    world.put('alice', { a: 1 })
    world.remove('alice', 'a')
    expect(words(world, 'alice').state).toBe(empty.state)
    expect(words(world, 'alice').clock).not.toBe(empty.clock)
  })

  it('are one word together', () => {
    const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
    const word = stateWord({ statements: hash(1), clock: hash(2), state: hash(3) })
    expect(word).toBe('01'.repeat(32) + '02'.repeat(32) + '03'.repeat(32))
  })
})
