import type { Air } from './mesh/conditions.js'
import type { LabState, LineWish, PeerDeed } from './wire.js'

/** Everything between the peers, and what they run in, in one hand. */
export interface Controls {
  state(this: void): LabState
  /** `start`: resolves once it answers. `stop`: once its process has ended by itself. */
  carryOut(this: void, deed: PeerDeed, number: number): Promise<void>
  /** It is gone, and its disk with it: who is started there next is somebody new. */
  wipe(this: void, number: number): Promise<void>
  /** Peers of different groups do not reach each other from now on. */
  cut(this: void, groups: LabState['groups']): void
  change(this: void, wish: LineWish): void
  /** Exactly these have weather of their own. */
  setLines(this: void, lines: readonly Air[]): void
  /** No cut, and all lines are clear. */
  heal(this: void): void
  /** What is shown of a scenario that is played. */
  tell(this: void, scenario: LabState['scenario']): void
}
