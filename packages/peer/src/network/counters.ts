/** What an operator or a test can count. */
const names = [
  'bytesIn',
  'bytesOut',
  'framesReplicaIn',
  'framesReplicaOut',
  'framesBookIn',
  'framesBookOut',
  'framesTwinIn',
  'framesTwinOut',
  /** Keys of the network, and badges. */
  'framesTrustIn',
  'framesTrustOut',
  'framesUnknownIn',
  'framesDropped',
  'gossipPublished',
  /** Every copy of a message that came, the first ones too. */
  'gossipCopiesIn',
  'gossipMessagesIn',
  'gossipBytesIn',
  'gossipForwarded',
  'gossipDropped',
  'gossipTooLarge',
  'gossipHealed',
  'dials',
  'dialsFailed',
  'linksMade',
  'linksLost',
  'linksStalled',
  'linksDead',
  /** Their badge does not hold any more. */
  'linksRevoked',
  /** How often a link was not read for a while, as too much came, or was asked for. */
  'linksSlowed',
  'gossipSlowed',
  /** Who showed no network key, in time or at all. */
  'knocksRefused',
  /** Connections from outside with a key of the network, and an id. */
  'connectionsUpgraded',
  'connectionsRefused',
  /** Whom others tell of, and whose badge does not hold. */
  'hearsayRefused',
  'strikes',
  'bans',
  'faults',
] as const

type CounterName = (typeof names)[number]

export interface Counters {
  add(this: void, name: CounterName, by?: number): void
  all(this: void): Readonly<Record<string, number>>
}

export function createCounters(): Counters {
  const counts = new Map<CounterName, number>(names.map((name) => [name, 0]))
  return {
    add: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    all: () => Object.fromEntries(counts),
  }
}
