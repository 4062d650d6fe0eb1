import type { ReleaseRow } from '@grapevine/api/page'
import { describe, expect, it } from 'vitest'
import { newestFirst } from '../release-rows.js'
import { firstPage, pageRows, withOlder, withTold } from './past-rows.js'

/** Written at this moment, and so named. */
const row = (ms: number, reached = 0): ReleaseRow =>
  ({
    release: { name: `${ms}`, replica: 'r', seq: ms, stamp: { ms, counter: 0 } },
    reached,
  }) as unknown as ReleaseRow

const down = (from: number, to: number): readonly ReleaseRow[] =>
  Array.from({ length: from - to + 1 }, (_, at) => row(from - at))
const times = (rows: readonly ReleaseRow[]): readonly number[] =>
  rows.map(({ release }) => release.stamp.ms)

describe('rows of releases', () => {
  it('end where a page is not full', () => {
    expect(firstPage(down(100, 51)).isAll).toBe(false)
    expect(firstPage(down(10, 1)).isAll).toBe(true)
    const all = withOlder(firstPage(down(100, 51)), down(50, 11))
    expect(times(all.rows)).toEqual(times(down(100, 11)))
    expect(all.isAll).toBe(true)
  })

  it('take what is told of new and of known ones', () => {
    const { rows } = withTold(firstPage(down(100, 51)), [row(101), row(60, 8)], pageRows)
    expect(times(rows)).toEqual(times(down(101, 51)))
    expect(rows.find(({ release }) => release.name === '60')?.reached).toBe(8)
  })

  it('know a release better from the stream than from a page that was asked for before', () => {
    const known = withTold(firstPage(down(100, 51)), [row(52, 8)], pageRows)
    const { rows } = withOlder(known, [...down(52, 51), ...down(50, 1)])
    expect(rows.find(({ release }) => release.name === '52')?.reached).toBe(8)
  })

  it('have no hole: what is older than the last of them waits for its page', () => {
    const page = firstPage(down(100, 51))
    expect(times(withTold(page, [row(7)], pageRows).rows)).toEqual(times(down(100, 51)))
    const all = firstPage(down(10, 8))
    expect(times(withTold(all, [row(7)], pageRows).rows)).toEqual([10, 9, 8, 7])
  })

  it('let go of what nobody wants to see, and know that it is there', () => {
    const kept = withTold(firstPage([]), down(600, 1), pageRows)
    expect(kept.rows).toHaveLength(500)
    expect(kept.isAll).toBe(false)
    expect(withTold(firstPage([]), down(600, 1), 650)).toMatchObject({ isAll: true })
  })

  it('stand in the order of their stamps, which leaves no choice', () => {
    const of = (ms: number, counter: number, replica: string): ReleaseRow =>
      ({ release: { replica, seq: 1, stamp: { ms, counter } } }) as unknown as ReleaseRow
    const sorted = [of(2, 1, 'a'), of(2, 0, 'b'), of(2, 0, 'a'), of(1, 9, 'z')]
    expect(sorted.toReversed().toSorted(newestFirst)).toEqual(sorted)
  })
})
