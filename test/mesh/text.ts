import type { Value } from '@grapevine/peer'

/** Values are texts where the ledger counts them; whatever else a test writes is shown as it is written. */
export const textOf = (value: Value): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
