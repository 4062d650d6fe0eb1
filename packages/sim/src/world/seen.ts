import type { Queue } from './queue.js'

/** What passed lately: numbers, in two generations, of which the older is dropped as a whole. */
export interface Seen {
  has(id: number): boolean
  add(id: number): void
}

const generationMs = 60_000

export function createSeen(queue: Queue): Seen {
  let young = new Set<number>()
  let old = new Set<number>()
  let turnedAt = queue.now()

  function turn(): void {
    const since = queue.now() - turnedAt
    if (since < generationMs) return
    old = since < 2 * generationMs ? young : new Set()
    young = new Set()
    turnedAt = queue.now()
  }

  return {
    has(id) {
      turn()
      return young.has(id) || old.has(id)
    },
    add(id) {
      turn()
      young.add(id)
    },
  }
}
