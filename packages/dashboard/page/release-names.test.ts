import type { PeerId, ReleaseInfo, ReplicaId } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { authorInWords, isCalled, shortName, titleOf } from './release-names.js'

const dot = { replica: '7f3a99e1'.padEnd(32, '0') as ReplicaId, seq: 412 }
const [alice, bob] = ['a', 'b'].map((digit) => digit.repeat(64) as PeerId) as [PeerId, PeerId]
const members = new Map([[bob, { name: 'laptop-b' }]])

describe('the name of a release', () => {
  it('has as many digits as tell replicas apart', () => {
    expect(shortName(dot, 4)).toBe('7f3a·412')
    expect(shortName(dot, 6)).toBe('7f3a99·412')
  })

  it('means the release whose replica begins so', () => {
    for (const name of ['7f3a·412', '7f3a.412', `${dot.replica}·412`]) {
      expect(isCalled(dot, name), name).toBe(true)
    }
    for (const name of ['7f3·412', '7f3b·412', '7f3a·41', '7f3a', '', 'shop/banner']) {
      expect(isCalled(dot, name), name).toBe(false)
    }
  })
})

describe('the author of a release', () => {
  it('is called as the badge says, else as its peer is called, else by its id', () => {
    const own = { author: bob, relay: bob, authorName: undefined }
    expect(authorInWords({ ...own, authorName: 'robert' }, members)).toBe('robert')
    expect(authorInWords(own, members)).toBe('laptop-b')
    expect(authorInWords(own, new Map())).toBe('bbbbbbbb')
  })

  it('is named with the peer through which it wrote', () => {
    const release = { author: alice, relay: bob, authorName: 'alice' }
    expect(authorInWords(release, members)).toBe('alice (laptop-b)')
  })
})

describe('the title of a release', () => {
  const row = (message: string | undefined, keys: readonly string[], changes = keys.length) =>
    titleOf({ release: { message } as ReleaseInfo, keys, changes })

  it('is its message, else the keys it changes', () => {
    expect(row('raise pool', ['a'])).toBe('raise pool')
    expect(row(undefined, ['a', 'b'])).toBe('a, b')
    expect(row(' ', ['a', 'b', 'c', 'd', 'e'], 14)).toBe('a, b, c and 11 more')
    expect(row(undefined, [], 3)).toBe('3 keys')
  })

  it('cuts the names of releases in it short', () => {
    expect(row(`undoes ${dot.replica}·412`, [])).toBe('undoes 7f3a99e1·412')
  })
})
