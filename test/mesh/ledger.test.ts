import { describe, expect, it } from 'vitest'
import { createLedger } from './ledger.ts'
import type { Ledger } from './ledger.ts'

interface Told {
  readonly saw?: readonly string[]
  readonly isRemove?: boolean
  readonly answer?: 'acknowledged' | 'declined' | 'none'
}

/** A ledger of writes to one key. */
function ledgerOf(writes: Readonly<Record<string, Told>>): Ledger {
  const ledger = createLedger()
  for (const [value, told] of Object.entries(writes)) {
    const { saw = [], isRemove = false, answer = 'acknowledged' } = told
    ledger.asked({ key: 'key', value, saw, isRemove })
    if (answer !== 'none') ledger.answered(value, answer)
  }
  return ledger
}

const judged = (ledger: Ledger, ...values: readonly string[]) => {
  const { lost, phantom, risen, listed } = ledger.judge(new Map([['key', values]]))
  return { lost: lost.map(({ value }) => value), phantom, risen, listed }
}

const fine = { lost: [], phantom: [], risen: [], listed: 0 }

describe('the ledger', () => {
  it('is content with the last of writes that followed each other', () => {
    const ledger = ledgerOf({ one: {}, two: { saw: ['one'] }, three: { saw: ['two'] } })
    expect(judged(ledger, 'three')).toEqual(fine)
  })

  it('misses what was acknowledged, is not shown, and was seen by nobody', () => {
    const ledger = ledgerOf({ one: {}, two: { saw: ['one'] }, other: {} })
    expect(judged(ledger, 'two')).toEqual({ ...fine, lost: ['other'] })
    expect(judged(ledger, 'two', 'other')).toEqual({ ...fine, listed: 1 })
  })

  it('does not take a write for lost that nobody was told of, nor what such a write had seen', () => {
    const ledger = ledgerOf({ one: {}, two: { saw: ['one'], answer: 'none' } })
    expect(judged(ledger, 'one')).toEqual(fine)
    expect(judged(ledger, 'two')).toEqual(fine)
    expect(judged(ledger)).toEqual({ ...fine, lost: ['one'] })
  })

  it('finds what nobody wrote, what was declined, and what has risen from the dead', () => {
    const ledger = ledgerOf({ one: {}, two: { saw: ['one'] }, no: { answer: 'declined' } })
    expect(judged(ledger, 'two', 'ghost')).toEqual({ ...fine, phantom: ['ghost'] })
    expect(judged(ledger, 'two', 'no')).toEqual({ ...fine, phantom: ['no'] })
    expect(judged(ledger, 'two', 'one')).toEqual({ ...fine, risen: ['one'] })
  })

  it('knows that a remove leaves nothing to show', () => {
    const removed = { saw: ['one'], isRemove: true } as const
    expect(judged(ledgerOf({ one: {}, gone: removed }))).toEqual(fine)
    expect(judged(ledgerOf({ one: {}, gone: removed }), 'one')).toEqual({ ...fine, risen: ['one'] })
    const perhaps = ledgerOf({ one: {}, gone: { ...removed, answer: 'none' } })
    expect([judged(perhaps), judged(perhaps, 'one')]).toEqual([fine, fine])
  })

  it('asks of one disk only what was acknowledged to its own writer', () => {
    const ledger = ledgerOf({ 'bob/1': {}, 'bob/2': { saw: ['bob/1'] }, 'carol/1': {} })
    const missing = (...values: readonly string[]) =>
      ledger.missingOn(new Map([['key', values]]), 'bob/').map(({ value }) => value)
    expect(missing('bob/2')).toEqual([])
    expect(missing('bob/1')).toEqual(['bob/2'])
    expect(missing()).toEqual(['bob/1', 'bob/2'])
  })
})
