import type * as Core from '@grapevine/core'
import type { Habits } from '../plan.js'
import type { Queue } from './queue.js'
import type { Random } from '../random.js'

/** Whose habits these are. */
interface Keeper {
  readonly queue: Queue
  readonly random: Random
  /** The process that began with them still runs. */
  readonly isAlive: () => boolean
  readonly partner: () => Core.PeerId | undefined
  readonly handle: (input: Core.Input) => void
}

/** What a peer does from time to time, each thing in its own rhythm. */
export function keepHabits(habits: Habits, keeper: Keeper): void {
  const { handle, partner } = keeper
  every(keeper, habits.sessionMs, () => {
    const other = partner()
    if (other !== undefined) handle({ type: 'sync', with: other })
  })
  every(keeper, habits.presenceMs, () => handle({ type: 'announce' }))
  every(keeper, habits.tickMs, () => handle({ type: 'tick' }))
  every(keeper, habits.collectMs, () => handle({ type: 'collect' }))
}

function every({ queue, random, isAlive }: Keeper, meanMs: number, act: () => void): void {
  if (meanMs === 0) return
  const again = (): void => {
    if (!isAlive()) return
    act()
    queue.after(meanMs * (0.75 + 0.5 * random()), again)
  }
  queue.after(meanMs * random(), again)
}
