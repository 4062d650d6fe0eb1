import type { Blocks } from './partition.js'
import type { Queue } from './queue.js'

/** Partitions that are in force, for as long as they are. */
interface Cuts {
  add(this: void, blocks: Blocks, forMs: number): void
  isBlocked(this: void, from: number, to: number): boolean
  heal(this: void): void
}

export function createCuts(queue: Queue): Cuts {
  let cuts: { readonly blocks: Blocks; readonly until: number }[] = []
  return {
    add(blocks, forMs) {
      const now = queue.now()
      cuts = [...cuts.filter(({ until }) => until > now), { blocks, until: now + forMs }]
    },
    isBlocked(from, to) {
      if (cuts.length === 0) return false
      const now = queue.now()
      return cuts.some(({ blocks, until }) => until > now && blocks(from, to))
    },
    heal() {
      cuts = []
    },
  }
}
