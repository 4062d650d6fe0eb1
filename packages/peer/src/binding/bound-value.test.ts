import type { Key, Value } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { boundValue } from './bound-value.js'
import type { BoundValue } from './bound-value.js'
import type { Peer } from '../peer.js'
import { testPeer } from '../testing.js'

const viewOf = (peer: Peer): Parameters<typeof boundValue>[0] => ({
  get: (key) => peer.get(key),
  entry: (key) => peer.entry(key),
  keys: (prefix) => peer.entries(prefix).map(({ key }) => key),
})

/** What a binding of `k` finds, where these values were written one after the other. */
async function found(...values: readonly (readonly [string, Value])[]): Promise<BoundValue> {
  await using peer = await testPeer()
  for (const [key, value] of values) await peer.set(key, value)
  return boundValue(viewOf(peer), 'k' as Key)
}

describe('what a binding is about', () => {
  it('is the value of its key', async () => {
    expect(await found(['k', { a: 1 }])).toEqual({ value: { a: 1 }, keys: ['k'], newest: 'k' })
    expect(await found(['kk', 1], ['j', 2])).toEqual({
      value: undefined,
      keys: [],
      newest: undefined,
    })
  })

  it('has the keys below it as its members, however deep', async () => {
    const { value, keys } = await found(
      ['k/b/c/d', 3],
      ['k', { a: 1, b: { x: 0 } }],
      ['k/b/c/e', 4],
    )
    expect(value).toEqual({ a: 1, b: { x: 0, c: { d: 3, e: 4 } } })
    expect(keys).toEqual(['k', 'k/b/c/d', 'k/b/c/e'])
  })

  it('is there without a value of its own', async () => {
    expect((await found(['k/a', 1])).value).toEqual({ a: 1 })
  })

  it('follows the longer key, whatever was written last', async () => {
    expect((await found(['k/a', 2], ['k', { a: 1 }])).value).toEqual({ a: 2 })
    expect((await found(['k', { a: { b: 1, c: 1 } }], ['k/a', { b: 2 }])).value).toEqual({
      a: { b: 2, c: 1 },
    })
    expect((await found(['k', { a: { b: 1 } }], ['k/a', [1]])).value).toEqual({ a: [1] })
  })

  it('leaves out what lies below a value that has no members', async () => {
    for (const value of ['text', 7, null, [1, 2], new Uint8Array([1])]) {
      expect(await found(['k', value], ['k/a', 1])).toEqual({ value, keys: ['k'], newest: 'k' })
    }
    const { value, keys } = await found(['k/a', 'text'], ['k/a/b', 1], ['k/c', 2])
    expect(value).toEqual({ a: 'text', c: 2 })
    expect(keys).toEqual(['k/a', 'k/c'])
  })

  it('names the key that was written last', async () => {
    expect((await found(['k/z', 1], ['k/a', 1], ['k/m', 1])).newest).toBe('k/m')
  })

  it('knows no members but its own, whatever keys are called', async () => {
    const { value } = await found(
      ['k/constructor/name', 1],
      ['k/toString', 2],
      ['k/__proto__/x', 3],
    )
    expect(Object.entries(value as object)).toEqual([
      ['constructor', { name: 1 }],
      ['toString', 2],
    ])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['x']).toBe(undefined)
  })

  it('never changes what the store holds', async () => {
    await using peer = await testPeer({ values: { k: { a: { b: 1 } }, 'k/a/c': 2 } })
    expect(boundValue(viewOf(peer), 'k' as Key).value).toEqual({ a: { b: 1, c: 2 } })
    expect(peer.get('k')).toEqual({ a: { b: 1 } })
  })
})
