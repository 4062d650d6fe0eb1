import type { Value } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { planInWords, returningBy } from './rollback-plan.js'

describe('what a rollback returns', () => {
  const now = new Map<string, Value>([
    ['shop/a', 10],
    ['shop/c', 30],
  ])
  const returning = [
    { key: 'shop/a', now: 10, back: 1 },
    { key: 'shop/b', now: undefined, back: 2 },
    { key: 'shop/c', now: 30, back: undefined },
  ]

  it('is told by key, with what is shown now', () => {
    const valueOf = (key: string): Value | undefined => now.get(key)
    const set = { 'shop/b': 2, 'shop/a': 1 }
    expect(returningBy({ set, remove: ['shop/c'] }, valueOf)).toEqual(returning)
    expect(returningBy({ set: new Map(Object.entries(set)), remove: ['shop/c'] }, valueOf)).toEqual(
      returning,
    )
    expect(returningBy({}, valueOf)).toEqual([])
  })

  it('is told in words, with what stays as it is', () => {
    const label = '7f3a·412'
    expect(planInWords({ label, returning, leftAlone: 1 })).toBe(
      '3 keys return to what they were before 7f3a·412; 1 key is left alone, see below. A rollback is a release itself, and can be undone.',
    )
    expect(planInWords({ label, returning: returning.slice(1, 2), leftAlone: 0 })).toMatch(
      /^1 key returns to what it was before 7f3a·412\. /,
    )
    expect(planInWords({ label, returning: [], leftAlone: 0 })).toBe(
      'Nothing of 7f3a·412 is left to return.',
    )
  })
})
