import type { Frame, Node } from '../observer.js'
import { type Means, between, drawSome, secondMs } from './means.js'

export interface Leaving {
  readonly bytes: Uint8Array
  readonly afterMs: number
}

/** A way to behave that lasts for a while. */
export interface Mood {
  readonly untilMs: number
  /** Towards these only; undefined: towards everybody, and in gossip. */
  readonly victims: readonly Node[] | undefined
  /** What leaves in the place of a frame of its own replica. */
  leaves?(this: void, leaving: Leaving): readonly Leaving[]
  /** True: its own replica never hears of the frame. */
  hears?(this: void, frame: Frame): boolean
}

/** For a drawn time, towards everybody or a few. */
export function takeMood(means: Means, mood: Pick<Mood, 'leaves' | 'hears'>): Mood {
  const { hands, moods } = means
  const isNarrow = hands.random.chance(0.4)
  const taken = {
    ...mood,
    untilMs: hands.now() + between(means, 1, 60) * secondMs,
    victims: isNarrow ? drawSome(means, hands.others(), between(means, 1, 2)) : undefined,
  }
  moods.push(taken)
  return taken
}

export const concerns = ({ victims }: Mood, other: Node | undefined): boolean =>
  victims === undefined ||
  (other !== undefined && victims.some(({ index }) => index === other.index))

/** Those that still last; the others are forgotten. */
export function lasting({ moods, hands }: Means): readonly Mood[] {
  const now = hands.now()
  const rest = moods.filter(({ untilMs }) => untilMs > now)
  moods.splice(0, moods.length, ...rest)
  return rest
}
