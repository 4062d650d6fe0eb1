/** How long what was to be stored waited until it was durable. */
export interface Commits {
  readonly count: number
  readonly totalMs: number
  /** How many took no longer than so many milliseconds, ascending; each counts those before it too. */
  readonly within: readonly { readonly ms: number; readonly count: number }[]
}

/** From a good solid-state disk to one on which nobody should wait. */
const boundsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000] as const

export interface CommitTimes {
  /** Call the answer when the transaction is durable. */
  begin(this: void): () => void
  all(this: void): Commits
}

/** `elapsed` tells milliseconds from any moment on, and never goes back. */
export function countCommits(elapsed: () => number = () => performance.now()): CommitTimes {
  const counts = boundsMs.map(() => 0)
  let count = 0
  let totalMs = 0
  return {
    begin() {
      const begun = elapsed()
      return () => {
        const ms = elapsed() - begun
        count += 1
        totalMs += ms
        boundsMs.forEach((bound, at) => {
          if (ms <= bound) counts[at]! += 1
        })
      }
    },
    all: () => ({
      count,
      totalMs,
      within: boundsMs.map((ms, at) => ({ ms, count: counts[at]! })),
    }),
  }
}
