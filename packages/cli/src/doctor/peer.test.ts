import type { Status } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { examineBadge, examineNotices, examineStore } from './peer.js'

const now = Date.now()
const day = 24 * 3_600_000

describe('a peer', () => {
  it.each([
    [undefined, []],
    [now + 300 * day, ['ok']],
    [now + 3 * day, ['warn']],
    [now - 1, ['fail']],
  ])('whose badge is good until %s: %j', (badgeUntil, found) => {
    expect(examineBadge({ badgeUntil }, now).map(({ is }) => is)).toEqual(found)
  })

  it('is warned of what it complained of within a day, once for each thing', () => {
    const notice = (text: string, agoMs: number) =>
      ({ notice: 'twin', text, at: now - agoMs }) as const
    const found = examineNotices([notice('old', 2 * day), notice('a', 9), notice('a', 5)], now)
    expect(found.map(({ says }) => says.replace(/^\S+ /, ''))).toEqual(['twin: a'])
  })

  it('fails where its disk failed, and is warned of releases that wait', () => {
    const well = { store: 'open', storeError: undefined, early: [], forked: [], waiting: [] }
    expect(examineStore(well as unknown as Status)).toEqual([])
    const ill = { ...well, store: 'failed', storeError: 'EIO', early: [{}], forked: ['ab'] }
    expect(examineStore(ill as unknown as Status).map(({ is }) => is)).toEqual([
      'fail',
      'warn',
      'warn',
    ])
  })
})
