import { describe, expect, it } from 'vitest'
import { hex, mulberry32, sha256 } from '../test/stub-crypto.js'
import { type Key } from './ids.js'
import { createStateHash } from './state-hash.js'

const hash = (bytes: Uint8Array): Uint8Array => sha256(bytes)
const fresh = (content: ReadonlyMap<Key, string>): string => {
  const stateHash = createStateHash(hash)
  for (const [key, version] of content) stateHash.set(key, version)
  return hex(stateHash.root())
}

describe('state hash', () => {
  it('equals that of the same content made anew, after any edits in any order', () => {
    const random = mulberry32(5)
    const content = new Map<Key, string>()
    const edited = createStateHash(hash)
    for (let step = 0; step < 2000; step++) {
      const key = `key/${Math.floor(random() * 300)}` as Key
      const version = random() < 0.3 ? null : `v${Math.floor(random() * 5)}`
      edited.set(key, version)
      if (version === null) content.delete(key)
      else content.set(key, version)
      if (step % 100 !== 0) continue
      const reversed = new Map([...content].toReversed())
      expect(hex(edited.root())).toBe(fresh(content))
      expect(hex(edited.root())).toBe(fresh(reversed))
    }
  })

  it('tells apart what differs in any key or version', () => {
    const roots = [
      fresh(new Map()),
      fresh(new Map([['a' as Key, '1']])),
      fresh(new Map([['a' as Key, '2']])),
      fresh(new Map([['b' as Key, '1']])),
      fresh(
        new Map([
          ['a' as Key, '1'],
          ['b' as Key, '1'],
        ]),
      ),
    ]
    expect(new Set(roots).size).toBe(roots.length)
  })

  it('returns to what it was', () => {
    const stateHash = createStateHash(hash)
    const empty = stateHash.root()
    stateHash.set('a' as Key, '1')
    expect(stateHash.root()).not.toEqual(empty)
    stateHash.set('a' as Key, null)
    expect(stateHash.root()).toEqual(empty)
  })

  it('hashes only what holds a changed key', () => {
    let count = 0
    const stateHash = createStateHash((bytes) => {
      count += 1
      return sha256(bytes)
    })
    stateHash.root()
    count = 0
    stateHash.set('a' as Key, '1')
    stateHash.root()
    stateHash.root()
    expect(count).toBe(3)
  })
})
