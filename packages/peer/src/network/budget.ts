/** So much at once, and so much each second after that. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** What somebody may use up. Whoever goes into debt waits until that is paid. */
export interface Budget {
  /** Takes so much, and answers for how long nothing more should be taken. */
  spend(this: void, amount: number): number
}

export function createBudget(
  { burst, perSecond }: Rate,
  now: () => number = () => performance.now(),
): Budget {
  let left = burst
  let at = now()
  return {
    spend(amount) {
      const earned = ((now() - at) / 1_000) * perSecond
      at = now()
      left = Math.min(burst, left + earned) - amount
      return left >= 0 ? 0 : (-left / perSecond) * 1_000
    },
  }
}

/** What one peer may have of another: each of them for itself, so that none lives at others' cost. */
export interface Budgets {
  /** Bytes down a link, and those that were sent to answer them. */
  readonly linkBytes: Rate
  readonly linkFrames: Rate
  /** Milliseconds of this process that answers to a link take; what comes down it is not counted. */
  readonly linkAnswersMs: Rate
  readonly gossipMessages: Rate
  /** Everything under one connection: bytes, and frames of the muxer, with its pings and openings. */
  readonly connectionBytes: Rate
  readonly connectionFrames: Rate
  /** Connections of one host that have shown the network key: each costs milliseconds from there on. */
  readonly handshakes: Rate
  /** Strangers that an operator hears of. */
  readonly strangersTold: Rate
  /** Messages that gossip remembers, so that each is looked at once. */
  readonly seenMessagesMax: number
}

const mebibyte = 1024 * 1024

export const defaultBudgets: Budgets = {
  linkBytes: { burst: 48 * mebibyte, perSecond: 8 * mebibyte },
  linkFrames: { burst: 1_000, perSecond: 500 },
  linkAnswersMs: { burst: 2_000, perSecond: 200 },
  gossipMessages: { burst: 5_000, perSecond: 500 },
  connectionBytes: { burst: 48 * mebibyte, perSecond: 8 * mebibyte },
  connectionFrames: { burst: 20_000, perSecond: 5_000 },
  handshakes: { burst: 64, perSecond: 64 },
  strangersTold: { burst: 64, perSecond: 0.2 },
  seenMessagesMax: 200_000,
}

const boundless: Rate = { burst: Infinity, perSecond: 1 }

/** An open mesh stays on one machine, whose user may do with it what they like. */
export const openBudgets: Budgets = {
  ...defaultBudgets,
  linkBytes: boundless,
  linkFrames: boundless,
  linkAnswersMs: boundless,
  gossipMessages: boundless,
  connectionBytes: boundless,
  connectionFrames: boundless,
}
