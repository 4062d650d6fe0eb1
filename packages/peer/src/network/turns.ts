import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Whoever has much to do lets others have their turn in between: what one peer sends in one go is
 * handled in one go otherwise, and everybody waits for the end of it.
 */
interface Turns {
  /** Something begins. */
  begin(this: void): void
  /** It is done: the next may begin after this. */
  end(this: void): Promise<void>
}

const stretchMs = 2

export function createTurns(): Turns {
  let busyMs = 0
  let begunMs = 0
  return {
    begin() {
      begunMs = performance.now()
    },
    async end() {
      busyMs += performance.now() - begunMs
      if (busyMs < stretchMs) return
      busyMs = 0
      await nextTurn()
    },
  }
}
