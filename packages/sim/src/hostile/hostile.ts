import { farFuture } from './ahead.js'
import { equivocate } from './equivocating.js'
import { overQuota } from './flooding.js'
import { forge } from './forging.js'
import { lieAboutClock } from './lying.js'
import { lieAboutState } from './lying-state.js'
import { type Means } from './means.js'
import { createMemory } from './memory.js'
import { type Leaving, concerns, lasting } from './mood.js'
import { replay } from './replaying.js'
import { bendIntent } from './bending-intents.js'
import { falseBadge, poisonBadge, withholdBadges } from './false-badges.js'
import { overreach, overspend } from './overreaching.js'
import { strayFlood, usurp } from './usurping.js'
import { drip, withhold } from './withholding.js'
import type { Frame, Node } from '../observer.js'
import { trustTricks } from '../plan.js'
import type { Trick } from '../plan.js'
import type { Random } from '../random.js'

/** What the world gives a hostile peer: its own key, its own clock, and whom it can reach. */
export interface Hands {
  readonly node: Node
  readonly meshId: Uint8Array
  readonly hash: (bytes: Uint8Array) => Uint8Array
  readonly random: Random
  /** With its own key only. */
  sign(this: void, bytes: Uint8Array): Uint8Array
  now(this: void): number
  /** Its own badge, links root first; none in an open mesh. */
  badges(this: void): readonly Uint8Array[]
  /** Everybody else it can reach. */
  others(this: void): readonly Node[]
  send(this: void, to: Node, bytes: Uint8Array, afterMs?: number): void
  gossip(this: void, bytes: Uint8Array): void
}

/**
 * A member with a key of its own and no manners. It runs a replica like everybody else, so that it
 * takes part and holds data; around it stands what hears and speaks before the replica does.
 */
export interface Hostile {
  /** One trick, now. */
  play(trick: Trick): void
  /** Sees every frame that arrives; true: its replica does not. */
  hears(frame: Frame): boolean
  /** What leaves when its replica wants to send; to nobody in particular: gossip. */
  leaves(to: Node | undefined, bytes: Uint8Array): readonly Leaving[]
}

const plays: Record<Trick, (means: Means) => void> = {
  forge,
  replay,
  equivocate,
  'far-future': farFuture,
  'over-quota': overQuota,
  'lie-about-clock': lieAboutClock,
  'lie-about-state': lieAboutState,
  withhold,
  drip,
  overreach,
  'false-badge': falseBadge,
  'poison-badge': poisonBadge,
  'bend-intent': bendIntent,
  'withhold-badges': withholdBadges,
  overspend,
  usurp,
  'stray-flood': strayFlood,
}

const isOfTrust = (trick: Trick): boolean => (trustTricks as readonly Trick[]).includes(trick)

export function createHostile(hands: Hands): Hostile {
  let writes = 0
  const means: Means = {
    hands,
    memory: createMemory(),
    moods: [],
    chains: [],
    spoilt: [],
    nextValue: () => `${hands.node.name} ${++writes}`,
  }
  return {
    play(trick) {
      if (hands.others().length === 0 || (isOfTrust(trick) && hands.badges().length === 0)) return
      plays[trick](means)
    },
    hears(frame) {
      means.memory.remember(frame)
      const moods = lasting(means).filter((mood) => concerns(mood, frame.from))
      return moods.some(({ hears }) => hears?.(frame) === true)
    },
    leaves(to, bytes) {
      const start: readonly Leaving[] = [{ bytes, afterMs: 0 }]
      return lasting(means)
        .filter((mood) => concerns(mood, to))
        .reduce((leaving, { leaves }) => (leaves ? leaving.flatMap(leaves) : leaving), start)
    },
  }
}
