import type { Records } from '@grapevine/core'

/**
 * Named records to store together, or not at all; null deletes. Names are well-formed text of any
 * kind. Neither the map nor its values change until it is stored.
 */
export type Transaction = ReadonlyMap<string, Uint8Array | null>

/**
 * Where a peer keeps its records. There is one in memory and one on disk; whatever implements it
 * passes `testStore` of `@grapevine/peer/conformance`.
 */
export interface Store {
  /**
   * Why this may not be the store that its last process closed: it is new, restored, copied or
   * repaired. Its replica id must not number anything again until `settleDoubt`.
   */
  readonly doubt: string | undefined
  /** All records, each of them checked; a store that cannot be read throws, and is never empty instead. */
  load(): Promise<Records>
  /**
   * Stores a transaction after all those before it, and resolves once it is durable: what waits
   * together is synced together. Once one has failed, all later ones fail with the same error.
   */
  append(transaction: Transaction): Promise<void>
  /** A new replica id was taken and is durable: this store may be trusted again. */
  settleDoubt(): Promise<void>
  /**
   * A copy of everything that is durable, as one file, while the store is in use. Where there is a
   * key beside the records it is in the file as well: keep it secret.
   */
  backup(file: string): Promise<void>
  /** What was appended before is durable; a store closed twice is closed. */
  close(): Promise<void>
}

/** Opens a store; called again after one has failed, once the cause may have gone. */
export type OpenStore = () => Promise<Store>
