import type * as Core from '@grapevine/core'
import type { Habits } from '../plan.js'
import type { Random } from '../random.js'

/** Whose habits these are. */
interface Keeper {
  readonly random: Random
  /** As long as the process lives that began with them. */
  readonly after: (delayMs: number, happen: () => void) => void
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

function every({ after, random }: Keeper, meanMs: number, act: () => void): void {
  if (meanMs === 0) return
  const again = (): void => {
    act()
    after(meanMs * (0.75 + 0.5 * random()), again)
  }
  after(meanMs * random(), again)
}
