import { misused } from '../complain.js'

/**
 * What keys begin with. `payments/**` says the same as `payments/`, and `**` is every key; of other
 * patterns nobody could say how far they reach.
 */
export function prefixOf(typed: string | undefined): string {
  if (typed === undefined || typed === '**') return ''
  const prefix = typed.endsWith('/**') ? typed.slice(0, -2) : typed
  if (!/[*?[\]{}]/.test(prefix)) return prefix
  throw misused(
    `${JSON.stringify(typed)} is no prefix of keys`,
    'write how the keys begin, such as payments/ or payments/**; quote it, so that the shell leaves it alone',
  )
}
