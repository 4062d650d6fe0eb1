import type { Change } from '@grapevine/peer'
import { testPeer } from '@grapevine/peer/testing'
import { describe, expect, it } from 'vitest'
import { closedAtEnd } from '../test/api-of.js'
import { openJournal } from './journal.js'
import type { Journal } from './journal.js'

const all = (): boolean => true
const under =
  (prefix: string) =>
  (key: string): boolean =>
    key.startsWith(prefix)

const open = async () => {
  const peer = closedAtEnd(await testPeer({ values: { a: 1, b: 1 } }))
  return { peer, journal: openJournal(peer) }
}

const told = (changes: readonly Change[] | undefined): unknown =>
  changes?.map(({ key, previous, value }) => [key, previous, value])

describe('the journal', () => {
  it('says what changed since, merged by keys, and what of it was missed under a prefix', async () => {
    const { peer, journal } = await open()
    const index = journal.index()
    expect(journal.since(index, all)).toEqual([])
    await peer.set('a', 2)
    const between = journal.index()
    await peer.publish({ set: { a: 3, 'c/d': 1 }, remove: ['b'] })
    expect(told(journal.since(index, all))).toEqual([
      ['a', 1, 3],
      ['b', 1, undefined],
      ['c/d', undefined, 1],
    ])
    expect(told(journal.since(between, under('a')))).toEqual([['a', 2, 3]])
    expect(journal.since(index, under('x'))).toEqual([])
    expect(journal.since(journal.index(), all)).toEqual([])
  })

  it('does not tell what came and went', async () => {
    const { peer, journal } = await open()
    const index = journal.index()
    await peer.set('new', 1)
    await peer.remove('new')
    await peer.remove('a')
    await peer.set('a', 5)
    expect(told(journal.since(index, all))).toEqual([['a', 1, 5]])
  })

  it('does not answer for another process, for the future, or for nonsense', async () => {
    const { journal } = await open()
    const other = (await open()).journal
    const [epoch = ''] = journal.index().split('-')
    for (const index of [other.index(), `${epoch}-99`, `${epoch}-`, 'x', '']) {
      expect(journal.since(index, all), index).toBe(undefined)
    }
  })

  it('forgets the oldest where it would keep too much, and then says that it cannot say', async () => {
    const { peer, journal } = await open()
    const index = journal.index()
    const megabyte = (fill: string): string => fill.repeat(1_000_000)
    await peer.set('large', megabyte('0'))
    const after = journal.index()
    for (let count = 1; count <= 9; count++) await peer.set('large', megabyte(`${count}`))
    const recent = journal.index()
    await peer.set('large', 'small')
    expect(journal.since(index, all)).toBe(undefined)
    expect(journal.since(after, under('other'))).toBe(undefined)
    expect(journal.since(recent, all)).toHaveLength(1)
  })

  it('wakes for what is covered, and for nothing else', async () => {
    const { peer, journal } = await open()
    let woken = 0
    const stop = journal.onMove(under('a/'), () => (woken += 1))
    await peer.set('b', 2)
    expect(woken).toBe(0)
    await peer.set('a/b', 2)
    expect(woken).toBe(1)
    stop()
    await peer.set('a/b', 3)
    expect(woken).toBe(1)
  })

  it('ends with the peer, and tells those who wait', async () => {
    const { peer, journal } = await open()
    const ended = new Promise<void>((resolve) => journal.onMove(under('never'), resolve))
    expect(journal.isOver()).toBe(false)
    await peer.close()
    await ended
    expect(isOver(journal)).toBe(true)
  })
})

const isOver = (journal: Journal): boolean => journal.isOver()
