import type { NamedReceipt, PeerId } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { byNeed, countsOf, receiptsInWords, toneOf } from './receipts.js'

const none = { reached: 0, refused: 0, pending: 0, silent: 0 }
const receipt = (name: string, kind: NamedReceipt['receipt']): NamedReceipt =>
  ({ peer: name as PeerId, name, receipt: kind }) as NamedReceipt

describe('how far a release has come', () => {
  it('says that everybody has it, or who has not', () => {
    expect(receiptsInWords({ ...none, reached: 8 })).toBe('all 8 have it')
    expect(receiptsInWords({ ...none, reached: 1 })).toBe('this peer has it, and there is no other')
    expect(receiptsInWords({ reached: 5, refused: 1, pending: 2, silent: 1 })).toBe(
      '2 on the way · 1 refused · 1 silent',
    )
  })

  it('has the tone of the worst', () => {
    expect(toneOf({ ...none, reached: 8 })).toBe('good')
    expect(toneOf({ ...none, reached: 7, silent: 1 })).toBe('busy')
    expect(toneOf({ ...none, pending: 1, refused: 1 })).toBe('bad')
  })

  it('is counted from receipts, and told with those who want a look first', () => {
    const receipts = [
      receipt('mailer-10', 'reached'),
      receipt('mailer-2', 'reached'),
      receipt('search', 'silent'),
      receipt('payments', 'refused'),
      receipt('catalog', 'pending'),
    ]
    expect(countsOf(receipts)).toEqual({ reached: 2, refused: 1, pending: 1, silent: 1 })
    expect(byNeed(receipts).map(({ name }) => name)).toEqual([
      'payments',
      'search',
      'catalog',
      'mailer-2',
      'mailer-10',
    ])
  })
})
