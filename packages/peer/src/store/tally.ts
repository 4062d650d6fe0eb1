import { checksumBytes, seal, unseal } from './checksum.js'

/** The layout of a store; raised when a store of this version could not be read by the one before. */
export const storeFormat = 1

/**
 * What a store says of all its records together: which ones there should be, whatever their order.
 * A record that was changed gives itself away by its checksum; one that is lost, by this.
 */
export interface Tally {
  /** How many transactions led here. */
  readonly transaction: number
  readonly records: number
  /** XOR of all their checksums, as hex. */
  readonly set: string
}

export const emptyTally: Tally = { transaction: 0, records: 0, set: '0'.repeat(2 * checksumBytes) }

/** A tally while it moves from one transaction to a later one. */
interface Counting {
  add(checksum: Uint8Array): void
  remove(checksum: Uint8Array): void
  at(transaction: number): Tally
}

export function countFrom(tally: Tally): Counting {
  let records = tally.records
  const set = Buffer.from(tally.set, 'hex')
  const toggle = (checksum: Uint8Array): void => {
    for (let index = 0; index < checksumBytes; index++) set[index]! ^= checksum[index]!
  }
  return {
    add(checksum) {
      records += 1
      toggle(checksum)
    },
    remove(checksum) {
      records -= 1
      toggle(checksum)
    },
    at: (transaction) => ({ transaction, records, set: set.toString('hex') }),
  }
}

export const encodeTally = (tally: Tally): string => seal({ format: storeFormat, ...tally })

/** The tally that was stored, the format of a newer version, or undefined: it cannot be read. */
export function decodeTally(line: string): Tally | { readonly format: number } | undefined {
  const content = unseal(line)
  if (typeof content !== 'object' || content === null) return undefined
  const { format, transaction, records, set } = content as Record<string, unknown>
  if (typeof format === 'number' && format > storeFormat) return { format }
  const isTally =
    format === storeFormat &&
    isCount(transaction) &&
    isCount(records) &&
    typeof set === 'string' &&
    /^[0-9a-f]{32}$/.test(set)
  return isTally ? { transaction, records, set } : undefined
}

export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
