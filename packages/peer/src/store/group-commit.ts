import type { Transaction } from './store.js'

/** Appends in their order; whatever waits while one write is under way goes into the next together. */
interface GroupCommit {
  append(this: void, transaction: Transaction): Promise<void>
  /** Resolves once nothing is under way; nothing is taken any more. Says `why` to whoever still comes. */
  end(why: Error): Promise<void>
}

interface Waiting {
  readonly transaction: Transaction
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Bounds what one write holds in memory, and for how long whoever waits for it has to wait. */
const groupBytesMax = 8 * 1024 * 1024

/**
 * After a failed write nobody knows what the disk holds, and a second try may well be told that all
 * is fine while the first one's bytes are gone: so all later ones fail with the first one's error.
 */
export function groupCommit(write: (group: readonly Transaction[]) => Promise<void>): GroupCommit {
  let waiting: Waiting[] = []
  let running: Promise<void> | undefined
  let refusal: { readonly error: unknown } | undefined

  function take(): readonly Waiting[] {
    let bytes = 0
    let count = 0
    for (const { transaction } of waiting) {
      bytes += bytesOf(transaction)
      if (count > 0 && bytes > groupBytesMax) break
      count += 1
    }
    return waiting.splice(0, count)
  }

  async function run(): Promise<void> {
    // Appends of one turn of the event loop belong together; the first must not leave without them.
    await Promise.resolve()
    while (waiting.length > 0) {
      const group = take()
      try {
        await write(group.map(({ transaction }) => transaction))
        for (const { resolve } of group) resolve()
      } catch (error) {
        refusal = { error }
        const all = [...group, ...waiting]
        waiting = []
        for (const { reject } of all) reject(error)
      }
    }
    running = undefined
  }

  return {
    append(transaction) {
      if (refusal !== undefined) return Promise.reject(refusal.error)
      return new Promise((resolve, reject) => {
        waiting.push({ transaction, resolve, reject })
        running ??= run()
      })
    },
    async end(why) {
      refusal ??= { error: why }
      await running
    },
  }
}

function bytesOf(transaction: Transaction): number {
  let bytes = 0
  for (const [name, value] of transaction) bytes += name.length + (value?.length ?? 0)
  return bytes
}
