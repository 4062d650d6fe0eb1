import type { ReleaseRow } from '@grapevine/api/page'
import type { NamedReceipt } from '@grapevine/peer'

export type Counts = Pick<ReleaseRow, 'reached' | 'refused' | 'pending' | 'silent'>

/** What the bar shows, for whoever cannot see colours. */
export function receiptsInWords({ reached, refused, pending, silent }: Counts): string {
  if (refused + pending + silent === 0) {
    return reached === 1 ? 'this peer has it, and there is no other' : `all ${reached} have it`
  }
  return [
    ...(pending > 0 ? [`${pending} on the way`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(silent > 0 ? [`${silent} silent`] : []),
  ].join(' · ')
}

/** The worst that can be said of it. */
export function toneOf({ refused, pending, silent }: Counts): 'good' | 'busy' | 'bad' {
  if (refused > 0) return 'bad'
  return pending + silent > 0 ? 'busy' : 'good'
}

export function countsOf(receipts: readonly Pick<NamedReceipt, 'receipt'>[]): Counts {
  const count = (kind: NamedReceipt['receipt']): number =>
    receipts.filter(({ receipt }) => receipt === kind).length
  return {
    reached: count('reached'),
    refused: count('refused'),
    pending: count('pending'),
    silent: count('silent'),
  }
}

const order = ['refused', 'silent', 'pending', 'reached'] as const

/** Whoever wants a look first; then by name. */
export const byNeed = (receipts: readonly NamedReceipt[]): readonly NamedReceipt[] =>
  receipts.toSorted(
    (a, b) =>
      order.indexOf(a.receipt) - order.indexOf(b.receipt) ||
      a.name.localeCompare(b.name, 'en', { numeric: true }),
  )
