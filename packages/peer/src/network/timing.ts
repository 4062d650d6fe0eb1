/** How long things may take; tests hand in shorter ones. */
export interface Timing {
  /** From a connection to a key of the network. */
  readonly knockMs: number
  /** From there to an introduction that is right. */
  readonly helloMs: number
  /** A link that takes no byte for so long is closed. */
  readonly stallMs: number
  /** Two dials that crossed are no further apart: an older link is one the other side has lost. */
  readonly crossingMs: number
  /** How long a link may take to show that somebody is still there. */
  readonly aliveMs: number
  /** How often each link is asked whether somebody is there, and when nobody is. */
  readonly pulseMs: number
  readonly deadMs: number
  /** The first wait after a dial that failed, and the longest. */
  readonly redialMinMs: number
  readonly redialMaxMs: number
  /** Whoever would refuse us anyway, or was not seen for a day, is tried only so often. */
  readonly redialRarelyMs: number
  readonly dialMs: number
  readonly addressMs: number
  readonly banMs: number
  /** What was learned is told on together. */
  readonly tellMs: number
  /** Above the number of members that are all connected, one link makes place for another. */
  readonly rotateMs: number
}

export const defaultTiming: Timing = {
  knockMs: 3_000,
  helloMs: 3_000,
  stallMs: 15_000,
  crossingMs: 10_000,
  aliveMs: 2_000,
  pulseMs: 5_000,
  deadMs: 10_000,
  redialMinMs: 250,
  redialMaxMs: 5_000,
  redialRarelyMs: 60_000,
  dialMs: 5_000,
  addressMs: 2_000,
  banMs: 5 * 60_000,
  tellMs: 250,
  rotateMs: 5 * 60_000,
}
