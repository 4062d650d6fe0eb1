/** Time, handed in: the machine's, or one that a test moves. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(this: void): number
  /** Calls once, so much later, unless the answer is called before. A process does not wait for it. */
  after(this: void, delayMs: number, happen: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, happen) {
    const timer = setTimeout(happen, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
