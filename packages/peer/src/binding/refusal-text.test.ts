import type { Key, Value } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import type { Fault } from './judge.js'
import { refusedKeys } from './refusal-text.js'

const told = (value: Value, keys: readonly string[], ...faults: readonly Fault[]): unknown => {
  const found = { value, keys: keys as Key[], newest: keys.at(-1) as Key }
  return Object.fromEntries(refusedKeys('k' as Key, found, faults))
}

const at = (path: string, message: string): Fault => ({
  path: path === '' ? [] : path.split('.'),
  message,
})

describe('what the mesh is told of a refused value', () => {
  it('names the longest key on the way to the fault, and the rest of the way', () => {
    const value = { db: { pool: { max: 900 } } }
    expect(told(value, ['k'], at('db.pool.max', 'too big'))).toEqual({ k: 'db.pool.max: too big' })
    expect(told(value, ['k', 'k/db/pool'], at('db.pool.max', 'too big'))).toEqual({
      'k/db/pool': 'max: too big',
    })
    expect(told(value, ['k', 'k/db/pool/max'], at('db.pool.max', 'too big'))).toEqual({
      'k/db/pool/max': 'too big',
    })
  })

  it('names the key written last where something is missing that has no key', () => {
    expect(told({ a: 1, b: 2 }, ['k/a', 'k/b'], at('daily', 'is required'))).toEqual({
      'k/b': 'daily: is required',
    })
  })

  it('puts several faults of a key together, and those of others apart', () => {
    const faults = [at('a', 'no'), at('b', 'never'), at('a', 'not again')]
    expect(told({ a: 1, b: 2 }, ['k', 'k/a'], ...faults)).toEqual({
      'k/a': 'no; not again',
      k: 'b: never',
    })
  })

  it('never says a text that stood in the value, even where the schema does', () => {
    const value = { token: 's3cret-token', tag: 'ab', note: 'line\nbreak' }
    const faults = [
      at('token', 'expected a number, got "s3cret-token" (s3cret-token)'),
      at('tag', 'a tab is not "ab"'),
      at('note', 'got line\\nbreak'),
    ]
    expect(told(value, ['k'], ...faults)).toEqual({
      k: 'token: expected a number, got "…" (…); tag: a tab is not "…"; note: got …',
    })
    expect(told(value, ['k'], at('', 'saw s3cret-token'))).toEqual({ k: 'saw …' })
  })

  it('says less rather than look for too many texts in too long a message', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `name-${index}`)
    const value = Object.fromEntries(names.map((name) => [name, `text of ${name}`]))
    expect(told(value, ['k'], at('', `unknown: ${names.join(', ')}`))).toEqual({
      k: 'the schema says more about it than can be told here',
    })
  })

  it('keeps numbers, and words that only stand elsewhere', () => {
    const value = { max: 900, mode: 'slow' }
    expect(told(value, ['k'], at('max', '900 is above 500; too slow'))).toEqual({
      k: 'max: 900 is above 500; too slow',
    })
  })

  it('is one line of harmless text', () => {
    expect(told(1, ['k'], at('', '\u001b[31mred\u0000\nnext \u202eline \ud800'))).toEqual({
      k: '[31mred next line \ufffd',
    })
  })
})
